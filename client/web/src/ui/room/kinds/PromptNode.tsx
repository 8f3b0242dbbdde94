import { Button } from '@mantine/core'
import { IconChevronRight, IconSparkles } from '@tabler/icons-react'
import type { NodeProps } from '@xyflow/react'
import { memo, useState } from 'react'
import type { CanvasRecord } from '../../../store/api'
import type { RecordNode } from '../canvas/derive'
import { text } from '../canvas/geometry'
import { useMayEdit, useRecord, useRoom, useRoomState } from '../context'
import { requestOf, unfinished } from '../generate'
import { useModels } from '../providers'
import { queueUp } from '../queue/queueUp'
import { missingText } from '../remix/fitting'
import { inputsOf } from '../remix/inputs'
import { PromptInputs } from './PromptInputs'
import { PromptMore } from './PromptMore'
import { PromptSettings } from './PromptSettings'
import { RecordShell } from './RecordShell'
import { TextField } from './TextField'
import { usePromptInputs } from './usePromptInputs'

export const PromptNode = memo(function PromptNode({ id, selected }: NodeProps<RecordNode>) {
  const record = useRecord(id)
  if (!record) return null
  return (
    <RecordShell id={id} kind="prompt" selected={selected}>
      <PromptCard record={record} />
    </RecordShell>
  )
})

function PromptCard({ record }: { record: CanvasRecord }) {
  const room = useRoom()
  const mayEdit = useMayEdit()
  const { models, chosen } = useModels(record)
  const inputs = usePromptInputs(record.id)
  const [negative, setNegative] = useState(text(record.props.negative) !== '')
  const missing = chosen
    ? missingText(
        chosen,
        inputs.map(({ media }) => media),
      )
    : ''
  const words = text(record.props.prompt).trim()
  const ready = mayEdit && !missing && (words !== '' || inputs.length > 0)

  function generate() {
    // The words that were typed last are written by now, but this component has not seen them yet.
    const { records, jobs } = room.store.getState()
    const now = records.get(record.id)
    if (!now || missing) return
    const request = requestOf(now, chosen, inputsOf(records, jobs, record.id))
    if (request.prompt.trim() || request.inputs) queueUp(room, request)
  }

  return (
    <div className="at-prompt-card">
      <div className="at-prompt-head">
        <IconSparkles size={15} aria-hidden="true" />
        <span>{text(record.props.title) || 'Prompt'}</span>
        <JobsNow record={record.id} />
      </div>
      <TextField
        record={record.id}
        prop="prompt"
        label="Prompt"
        placeholder="A quiet harbour at dawn, fog over the water, fishing boats"
        className="at-prompt-text"
        value={text(record.props.prompt)}
        onSubmit={generate}
        first
      />
      <button
        type="button"
        className="at-disclose nodrag"
        aria-expanded={negative}
        onClick={() => setNegative((open) => !open)}
      >
        <IconChevronRight size={13} aria-hidden="true" /> Leave out
      </button>
      {negative && (
        <TextField
          record={record.id}
          prop="negative"
          label="What to leave out"
          placeholder="people, text"
          className="at-prompt-negative"
          value={text(record.props.negative)}
          onSubmit={generate}
        />
      )}
      <PromptInputs record={record} inputs={inputs} />
      <PromptSettings record={record} models={models} chosen={chosen} inputs={inputs} disabled={!mayEdit} />
      {missing && <p className="at-prompt-missing">This model {missing}.</p>}
      <div className="at-prompt-go nodrag">
        <Button size="sm" disabled={!ready} onClick={generate} title="Ctrl+Enter">
          Generate
        </Button>
        <PromptMore record={record} chosen={chosen} inputs={inputs} disabled={!ready} />
      </div>
    </div>
  )
}

function JobsNow({ record }: { record: string }) {
  const count = useRoomState((state) => unfinished(state.jobs, record))
  const unsent = useRoomState(
    (state) => [...state.unsentJobs.values()].filter(({ request }) => request.place?.source === record).length,
  )
  if (count + unsent === 0) return null
  const said = [count > 0 && `${count} in the queue`, unsent > 0 && `${unsent} to be sent`].filter(Boolean)
  return (
    <span className="at-prompt-jobs">
      <span className="at-pulse" aria-hidden="true" />
      {said.join(', ')}
    </span>
  )
}
