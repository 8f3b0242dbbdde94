import type { NodeProps } from '@xyflow/react'
import { memo } from 'react'
import type { RecordNode } from '../canvas/derive'
import { number, text } from '../canvas/geometry'
import { useRecord } from '../context'
import { RecordShell } from './RecordShell'
import { TextField } from './TextField'

const headline = 22
const running = 14

/** Words on the canvas: a headline of people, or what a model wrote, as a card to read and to change. */
export const TextNode = memo(function TextNode({ id, selected }: NodeProps<RecordNode>) {
  const record = useRecord(id)
  if (!record) return null
  const made = text(record.props.job) !== ''
  const size = number(record.props.size, made ? running : headline)
  return (
    <RecordShell id={id} kind={made ? 'words' : 'text'} selected={selected}>
      <TextField
        record={id}
        prop="text"
        label="Text"
        placeholder="Text"
        maxLength={16_000}
        value={text(record.props.text)}
        style={{ fontSize: Math.min(120, Math.max(8, size)) }}
        first
      />
    </RecordShell>
  )
})
