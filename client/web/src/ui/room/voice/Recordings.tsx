import { Modal } from '@mantine/core'
import { useEffect, useState } from 'react'
import type { Recording } from '../../../protocol/types'
import { useServices } from '../../app/services'
import { reasonOf } from '../../app/toast'
import { useRoomState, useScope } from '../context'

/** The room's recordings, the newest first: a track for each stay of each person who agreed. */
export default function Recordings() {
  const { ui } = useScope()
  const { backend } = useServices()
  const room = useRoomState((state) => state.room?.id)
  const [recordings, setRecordings] = useState<readonly Recording[]>()
  const [fault, setFault] = useState<string>()
  useEffect(() => {
    if (!room) return
    backend.recordings(room).then(
      (all) => setRecordings(all.recordings),
      (error) => setFault(reasonOf(error)),
    )
  }, [backend, room])
  return (
    <Modal opened onClose={() => ui.setState({ recordings: false })} title="Recordings of calls" size="lg">
      {fault && <p role="alert">{fault}</p>}
      {recordings?.length === 0 && (
        <p className="at-muted">Nothing was recorded yet. Owners record a call from its menu; who agrees is kept.</p>
      )}
      {recordings?.map((recording) => (
        <RecordingView key={recording.id} recording={recording} />
      ))}
    </Modal>
  )
}

function RecordingView({ recording: { since, by_name, pieces = [], cut } }: { recording: Recording }) {
  const { backend } = useServices()
  return (
    <section className="at-recording">
      <h3>{new Date(since).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })}</h3>
      <p className="at-muted at-small">
        By {by_name}
        {cut ? '. The server stopped meanwhile; what it had is here' : ''}
        {pieces.length === 0 ? '. Nobody agreed to be recorded' : ''}
      </p>
      <ul>
        {pieces.map(({ asset, name, offset_ms, duration_ms }) => (
          <li key={asset}>
            <span className="at-recording-name">
              {name} <span className="at-muted at-small">from {clock(offset_ms)}</span>
            </span>
            {/* biome-ignore lint/a11y/useMediaCaption: what people said has no captions */}
            <audio
              controls
              preload="none"
              src={backend.assetUrl(asset)}
              aria-label={`${name}, ${clock(duration_ms)} from ${clock(offset_ms)}`}
            />
            <a href={`${backend.assetUrl(asset)}?download=${encodeURIComponent(`${name}.ogg`)}`} download>
              Download
            </a>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** 75 000 is 1:15. */
export function clock(ms: number): string {
  const seconds = Math.round(ms / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
