import type { NodeProps } from '@xyflow/react'
import { memo } from 'react'
import { useServices } from '../../app/services'
import type { RecordNode } from '../canvas/derive'
import { text } from '../canvas/geometry'
import { useRecord } from '../context'
import { RecordShell } from './RecordShell'

/** Video, audio and frames as the browser shows them; kinds of bots as a card with their title. */
export const OtherNode = memo(function OtherNode({ id, selected }: NodeProps<RecordNode>) {
  const { backend } = useServices()
  const record = useRecord(id)
  if (!record) return null
  const { kind, props } = record
  const asset = text(props.asset)
  const title = text(props.title) || text(props.text) || text(props.prompt)
  return (
    <RecordShell id={id} kind={kind === 'frame' ? 'frame' : 'other'} selected={selected}>
      {kind === 'video' && asset && (
        // biome-ignore lint/a11y/useMediaCaption: generated media has no captions
        <video
          src={backend.assetUrl(asset)}
          controls
          preload="metadata"
          className="nodrag"
          aria-label={title || 'Video'}
        />
      )}
      {kind === 'audio' && asset && (
        // biome-ignore lint/a11y/useMediaCaption: generated media has no captions
        <audio
          src={backend.assetUrl(asset)}
          controls
          preload="metadata"
          className="nodrag"
          aria-label={title || 'Sound'}
        />
      )}
      <p className="at-other-title">{title || kind.replace(/^x-/, '')}</p>
    </RecordShell>
  )
})
