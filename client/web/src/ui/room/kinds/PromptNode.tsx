import { Button, NativeSelect, NumberInput } from '@mantine/core'
import { IconChevronRight, IconSparkles } from '@tabler/icons-react'
import type { NodeProps } from '@xyflow/react'
import { memo, useState } from 'react'
import type { CanvasRecord } from '../../../store/api'
import { complain } from '../../app/toast'
import type { RecordNode } from '../canvas/derive'
import { text } from '../canvas/geometry'
import { useMayEdit, useRecord, useRoom, useRoomState } from '../context'
import { paramsOf, requestOf, shapes, unfinished } from '../generate'
import { type ModelChoice, useModels } from '../providers'
import { RecordShell } from './RecordShell'
import { TextField } from './TextField'

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
  const [busy, setBusy] = useState(false)
  const [negative, setNegative] = useState(text(record.props.negative) !== '')

  async function generate() {
    const now = room.store.getState().records.get(record.id)
    if (busy || !now || !text(now.props.prompt).trim()) return
    setBusy(true)
    try {
      await room.enqueue(requestOf(now, chosen))
    } catch (error) {
      complain('Nothing was queued', error)
    } finally {
      setBusy(false)
    }
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
      <Settings record={record} models={models} chosen={chosen} disabled={!mayEdit} />
      <Button
        className="nodrag"
        size="sm"
        fullWidth
        loading={busy}
        disabled={!mayEdit || !text(record.props.prompt).trim()}
        onClick={generate}
        title="Ctrl+Enter"
      >
        Generate
      </Button>
    </div>
  )
}

function JobsNow({ record }: { record: string }) {
  const count = useRoomState((state) => unfinished(state.jobs, record))
  if (count === 0) return null
  return (
    <span className="at-prompt-jobs">
      <span className="at-pulse" aria-hidden="true" />
      {count === 1 ? '1 in the queue' : `${count} in the queue`}
    </span>
  )
}

interface SettingsProps {
  record: CanvasRecord
  models: ModelChoice[]
  chosen: ModelChoice | undefined
  disabled: boolean
}

function Settings({ record, models, chosen, disabled }: SettingsProps) {
  const room = useRoom()
  const { shape, count } = paramsOf(record)
  const seed = record.props.seed
  const setParams = (patch: Record<string, unknown>) => {
    const before = record.props.params
    const params = typeof before === 'object' && before !== null ? before : {}
    room.edit([[record.id, 'params', { ...params, ...patch }]])
  }
  return (
    <div className="at-prompt-settings nodrag nowheel">
      <NativeSelect
        aria-label="Model"
        size="xs"
        className="at-wide"
        disabled={disabled}
        data={models.map((m) => ({ value: m.key, label: m.label }))}
        value={chosen?.key ?? ''}
        onChange={(event) => {
          const model = models.find((m) => m.key === event.currentTarget.value)
          if (!model) return
          room.edit([
            [record.id, 'provider', model.provider],
            [record.id, 'model', model.model],
          ])
        }}
      />
      <NativeSelect
        aria-label="Size"
        size="xs"
        disabled={disabled}
        data={shapes.map((s) => ({ value: s.key, label: s.label }))}
        value={shape.key}
        onChange={(event) => {
          const next = shapes.find((s) => s.key === event.currentTarget.value)
          if (next) setParams({ width: next.width, height: next.height })
        }}
      />
      <NumberInput
        aria-label="Seed"
        size="xs"
        placeholder="Seed"
        hideControls
        disabled={disabled}
        min={0}
        max={2 ** 31}
        allowDecimal={false}
        value={typeof seed === 'number' ? seed : ''}
        onChange={(value) => room.edit([[record.id, 'seed', typeof value === 'number' ? value : null]])}
      />
      <NativeSelect
        aria-label="How many"
        size="xs"
        disabled={disabled}
        data={['1', '2', '3', '4', '6', '8'].map((n) => ({ value: n, label: `×${n}` }))}
        value={String(count)}
        onChange={(event) => setParams({ count: Number(event.currentTarget.value) })}
      />
    </div>
  )
}
