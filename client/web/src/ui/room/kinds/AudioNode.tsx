import type { NodeProps } from '@xyflow/react'
import { memo } from 'react'
import type { RecordNode } from '../canvas/derive'
import { useRecord, useRoomState, useScope } from '../context'
import { AudioPlayer } from '../results/AudioPlayer'
import { mediaOfRecord, mediaWords } from '../results/media'
import { RecordShell } from './RecordShell'

export const AudioNode = memo(function AudioNode({ id, selected }: NodeProps<RecordNode>) {
  const { ui } = useScope()
  const record = useRecord(id)
  const jobs = useRoomState((state) => state.jobs)
  const media = record && mediaOfRecord(record, jobs)
  if (!record) return null
  return (
    <RecordShell id={id} kind="audio" selected={selected}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: Enter on the selected record opens it too */}
      <div className="at-audio-frame" onDoubleClick={() => ui.setState({ viewing: { record: id } })}>
        <p className="at-audio-words">{media ? mediaWords(media) : 'No sound yet'}</p>
        {media && <AudioPlayer key={media.asset} asset={media.asset} label={mediaWords(media)} length={media.length} />}
      </div>
    </RecordShell>
  )
})
