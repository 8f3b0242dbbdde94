import { useRoomState } from '../context'
import { MemberFace } from '../MemberFace'
import { sortedMembers, statusOf } from '../members'

export function MembersPanel() {
  const members = useRoomState((state) => state.members)
  const self = useRoomState((state) => state.self?.m)
  return (
    <ul className="at-members">
      {sortedMembers(members, self).map((member) => (
        <li key={member.m} className="at-member">
          <MemberFace member={member} self={member.m === self} />
          <div className="at-member-body">
            <p className="at-member-name">
              {member.name}
              {member.m === self && <span className="at-muted"> (you)</span>}
              {member.bot && <span className="at-tag">bot</span>}
            </p>
            {statusOf(member) && <p className="at-muted at-small">{statusOf(member)}</p>}
          </div>
          <span className="at-muted at-small">{member.role}</span>
        </li>
      ))}
    </ul>
  )
}
