import type { NodeProps } from '@xyflow/react'
import { memo } from 'react'
import type { RecordNode } from '../canvas/derive'
import { text } from '../canvas/geometry'
import { useRecord } from '../context'
import { RecordShell } from './RecordShell'
import { TextField } from './TextField'

export const noteColours = ['yellow', 'peach', 'pink', 'violet', 'blue', 'green', 'grey'] as const

export const NoteNode = memo(function NoteNode({ id, selected }: NodeProps<RecordNode>) {
  const record = useRecord(id)
  if (!record) return null
  const wanted = text(record.props.colour)
  const colour = noteColours.find((name) => name === wanted) ?? 'yellow'
  return (
    <RecordShell id={id} kind="note" selected={selected}>
      <div className={`at-note-paper at-note-${colour}`}>
        <TextField
          record={id}
          prop="text"
          label="Note"
          placeholder="Write a note"
          maxLength={16_000}
          value={text(record.props.text)}
          first
        />
      </div>
    </RecordShell>
  )
})
