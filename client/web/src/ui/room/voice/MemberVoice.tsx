import { ActionIcon, Slider, Tooltip } from '@mantine/core'
import { IconMicrophoneOff, IconPhoneX } from '@tabler/icons-react'
import type { Member } from '../../../protocol/types'
import { atLeast } from '../../app/services'
import { complain } from '../../app/toast'
import { useRoom, useRoomState } from '../context'
import { useCall, useIsIn, useVolume } from './context'

/** How loud somebody else is here; owners mute them and take them out of the call. */
export function MemberVoice({ member }: { member: Member }) {
  const inCall = useIsIn()
  const manages = useRoomState(({ role }) => atLeast(role, 'owner'))
  if (!member.voice || (!inCall && !manages)) return null
  return (
    <div className="at-member-voice">
      {inCall && <Volume member={member} />}
      {manages && <Moderation member={member} />}
    </div>
  )
}

function Volume({ member: { user, name } }: { member: Member }) {
  const call = useCall()
  const volume = useVolume(user)
  return (
    <Slider
      size="sm"
      min={0}
      max={100}
      step={5}
      label={(part) => `${part} %`}
      thumbLabel={`Volume of ${name}`}
      value={Math.round(volume * 100)}
      onChange={(part) => call?.setVolume(user, part / 100)}
      className="at-volume"
    />
  )
}

function Moderation({ member: { m, name, voice } }: { member: Member }) {
  const { call } = useRoom()
  return (
    <>
      <Tooltip label={`Mute ${name}`}>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="sm"
          aria-label={`Mute ${name}`}
          disabled={voice?.muted}
          onClick={() => call.mute(m).catch((error) => complain(`${name} is not muted`, error))}
        >
          <IconMicrophoneOff size={15} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={`Take ${name} out of the call`}>
        <ActionIcon
          variant="subtle"
          color="red"
          size="sm"
          aria-label={`Take ${name} out of the call`}
          onClick={() => call.remove(m).catch((error) => complain(`${name} stays in the call`, error))}
        >
          <IconPhoneX size={15} />
        </ActionIcon>
      </Tooltip>
    </>
  )
}
