import { Tooltip } from '@mantine/core'
import { IconMicrophone, IconMicrophoneOff, IconRobot } from '@tabler/icons-react'
import { useRef } from 'react'
import type { Member } from '../../protocol/types'
import { readable } from './colour'
import { branchOf, useRoomState, useScope, useUI } from './context'
import { initials, statusOf } from './members'
import { voiceText } from './voice/callText'
import { useLoudness } from './voice/context'

/** A member's face; clicking it follows what they look at. */
export function MemberFace({ member, self }: { member: Member; self: boolean }) {
  const { ui } = useScope()
  const face = useRef<HTMLButtonElement>(null)
  useLoudness(face, member.m)
  const followed = useUI((state) => state.following === member.m)
  const label = self ? `${member.name} (you)` : `${followed ? 'Stop following' : 'Follow'} ${member.name}`
  const elsewhere = useElsewhere(member, self)
  const status = [elsewhere, voiceText(member), statusOf(member)].filter(Boolean).join(' · ')
  return (
    <Tooltip label={status ? `${label} · ${status}` : label}>
      <button
        ref={face}
        type="button"
        className="at-face"
        style={{ background: readable(member.colour) }}
        aria-label={[label, elsewhere, voiceText(member)].filter(Boolean).join(', ')}
        data-initials={member.bot ? undefined : initials(member.name)}
        aria-pressed={self ? undefined : followed}
        data-followed={followed || undefined}
        data-elsewhere={elsewhere ? true : undefined}
        aria-disabled={self || undefined}
        onClick={() => {
          if (!self) ui.setState({ following: followed ? null : member.m })
        }}
      >
        {member.bot && <IconRobot size={15} aria-hidden="true" />}
        {member.voice && (
          <span className="at-face-voice" data-muted={member.voice.muted || undefined} aria-hidden="true">
            {member.voice.muted ? <IconMicrophoneOff size={9} /> : <IconMicrophone size={9} />}
          </span>
        )}
      </button>
    </Tooltip>
  )
}

/** Where a member looks when it is not what this page shows: “looks at Fog”. */
export function useElsewhere(member: Member, self: boolean): string {
  return useRoomState(({ branch, branches }) => {
    const there = branchOf(member)
    if (self || there === branch) return ''
    return there ? `looks at ${branches.get(there)?.name ?? 'a branch'}` : 'looks at main'
  })
}
