import { Button } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { Call } from '../../../voice/call'
import { complain, inform } from '../../app/toast'
import { useRoom, useRoomState } from '../context'
import { asksFor, faultText, microphoneText } from './callText'
import { useCall } from './context'

/** What keeps one from the call or from being heard, and whether one's words may be kept. */
export function CallNotices() {
  const call = useCall()
  return (
    call && (
      <>
        <Faults call={call} />
        <Consent call={call} />
      </>
    )
  )
}

function Faults({ call }: { call: Call }) {
  const fault = useStore(call.store, (state) => state.fault)
  const microphone = useStore(call.store, (state) => state.microphoneFault)
  const [dismissed, setDismissed] = useState<unknown>()
  const said = fault ?? microphone
  const again = () => {
    setDismissed(undefined)
    void (fault ? call.join() : call.mute(false))
  }
  if (!said || said === dismissed) return null
  return (
    <div className="at-offline at-call-notice" role="alert">
      <span>{fault ? faultText(fault) : microphone && microphoneText(microphone)}</span>
      {fault?.kind !== 'removed' && microphone !== 'insecure' && (
        <Button size="compact-sm" variant="default" onClick={again}>
          Try again
        </Button>
      )}
      <Button size="compact-sm" variant="subtle" onClick={() => setDismissed(said)}>
        {fault ? 'Close' : 'Only listen'}
      </Button>
    </div>
  )
}

function Consent({ call }: { call: Call }) {
  const room = useRoom()
  const inCall = useStore(call.store, ({ status }) => status !== 'out')
  const recording = useRoomState((state) => state.recording)
  const user = useRoomState((state) => state.self?.user)
  const recorded = useRoomState((state) => state.self?.voice?.recorded === true)
  useEnd()
  if (!inCall || !recording) return null
  const say = (yes: boolean, discard?: boolean) =>
    void room.call.consent(recording.id, yes, discard).catch((error) => complain('That was not taken', error))
  if (asksFor(recording, user)) {
    return (
      <div className="at-offline at-call-notice at-consent" role="alert">
        <span>
          {recording.by === user ? 'You record' : `${recording.by_name} records`} this call. Until you agree, nothing of
          what you say is kept.
        </span>
        <Button size="compact-sm" onClick={() => say(true)}>
          Record me
        </Button>
        <Button size="compact-sm" variant="default" onClick={() => say(false)}>
          Not me
        </Button>
      </div>
    )
  }
  if (!recorded) return null
  return (
    <div className="at-offline at-call-notice at-consent at-consented" role="status">
      <span className="at-recording-dot" data-state="on" aria-hidden="true" />
      <span>You are being recorded.</span>
      <Button size="compact-sm" variant="default" onClick={() => say(false)}>
        Stop recording me
      </Button>
      <Button size="compact-sm" variant="subtle" color="red" onClick={() => say(false, true)}>
        Delete what is kept
      </Button>
    </div>
  )
}

/** Where to find what was recorded is told to who was asked. */
function useEnd() {
  const room = useRoom()
  useEffect(
    () =>
      room.store.subscribe((now, before) => {
        const over = before.recording && !now.recording && now.status === 'live' && before.status === 'live'
        if (over) inform('The recording has ended. It is under Recordings, in the call’s menu.')
      }),
    [room],
  )
}
