import { Button, NumberInput, TextInput } from '@mantine/core'
import { IconClick, IconCopy, IconDownload, IconGitFork, IconTrash } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import type { CanvasRecord } from '../../../store/api'
import { useServices } from '../../app/services'
import { duplicateSelected, removeSelected } from '../canvas/actions'
import { boxOf, number, text } from '../canvas/geometry'
import { useMayEdit, usePeers, useRecord, useRoom, useScope, useUI } from '../context'
import { alsoTyping } from '../kinds/alsoTyping'
import { noteColours } from '../kinds/NoteNode'
import { useDraft } from '../useDraft'

export function Inspector() {
  const selection = useUI((state) => state.selection)
  const [first] = selection
  if (first === undefined) {
    return (
      <div className="at-panel-empty">
        <IconClick size={30} aria-hidden="true" />
        <p>Nothing is selected</p>
        <p className="at-muted">Select something on the canvas to see and change what it is made of.</p>
      </div>
    )
  }
  return (
    <div className="at-inspector">
      {selection.size === 1 ? <One key={first} id={first} /> : <h2 className="at-h2">{selection.size} selected</h2>}
      <Actions />
    </div>
  )
}

function One({ id }: { id: string }) {
  const record = useRecord(id)
  if (!record) return null
  return (
    <>
      <h2 className="at-h2 at-capital">{record.kind.replace(/^x-/, '')}</h2>
      <Title record={record} />
      <Box record={record} />
      {record.kind === 'note' && <Colours record={record} />}
      {record.kind === 'text' && <TextSize record={record} />}
      <Origin record={record} />
    </>
  )
}

function Title({ record }: { record: CanvasRecord }) {
  const mayEdit = useMayEdit()
  const also = alsoTyping(usePeers(record.id), 'title')
  const { draft, change, focus, leave } = useDraft(record.id, 'title', text(record.props.title))
  return (
    <TextInput
      label="Title"
      size="sm"
      description={also || undefined}
      inputWrapperOrder={['label', 'input', 'description']}
      maxLength={200}
      disabled={!mayEdit}
      value={draft}
      onChange={(event) => change(event.currentTarget.value)}
      onFocus={focus}
      onBlur={leave}
    />
  )
}

function Box({ record }: { record: CanvasRecord }) {
  const room = useRoom()
  const box = boxOf(record)
  const fields = [
    ['x', 'X', box.x],
    ['y', 'Y', box.y],
    ['w', 'Width', box.w],
    ['h', 'Height', box.h],
  ] as const
  return (
    <div className="at-pair">
      {fields.map(([prop, label, value]) => (
        <NumberCell
          key={prop}
          label={label}
          value={Math.round(value)}
          min={prop === 'w' || prop === 'h' ? 20 : undefined}
          write={(next) => room.edit([[record.id, prop, next]])}
        />
      ))}
    </div>
  )
}

interface NumberCellProps {
  label: string
  value: number
  min?: number
  write: (value: number) => void
}

/** Writes when the field is left, not at every digit. */
function NumberCell({ label, value, min, write }: NumberCellProps) {
  const mayEdit = useMayEdit()
  const [draft, setDraft] = useState<string | number>(value)
  useEffect(() => setDraft(value), [value])
  function save() {
    if (typeof draft !== 'number' || draft === value) return setDraft(value)
    write(min === undefined ? draft : Math.max(min, draft))
  }
  return (
    <NumberInput
      label={label}
      size="sm"
      hideControls
      disabled={!mayEdit}
      value={draft}
      onChange={setDraft}
      onBlur={save}
      onKeyDown={(event) => {
        if (event.key === 'Enter') save()
      }}
    />
  )
}

function Colours({ record }: { record: CanvasRecord }) {
  const room = useRoom()
  const mayEdit = useMayEdit()
  const now = text(record.props.colour) || 'yellow'
  return (
    <fieldset className="at-colours" disabled={!mayEdit}>
      <legend>Colour</legend>
      {noteColours.map((colour) => (
        <button
          key={colour}
          type="button"
          className={`at-colour at-note-${colour}`}
          aria-label={colour}
          aria-pressed={colour === now}
          onClick={() => room.edit([[record.id, 'colour', colour]])}
        />
      ))}
    </fieldset>
  )
}

function TextSize({ record }: { record: CanvasRecord }) {
  const room = useRoom()
  return (
    <NumberCell
      label="Size of the letters"
      value={number(record.props.size, 22)}
      min={8}
      write={(size) => room.edit([[record.id, 'size', Math.min(120, size)]])}
    />
  )
}

/** What a generated picture was made from. */
function Origin({ record: { kind, props } }: { record: CanvasRecord }) {
  const { backend } = useServices()
  const { ui } = useScope()
  if (kind === 'prompt') return null
  const asset = text(props.asset)
  const facts = [
    ['Prompt', text(props.prompt)],
    ['Left out', text(props.negative)],
    ['Model', [text(props.provider), text(props.model)].filter(Boolean).join(' / ')],
    ['Seed', typeof props.seed === 'number' ? String(props.seed) : ''],
    ['Pixels', props.nw && props.nh ? `${props.nw} × ${props.nh}` : ''],
  ].filter(([, value]) => value)
  return (
    <>
      {facts.length > 0 && (
        <dl className="at-facts">
          {facts.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {asset && (
        <Button
          variant="default"
          size="sm"
          leftSection={<IconGitFork size={15} />}
          onClick={() => ui.setState({ lineageOf: asset })}
        >
          Lineage
        </Button>
      )}
      {asset && (
        <Button
          component="a"
          href={backend.assetUrl(asset, text(props.title) || 'picture')}
          variant="default"
          size="sm"
          leftSection={<IconDownload size={15} />}
        >
          Download
        </Button>
      )}
    </>
  )
}

function Actions() {
  const { room, ui } = useScope()
  if (!useMayEdit()) return null
  return (
    <div className="at-pair">
      <Button
        variant="default"
        size="sm"
        leftSection={<IconCopy size={15} />}
        onClick={() => duplicateSelected(room, ui)}
      >
        Duplicate
      </Button>
      <Button
        variant="default"
        size="sm"
        leftSection={<IconTrash size={15} />}
        onClick={() => removeSelected(room, ui)}
      >
        Delete
      </Button>
    </div>
  )
}
