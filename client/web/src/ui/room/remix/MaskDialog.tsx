import { Button, Modal, NativeSelect, SegmentedControl, Slider, Textarea } from '@mantine/core'
import { IconArrowBackUp, IconTrash } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { useServices } from '../../app/services'
import { complain } from '../../app/toast'
import { useRoomState, useScope } from '../context'
import type { ModelChoice } from '../providers'
import type { Media } from '../results/media'
import type { Remixing } from '../uiStore'
import { MaskCanvas } from './MaskCanvas'
import { maskPNG, paintsAnything, type Stroke } from './mask'
import { useRemix } from './useRemix'

/** Paints over the part of a picture that an edit may change, and says what to put there. */
export default function MaskDialog({ remixing: { sources } }: { remixing: Remixing }) {
  const { ui } = useScope()
  const close = () => ui.setState({ remixing: null })
  const [picture] = sources
  const { remixes } = useRemix(sources)
  const edit = remixes.find(({ takesMask }) => takesMask)
  const models = edit?.models.filter((model) => model.inputs.mask) ?? []
  return (
    <Modal opened onClose={close} title="Edit a part of it" size="lg">
      {picture && edit && models[0] ? (
        <Painter picture={picture} sources={sources} kind={edit.kind} models={models} close={close} />
      ) : (
        <p className="at-muted">No model takes a mask.</p>
      )}
    </Modal>
  )
}

interface Props {
  picture: Media
  sources: readonly Media[]
  kind: string
  models: readonly ModelChoice[]
  close: () => void
}

function Painter({ picture, sources, kind, models, close }: Props) {
  const { backend } = useServices()
  const { make } = useRemix(sources)
  const room = useRoomState((state) => state.room?.id)
  const [strokes, setStrokes] = useState<readonly Stroke[]>([])
  const [mode, setMode] = useState<Stroke['mode']>('paint')
  const [brush, setBrush] = useState(8)
  const [size, setSize] = useState({ width: picture.width, height: picture.height })
  const [prompt, setPrompt] = useState('')
  const [model, setModel] = useState(models[0])
  const [busy, setBusy] = useState(false)

  async function queue(event: FormEvent) {
    event.preventDefault()
    if (!model) return
    setBusy(true)
    try {
      const mask = await backend.upload(await maskPNG(size, strokes), undefined, room)
      make({ transform: 'edit', kind, model, prompt, mask: mask.id })
      close()
    } catch (error) {
      complain('The mask was not uploaded', error)
    } finally {
      setBusy(false)
    }
  }

  return (
    <form className="at-form" onSubmit={queue}>
      <p className="at-muted">Paint over what may change. All else stays as it is.</p>
      <MaskCanvas
        picture={picture}
        size={size}
        loaded={setSize}
        strokes={strokes}
        setStrokes={setStrokes}
        mode={mode}
        // In hundredths of the picture's longer side, so that it is as thick on a large picture as on a small one.
        brush={(brush / 100) * Math.max(size.width, size.height)}
      />
      <div className="at-mask-tools">
        <SegmentedControl
          size="xs"
          aria-label="Brush"
          value={mode}
          onChange={(value) => setMode(value as Stroke['mode'])}
          data={[
            { value: 'paint', label: 'Paint' },
            { value: 'erase', label: 'Erase' },
          ]}
        />
        <Slider
          className="at-mask-size"
          size="sm"
          min={1}
          max={30}
          value={brush}
          onChange={setBrush}
          label={null}
          thumbLabel="Size of the brush"
        />
        <Button
          size="xs"
          variant="default"
          leftSection={<IconArrowBackUp size={14} />}
          disabled={strokes.length === 0}
          onClick={() => setStrokes(strokes.slice(0, -1))}
        >
          Take back
        </Button>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconTrash size={14} />}
          disabled={strokes.length === 0}
          onClick={() => setStrokes([])}
        >
          Clear
        </Button>
      </div>
      <Textarea
        label="What should be there"
        placeholder="A lighthouse with its lamp lit"
        autosize
        minRows={2}
        maxRows={5}
        maxLength={4000}
        required
        value={prompt}
        onChange={(event) => setPrompt(event.currentTarget.value)}
      />
      {models.length > 1 && (
        <NativeSelect
          label="Model"
          value={model?.key}
          data={models.map(({ key, label }) => ({ value: key, label }))}
          onChange={(event) => setModel(models.find(({ key }) => key === event.currentTarget.value))}
        />
      )}
      <div className="at-form-acts">
        <Button variant="default" onClick={close}>
          Cancel
        </Button>
        <Button type="submit" loading={busy} disabled={!paintsAnything(strokes) || !prompt.trim()}>
          Queue the edit
        </Button>
      </div>
    </form>
  )
}
