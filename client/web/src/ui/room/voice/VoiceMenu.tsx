import { Button, Divider, NativeSelect, Switch } from '@mantine/core'
import { IconPlayerRecordFilled, IconPlayerStopFilled, IconPlaylist } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import { useStore } from 'zustand'
import type { Call } from '../../../voice/call'
import type { Device } from '../../../voice/ports'
import { atLeast } from '../../app/services'
import { complain } from '../../app/toast'
import { useRoom, useRoomState, useScope } from '../context'

/** Devices, how they are used, and the call's recording. */
export function VoiceMenu({ call, way, close }: { call: Call; way: string; close: () => void }) {
  const { microphones, speakers, microphone, speaker, noise, echo, listening } = useStore(call.store)
  return (
    <>
      <p className="at-muted at-small">{way}.</p>
      <NativeSelect
        label="Microphone"
        size="xs"
        data={choices(microphones)}
        value={microphone}
        onChange={(event) => void call.takeMicrophone(event.currentTarget.value)}
      />
      {!listening && <LevelMeter call={call} />}
      {speakers.length > 0 && (
        <NativeSelect
          label="Loudspeaker"
          size="xs"
          data={choices(speakers)}
          value={speaker}
          onChange={(event) => call.takeSpeaker(event.currentTarget.value)}
        />
      )}
      <Switch
        size="xs"
        label="Suppress noise"
        checked={noise}
        onChange={(event) => void call.process({ noise: event.currentTarget.checked })}
      />
      <Switch
        size="xs"
        label="Cancel echo"
        checked={echo}
        onChange={(event) => void call.process({ echo: event.currentTarget.checked })}
      />
      <Recorder close={close} />
    </>
  )
}

/** The browser's own choice comes first; it is what '' means. */
function choices(devices: readonly Device[]) {
  const others = devices.filter(({ id }) => id !== 'default')
  return [{ value: '', label: 'As the system has it' }, ...others.map(({ id, name }) => ({ value: id, label: name }))]
}

function LevelMeter({ call }: { call: Call }) {
  const bar = useRef<HTMLDivElement>(null)
  useEffect(() => {
    let frame = requestAnimationFrame(function show() {
      if (bar.current) bar.current.style.transform = `scaleX(${call.level()})`
      frame = requestAnimationFrame(show)
    })
    return () => cancelAnimationFrame(frame)
  }, [call])
  return (
    <div className="at-meter" role="img" aria-label="How loud you are">
      <div ref={bar} className="at-meter-level" />
    </div>
  )
}

function Recorder({ close }: { close: () => void }) {
  const { ui } = useScope()
  const { call } = useRoom()
  const offered = useRoomState(({ features }) => features.includes('recording'))
  const manages = useRoomState(({ role }) => atLeast(role, 'owner'))
  const recording = useRoomState((state) => state.recording)
  const on = recording?.state === 'on'
  if (!offered) return null
  const toggle = () => {
    close()
    if (recording) call.endRecording(recording.id).catch((error) => complain('The recording goes on', error))
    else call.record().catch((error) => complain('Nothing is recorded', error))
  }
  return (
    <>
      <Divider />
      {manages && (
        <Button
          size="xs"
          variant="light"
          color={on ? 'red' : 'gray'}
          disabled={recording?.state === 'saving'}
          leftSection={on ? <IconPlayerStopFilled size={14} /> : <IconPlayerRecordFilled size={14} />}
          onClick={toggle}
        >
          {on ? 'Stop recording' : 'Record the call'}
        </Button>
      )}
      <Button
        size="xs"
        variant="subtle"
        color="gray"
        leftSection={<IconPlaylist size={15} />}
        onClick={() => {
          close()
          ui.setState({ recordings: true })
        }}
      >
        Recordings
      </Button>
    </>
  )
}
