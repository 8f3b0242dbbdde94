import { type NodeProps, useStore } from '@xyflow/react'
import { memo } from 'react'
import type { RecordNode } from '../canvas/derive'
import { sizeOf, text } from '../canvas/geometry'
import { useRecord, useScope } from '../context'
import { Picture } from './Picture'
import { RecordShell } from './RecordShell'

/** A picture drawn smaller than this on the screen is served by its thumbnail. */
const thumbBelow = 200

export const ImageNode = memo(function ImageNode({ id, selected }: NodeProps<RecordNode>) {
  const { ui } = useScope()
  const record = useRecord(id)
  const width = record ? sizeOf(record).w : 0
  const small = useStore((state) => width * state.transform[2] < thumbBelow)
  if (!record) return null
  const { props } = record
  const asset = text(props.asset)
  const shown = (small && text(props.thumb)) || asset
  const words = text(props.alt) || text(props.title) || text(props.prompt)
  return (
    <RecordShell id={id} kind="image" selected={selected} keepShape>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: Enter on the selected record opens it too */}
      <div className="at-image-frame" onDoubleClick={() => ui.setState({ viewing: { record: id } })}>
        {asset ? (
          <Picture key={shown} asset={shown} placeholder={text(props.placeholder)} alt={words || 'Picture'} />
        ) : (
          <p className="at-picture-failed">No picture yet</p>
        )}
        {words && (
          <p className="at-image-words" aria-hidden="true">
            {words}
          </p>
        )}
      </div>
    </RecordShell>
  )
})
