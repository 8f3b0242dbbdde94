import type { NodeProps } from '@xyflow/react'
import { memo } from 'react'
import type { RecordNode } from '../canvas/derive'
import { text } from '../canvas/geometry'
import { useRecord } from '../context'
import { RecordShell } from './RecordShell'

/** Frames, and kinds of bots as a card with their title. */
export const OtherNode = memo(function OtherNode({ id, selected }: NodeProps<RecordNode>) {
  const record = useRecord(id)
  if (!record) return null
  const { kind, props } = record
  const title = text(props.title) || text(props.text) || text(props.prompt)
  return (
    <RecordShell id={id} kind={kind === 'frame' ? 'frame' : 'other'} selected={selected}>
      <p className="at-other-title">{title || kind.replace(/^x-/, '')}</p>
    </RecordShell>
  )
})
