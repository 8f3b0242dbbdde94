import type { NodeProps } from '@xyflow/react'
import { memo } from 'react'
import type { RecordNode } from '../canvas/derive'
import { number, text } from '../canvas/geometry'
import { useRecord } from '../context'
import { RecordShell } from './RecordShell'
import { TextField } from './TextField'

export const TextNode = memo(function TextNode({ id, selected }: NodeProps<RecordNode>) {
  const record = useRecord(id)
  if (!record) return null
  return (
    <RecordShell id={id} kind="text" selected={selected}>
      <TextField
        record={id}
        prop="text"
        label="Text"
        placeholder="Text"
        maxLength={16_000}
        value={text(record.props.text)}
        style={{ fontSize: Math.min(120, Math.max(8, number(record.props.size, 22))) }}
        first
      />
    </RecordShell>
  )
})
