import { Button, Modal, NativeSelect, NumberInput, SegmentedControl, Textarea } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useRoomState, useScope } from '../context'
import { unitsText, workText } from '../queue/wording'
import type { Media } from '../results/media'
import { Thumb } from '../results/Thumb'
import type { Remixing } from '../uiStore'
import type { Remix } from './choices'
import { SweepFields } from './SweepFields'
import { sweepOf } from './sweep'
import { useRemix } from './useRemix'

const most = 8

/** Everything about a remix before it is queued: what, by which model, in which words, how many or over which values. */
export default function RemixDialog({ remixing: { sources, transform } }: { remixing: Remixing }) {
  const { ui } = useScope()
  const close = () => ui.setState({ remixing: null })
  const { remixes } = useRemix(sources)
  const [chosen, setChosen] = useState(transform)
  const remix = remixes.find((one) => one.transform === chosen) ?? remixes[0]
  return (
    <Modal opened onClose={close} title="Remix" size="md">
      <Sources sources={sources} />
      {remix ? (
        <Settings
          key={remix.transform}
          remix={remix}
          remixes={remixes}
          sources={sources}
          choose={setChosen}
          close={close}
        />
      ) : (
        <p className="at-muted">No model can work from this.</p>
      )}
    </Modal>
  )
}

function Sources({ sources }: { sources: readonly Media[] }) {
  return (
    <ul className="at-strip at-remix-sources" aria-label="Made from">
      {sources.map((media) => (
        <li key={`${media.asset} ${media.record}`} className="at-thumb">
          <Thumb media={media} />
        </li>
      ))}
    </ul>
  )
}

interface SettingsProps {
  remix: Remix
  remixes: readonly Remix[]
  sources: readonly Media[]
  choose: (transform: string) => void
  close: () => void
}

function Settings({ remix, remixes, sources, choose, close }: SettingsProps) {
  const { make } = useRemix(sources)
  const [model, setModel] = useState(remix.models[0])
  const [prompt, setPrompt] = useState(remix.transform === 'edit' ? '' : (sources.find((s) => s.prompt)?.prompt ?? ''))
  const [seed, setSeed] = useState<string | number>('')
  const [several, setSeveral] = useState<'count' | 'sweep'>('count')
  const [count, setCount] = useState<string | number>(remix.transform === 'variation' ? 4 : 1)
  const [param, setParam] = useState('')
  const [values, setValues] = useState('')
  const limit = useRoomState((state) => state.queue.approval_over ?? 0)
  const swept = sweepOf(param, values)
  const wanted = several === 'count' ? Number(count) || 1 : (swept.sweep?.values.length ?? 1)
  const units = model.units * wanted

  function queue(event: FormEvent) {
    event.preventDefault()
    const amount = several === 'count' ? { count: Number(count) || 1 } : { sweep: swept.sweep }
    make({ transform: remix.transform, kind: remix.kind, model, prompt, seed: Number(seed) || 0, ...amount })
    close()
  }

  return (
    <form className="at-form" onSubmit={queue}>
      <div className="at-pair">
        <NativeSelect
          label="What"
          value={remix.transform}
          data={remixes.map((one) => ({ value: one.transform, label: workText(one) }))}
          onChange={(event) => choose(event.currentTarget.value)}
        />
        <NativeSelect
          label="Model"
          value={model.key}
          data={remix.models.map(({ key, label }) => ({ value: key, label }))}
          onChange={(event) => setModel(remix.models.find(({ key }) => key === event.currentTarget.value) ?? model)}
        />
      </div>
      <Textarea
        label={remix.transform === 'edit' ? 'What to change' : 'Prompt'}
        placeholder={remix.transform === 'edit' ? 'Snow on the roofs' : undefined}
        autosize
        minRows={2}
        maxRows={6}
        maxLength={4000}
        required={remix.transform === 'edit'}
        value={prompt}
        onChange={(event) => setPrompt(event.currentTarget.value)}
        data-autofocus
      />
      <SegmentedControl
        aria-label="How many"
        value={several}
        onChange={(value) => setSeveral(value as 'count' | 'sweep')}
        data={[
          { value: 'count', label: 'Several' },
          { value: 'sweep', label: 'Sweep over a setting' },
        ]}
      />
      {several === 'count' ? (
        <div className="at-pair">
          <NumberInput label="How many" min={1} max={most} allowDecimal={false} value={count} onChange={setCount} />
          <NumberInput
            label="Seed"
            placeholder="Any"
            min={1}
            max={2 ** 31}
            allowDecimal={false}
            value={seed}
            onChange={setSeed}
          />
        </div>
      ) : (
        <SweepFields
          kind={remix.kind}
          transform={remix.transform}
          param={param}
          setParam={setParam}
          values={values}
          setValues={setValues}
        />
      )}
      <div className="at-form-acts">
        <span className="at-muted at-small at-form-note">
          {unitsText(units)}
          {limit > 0 && units > limit && ', an owner approves it'}
        </span>
        <Button variant="default" onClick={close}>
          Cancel
        </Button>
        <Button type="submit" disabled={several === 'sweep' && !swept.sweep}>
          {wanted > 1 ? `Queue ${wanted}` : 'Queue'}
        </Button>
      </div>
    </form>
  )
}
