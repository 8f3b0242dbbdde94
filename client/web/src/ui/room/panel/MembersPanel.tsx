import type { Member } from '../../../protocol/types'
import { useRoomState } from '../context'
import { MemberFace, useElsewhere } from '../MemberFace'
import { sortedMembers, statusOf } from '../members'
import { voiceText } from '../voice/callText'
import { MemberVoice } from '../voice/MemberVoice'

export function MembersPanel() {
  const members = useRoomState((state) => state.members)
  const self = useRoomState((state) => state.self?.m)
  return (
    <ul className="at-members">
      {sortedMembers(members, self).map((member) => (
        <Row key={member.m} member={member} self={member.m === self} />
      ))}
    </ul>
  )
}

function Row({ member, self }: { member: Member; self: boolean }) {
  const elsewhere = useElsewhere(member, self)
  const status = [elsewhere, voiceText(member)].map((text) => text && text[0]?.toUpperCase() + text.slice(1))
  const lines = [...status, statusOf(member)].filter(Boolean)
  return (
    <li className="at-member">
      <MemberFace member={member} self={self} />
      <div className="at-member-body">
        <p className="at-member-name">
          {member.name}
          {self && <span className="at-muted"> (you)</span>}
          {member.bot && <span className="at-tag">bot</span>}
        </p>
        {lines.length > 0 && <p className="at-muted at-small">{lines.join(' · ')}</p>}
        {!self && <MemberVoice member={member} />}
      </div>
      <span className="at-muted at-small">{member.role}</span>
    </li>
  )
}
