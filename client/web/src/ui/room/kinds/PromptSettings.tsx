import { NativeSelect, NumberInput } from '@mantine/core'
import type { CanvasRecord } from '../../../store/api'
import { useRoom } from '../context'
import { paramsOf, shaped, shapes } from '../generate'
import type { ModelChoice } from '../providers'
import { missingText } from '../remix/fitting'
import type { PromptInput } from '../remix/inputs'

interface Props {
  record: CanvasRecord
  models: readonly ModelChoice[]
  chosen: ModelChoice | undefined
  inputs: readonly PromptInput[]
  disabled: boolean
}

const kinds: [kind: string, label: string][] = [
  ['image', 'Picture'],
  ['video', 'Film'],
  ['audio', 'Sound'],
  ['text', 'Text'],
]

/** What a prompt makes and by which model, how large, with which seed, how many. */
export function PromptSettings({ record, models, chosen, inputs, disabled }: Props) {
  const room = useRoom()
  const { shape, count } = paramsOf(record)
  const seed = record.props.seed
  const sources = inputs.map(({ media }) => media)
  const setParams = (patch: Record<string, unknown>) => {
    const before = record.props.params
    const params = typeof before === 'object' && before !== null ? before : {}
    room.edit([[record.id, 'params', { ...params, ...patch }]])
  }
  const take = (model: ModelChoice | undefined) => {
    if (!model) return
    room.edit([
      [record.id, 'provider', model.provider],
      [record.id, 'model', model.model],
    ])
  }
  const ofKind = (kind: string) => models.filter((model) => model.kind === kind)
  return (
    <div className="at-prompt-settings nodrag nowheel">
      <NativeSelect
        aria-label="Makes"
        size="xs"
        disabled={disabled}
        data={kinds.filter(([kind]) => ofKind(kind).length > 0).map(([kind, label]) => ({ value: kind, label }))}
        value={chosen?.kind ?? ''}
        onChange={(event) => take(firstFor(ofKind(event.currentTarget.value), sources))}
      />
      <NativeSelect
        aria-label="Model"
        size="xs"
        className="at-two-wide"
        disabled={disabled}
        data={ofKind(chosen?.kind ?? '').map((model) => {
          const missing = missingText(model, sources)
          return { value: model.key, label: missing ? `${model.label} (${missing})` : model.label }
        })}
        value={chosen?.key ?? ''}
        onChange={(event) => take(models.find((model) => model.key === event.currentTarget.value))}
      />
      {shaped.has(chosen?.kind ?? 'image') && (
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
      )}
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

/** The model that a kind begins with: one that can work from what is there, the default before others. */
function firstFor(models: readonly ModelChoice[], sources: readonly { kind: string }[]): ModelChoice | undefined {
  const usable = models.filter((model) => !missingText(model, sources))
  return usable.find((model) => model.default) ?? usable[0] ?? models[0]
}
