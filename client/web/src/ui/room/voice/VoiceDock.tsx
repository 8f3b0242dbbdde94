import { ActionIcon, Button, Popover, Tooltip } from '@mantine/core'
import {
  IconChevronDown,
  IconHeadphones,
  IconHeadphonesOff,
  IconMessageBolt,
  IconMicrophone,
  IconMicrophoneOff,
  IconPhoneOff,
} from '@tabler/icons-react'
import { type MouseEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { useStore } from 'zustand'
import type { Call } from '../../../voice/call'
import { atLeast } from '../../app/services'
import { inform } from '../../app/toast'
import { useRoomState, useScope, useUI } from '../context'
import { joinText, newsText, qualityText } from './callText'
import { useCall, useLoudness } from './context'
import { useCallKeys } from './useCallKeys'
import { VoiceMenu } from './VoiceMenu'
import '../../styles/voice.css'

/** What one says, in the room's bar: commands, and the call with a way in and what one does in it. */
export default function VoiceDock() {
  const call = useCall()
  const offered = useRoomState(({ features }) => features.includes('voice'))
  return (
    <section className="at-topbar-group at-dock" aria-label="Call">
      <Commands />
      {call && offered && <Dock call={call} />}
    </section>
  )
}

function Commands() {
  const { ui } = useScope()
  const opened = useUI((state) => state.commanding)
  return (
    <DockButton
      label="Say or type what is to be done (/)"
      name="Commands"
      pressed={opened}
      icon={<IconMessageBolt size={18} />}
      onClick={() => ui.setState({ commanding: !opened })}
    />
  )
}

function Dock({ call }: { call: Call }) {
  const status = useStore(call.store, (state) => state.status)
  useCallKeys(call)
  useEffect(() => call.onNews((news) => inform(newsText(news))), [call])
  return (
    <>
      <RecordingDot />
      {status === 'out' ? <Join call={call} /> : <InCall call={call} />}
    </>
  )
}

function Join({ call }: { call: Call }) {
  const others = useRoomState(({ members }) => [...members.values()].filter(({ voice }) => voice).length)
  const speaks = useRoomState(({ role }) => atLeast(role, 'commenter'))
  const live = useRoomState(({ status }) => status === 'live')
  return (
    <Tooltip label={joinText(others)}>
      <Button
        size="compact-sm"
        variant={others > 0 ? 'light' : 'subtle'}
        color={others > 0 ? 'iris' : 'gray'}
        leftSection={<IconHeadphones size={17} />}
        className="at-dock-join"
        aria-label={joinText(others)}
        disabled={!live}
        onClick={() => void call.join({ mute: !speaks })}
      >
        {others > 0 ? others : <span className="at-wide-only">Call</span>}
      </Button>
    </Tooltip>
  )
}

function InCall({ call }: { call: Call }) {
  const [opened, setOpened] = useState(false)
  const status = useStore(call.store, (state) => state.status)
  const quality = useStore(call.store, (state) => state.quality)
  const deaf = useStore(call.store, (state) => state.deaf)
  const way = status === 'in' ? (quality ? qualityText(quality) : 'Connected') : waysText(status)
  return (
    <>
      <MuteButton call={call} />
      <DockButton
        label={deaf ? 'Hear others again' : 'Hear nobody'}
        pressed={deaf}
        off={deaf}
        onClick={() => call.deafen(!deaf)}
        icon={deaf ? <IconHeadphonesOff size={18} /> : <IconHeadphones size={18} />}
      />
      <Popover opened={opened} onChange={setOpened} position="bottom-end" shadow="md" radius="lg" trapFocus returnFocus>
        <Popover.Target>
          <Tooltip label={`${way}. Devices and more`}>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`Devices and more. ${way}`}
              aria-expanded={opened}
              onClick={() => setOpened(!opened)}
            >
              <span
                className="at-dock-quality"
                data-grade={status === 'in' ? (quality?.grade ?? 'good') : 'none'}
                aria-hidden="true"
              />
              <IconChevronDown size={13} />
            </ActionIcon>
          </Tooltip>
        </Popover.Target>
        <Popover.Dropdown className="at-voice-menu" aria-label="Call settings">
          <VoiceMenu call={call} way={way} close={() => setOpened(false)} />
        </Popover.Dropdown>
      </Popover>
      <DockButton label="Leave the call" leave onClick={() => call.leave()} icon={<IconPhoneOff size={18} />} />
      <span className="at-hidden" role="status">
        {status === 'in' ? 'In the call' : waysText(status)}
      </span>
    </>
  )
}

const waysText = (status: string) => (status === 'joining' ? 'Joining the call' : 'Finding the way back to the call')

function MuteButton({ call }: { call: Call }) {
  const ref = useRef<HTMLSpanElement>(null)
  const self = useRoomState((state) => state.self?.m ?? 0)
  const muted = useStore(call.store, (state) => state.muted)
  const held = useStore(call.store, (state) => state.held)
  useLoudness(ref, self)
  const silent = muted && !held
  return (
    <span ref={ref} className="at-dock-mic" data-silent={silent || undefined}>
      <DockButton
        label={muted ? 'Unmute (M), or hold Space to talk' : 'Mute (M)'}
        name={muted ? 'Unmute' : 'Mute'}
        pressed={silent}
        off={silent}
        onClick={() => void call.mute(!muted)}
        icon={silent ? <IconMicrophoneOff size={18} /> : <IconMicrophone size={18} />}
      />
    </span>
  )
}

interface DockButtonProps {
  label: string
  name?: string
  pressed?: boolean
  off?: boolean
  leave?: boolean
  icon: ReactNode
  onClick: () => void
}

/** The pointer leaves the keyboard where it is, so that Space and M go on. */
function DockButton({ label, name = label, pressed, off, leave, icon, onClick }: DockButtonProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant={pressed || leave ? 'light' : 'subtle'}
        color={off || leave ? 'red' : pressed ? 'iris' : 'gray'}
        aria-label={name}
        aria-pressed={pressed}
        onMouseDown={(event: MouseEvent) => event.preventDefault()}
        onClick={onClick}
      >
        {icon}
      </ActionIcon>
    </Tooltip>
  )
}

function RecordingDot() {
  const recording = useRoomState((state) => state.recording)
  if (!recording) return null
  const label = recording.state === 'on' ? `${recording.by_name} records the call` : 'The recording is being kept'
  return (
    <Tooltip label={label}>
      <span className="at-recording-dot" role="img" aria-label={label} data-state={recording.state} />
    </Tooltip>
  )
}
