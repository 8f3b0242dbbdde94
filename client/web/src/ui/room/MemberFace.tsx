import { Tooltip } from '@mantine/core'
import { IconRobot } from '@tabler/icons-react'
import type { Member } from '../../protocol/types'
import { readable } from './colour'
import { useScope, useUI } from './context'
import { initials, statusOf } from './members'

/** A member's face; clicking it follows what they look at. */
export function MemberFace({ member, self }: { member: Member; self: boolean }) {
  const { ui } = useScope()
  const followed = useUI((state) => state.following === member.m)
  const label = self ? `${member.name} (you)` : `${followed ? 'Stop following' : 'Follow'} ${member.name}`
  const status = statusOf(member)
  return (
    <Tooltip label={status ? `${label} · ${status}` : label}>
      <button
        type="button"
        className="at-face"
        style={{ background: readable(member.colour) }}
        aria-label={label}
        data-initials={member.bot ? undefined : initials(member.name)}
        aria-pressed={self ? undefined : followed}
        data-followed={followed || undefined}
        aria-disabled={self || undefined}
        onClick={() => {
          if (!self) ui.setState({ following: followed ? null : member.m })
        }}
      >
        {member.bot && <IconRobot size={15} aria-hidden="true" />}
      </button>
    </Tooltip>
  )
}
