import '../../styles/compare.css'
import '../../styles/merge.css'
import { Button, Checkbox, Loader, Modal, SegmentedControl } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { ApiError } from '../../../protocol/errors'
import type { Choice, MergeOutcome } from '../../../store/api'
import { offer } from '../../app/offer'
import { type Backend, useServices } from '../../app/services'
import { complain, inform, reasonOf } from '../../app/toast'
import { useDiff } from '../compare/useDiff'
import { WordDiff } from '../compare/WordDiff'
import { useRoomState, useScope } from '../context'
import { counted, isSilent, isText, kindTitle, propTitle, recordText, valueText } from '../describe/cells'
import { Picture } from '../kinds/Picture'
import {
  asking,
  cherries,
  counts,
  type MergeCell,
  type MergeRecord,
  type MergeState,
  mergeCellKey,
  mergeState,
  picked,
  renewed,
  resolutions,
  unanswered,
  withChoice,
  withChoiceForAll,
  withConflicts,
  withLeft,
} from './mergeState'

const choices: { value: Choice; label: string }[] = [
  { value: 'main', label: 'Main' },
  { value: 'branch', label: 'Branch' },
  { value: 'both', label: 'Keep both' },
]

/** What a merge does, and the questions that it has. */
export default function MergeDialog({ branch }: { branch: string }) {
  const { ui } = useScope()
  const name = useRoomState((state) => state.branches.get(branch)?.name ?? 'the branch')
  const { diff, error } = useDiff('main', branch)
  const [state, setState] = useState<MergeState>()
  const [refused, setRefused] = useState('')
  useEffect(() => {
    if (diff) setState((before) => (before ? renewed(before, diff) : mergeState(diff)))
  }, [diff])
  const close = () => ui.setState({ merging: null })
  const { busy, merge } = useMerge(branch, name, close, (outcome) => {
    if (outcome.merged) return
    setState((before) => before && withConflicts(before, outcome.conflicts))
    setRefused(
      `Main has changed in ${counted(outcome.conflicts.length, 'more place')} than could be told before. Choose there, too.`,
    )
  })
  return (
    <Modal opened onClose={close} title={`Merge ${name} into main`} size="lg" className="at-merge">
      {error !== undefined && !state && <p role="alert">{reasonOf(error)}</p>}
      {!state && error === undefined && <Loader type="dots" aria-label="Comparing" />}
      {state?.records.length === 0 && <p>Nothing on {name} differs from main.</p>}
      {state && state.records.length > 0 && (
        <>
          <Questions state={state} change={setState} name={name} refused={refused} />
          <Records state={state} change={setState} />
          <Foot state={state} busy={busy} close={close} merge={() => void merge(state)} />
        </>
      )}
    </Modal>
  )
}

function useMerge(branch: string, name: string, close: () => void, answered: (outcome: MergeOutcome) => void) {
  const { room } = useScope()
  const { backend } = useServices()
  const [busy, setBusy] = useState(false)
  async function merge(state: MergeState) {
    setBusy(true)
    try {
      const outcome = await room.merge(branch, { records: cherries(state), resolve: resolutions(state) })
      answered(outcome)
      if (!outcome.merged) return
      close()
      const id = room.store.getState().room?.id ?? ''
      offer(`${name} is merged into main.`, {
        label: 'Undo',
        act: () => void takeBack(backend, id, outcome.rev),
      })
    } catch (error) {
      complain('Nothing was merged', error)
    } finally {
      setBusy(false)
    }
  }
  return { busy, merge }
}

/** Takes back the change of a revision, whatever came after it elsewhere. */
async function takeBack(backend: Backend, room: string, rev: number): Promise<void> {
  try {
    const { changes } = await backend.history(room, { before: rev + 1, limit: 1 })
    const [change] = changes
    if (change?.rev !== rev) throw ApiError.unavailable('the merge is not in the history')
    const { skipped = [] } = await backend.undoChange(room, change.id)
    inform(skipped.length > 0 ? 'The merge is taken back, but for what was changed since.' : 'The merge is taken back.')
  } catch (error) {
    complain('The merge stays', error)
  }
}

interface PartProps {
  state: MergeState
  change: (state: MergeState) => void
}

function Questions({ state, change, name, refused }: PartProps & { name: string; refused: string }) {
  const open = unanswered(state)
  const head = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (refused) head.current?.focus()
  }, [refused])
  const asked = picked(state).filter((record) => asking(state, record.id).length > 0)
  if (asked.length === 0) return null
  return (
    <section className="at-merge-part" aria-labelledby="merge-asks">
      <header>
        <h3 id="merge-asks" ref={head} tabIndex={-1}>
          Both changed the same
        </h3>
        <span className="at-muted at-small" role="status">
          {open === 0 ? 'All chosen' : `${open} to choose`}
        </span>
        <span className="at-merge-all at-muted at-small" aria-hidden="true">
          For all
        </span>
        <Choices
          label="For all of them"
          value={common(state)}
          choose={(choice) => change(withChoiceForAll(state, choice))}
        />
      </header>
      {refused && (
        <p className="at-merge-refused" role="alert">
          {refused}
        </p>
      )}
      {asked.map((record) => (
        <Question key={record.id} record={record} state={state} change={change} name={name} />
      ))}
    </section>
  )
}

/** The choice that all cells have, if it is one. */
function common(state: MergeState, record?: string): Choice | undefined {
  const made = new Set(
    picked(state)
      .filter(({ id }) => record === undefined || id === record)
      .flatMap(({ id, cells }) =>
        cells.filter(({ fate }) => fate === 'asks').map(({ prop }) => state.choices.get(mergeCellKey(id, prop))),
      ),
  )
  return made.size === 1 ? [...made][0] : undefined
}

interface QuestionProps extends PartProps {
  record: MergeRecord
  name: string
}

function Question({ record, state, change, name }: QuestionProps) {
  const title = useTitle(record)
  const cells = record.cells.filter(({ fate }) => fate === 'asks')
  return (
    <article className="at-question" aria-label={title}>
      <header>
        <h4>{title}</h4>
        {cells.length > 1 && (
          <Choices
            label={`For all of ${title}`}
            value={common(state, record.id)}
            choose={(choice) => change(withChoiceForAll(state, choice, record.id))}
          />
        )}
      </header>
      {cells.map((cell) => (
        <div key={cell.prop} className="at-question-cell">
          <div className="at-question-head">
            <span>{cell.prop === 'deleted' ? 'Whether it is there' : propTitle(record.kind, cell.prop)}</span>
            <Choices
              label={`${propTitle(record.kind, cell.prop)} of ${title}`}
              value={state.choices.get(mergeCellKey(record.id, cell.prop))}
              choose={(choice) => change(withChoice(state, record.id, cell.prop, choice))}
            />
          </div>
          <Values kind={record.kind} cell={cell} name={name} />
        </div>
      ))}
    </article>
  )
}

function Choices({
  label,
  value,
  choose,
}: {
  label: string
  value: Choice | undefined
  choose: (choice: Choice) => void
}) {
  return (
    <SegmentedControl
      size="xs"
      color="iris"
      aria-label={label}
      data={choices}
      // None is chosen before somebody does.
      value={value ?? ''}
      onChange={(next) => choose(next as Choice)}
    />
  )
}

/** A value on main and on the branch, beside each other, against what the branch's author started from. */
function Values({ kind, cell: { prop, base, main, branch }, name }: { kind: string; cell: MergeCell; name: string }) {
  const sides = [
    ['Main', main],
    [name, branch],
  ] as const
  return (
    <div className="at-sides">
      {sides.map(([side, value]) => (
        <div key={side} className="at-side">
          <span className="at-muted at-small">{side}</span>
          {prop === 'deleted' ? (
            <p>{value === true ? 'Deleted' : 'There'}</p>
          ) : prop === 'asset' && typeof value === 'string' && kind === 'image' ? (
            <div className="at-side-picture">
              <Picture asset={value} placeholder="" alt={`Picture on ${side}`} />
            </div>
          ) : isText(kind, prop) ? (
            <WordDiff before={typeof base === 'string' ? base : ''} after={typeof value === 'string' ? value : ''} />
          ) : (
            <p>{valueText(prop, value)}</p>
          )}
        </div>
      ))}
    </div>
  )
}

function Records({ state, change }: PartProps) {
  const { applies, stays, joins } = counts(state)
  return (
    <section className="at-merge-part" aria-labelledby="merge-records">
      <header>
        <h3 id="merge-records">What is merged</h3>
      </header>
      <p className="at-muted at-small">
        {[
          applies > 0 && `${counted(applies, 'change')} by itself`,
          joins > 0 && `${joins} put together with main’s`,
          stays > 0 && `${stays} that only main changed ${stays === 1 ? 'stays' : 'stay'}`,
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
      <ul className="at-merge-records">
        {state.records.map((record) => (
          <Pick key={record.id} record={record} state={state} change={change} />
        ))}
      </ul>
    </section>
  )
}

function Pick({ record, state, change }: PartProps & { record: MergeRecord }) {
  const title = useTitle(record)
  return (
    <li>
      <Checkbox
        size="xs"
        label={title}
        description={fatesText(record)}
        checked={!state.left.has(record.id)}
        onChange={(event) => change(withLeft(state, record.id, !event.currentTarget.checked))}
      />
    </li>
  )
}

/** What becomes of a record's cells, in words: “Prompt, Seed; Text put together”. */
function fatesText({ kind, cells }: MergeRecord): string {
  if (cells.some(({ prop, main }) => prop === 'kind' && (main === undefined || main === null))) return 'New'
  if (cells.some(({ prop, branch, fate }) => prop === 'deleted' && branch === true && fate !== 'stays'))
    return 'Deleted'
  const titles = (fate: MergeCell['fate']) => [
    ...new Set(
      cells
        .filter((cell) => cell.fate === fate && !isSilent(cell.prop))
        .map(({ prop }) => ('xywh'.includes(prop) ? 'Place' : propTitle(kind, prop))),
    ),
  ]
  return [
    titles('applies').join(', '),
    titles('joins').length > 0 && `${titles('joins').join(', ')} put together`,
    titles('asks').length > 0 && `${titles('asks').join(', ')} as chosen`,
    titles('stays').length > 0 && `${titles('stays').join(', ')} as on main`,
  ]
    .filter(Boolean)
    .join('; ')
}

interface FootProps {
  state: MergeState
  busy: boolean
  close: () => void
  merge: () => void
}

function Foot({ state, busy, close, merge }: FootProps) {
  const open = unanswered(state)
  const n = picked(state).length
  const whole = state.left.size === 0
  return (
    <footer className="at-merge-foot">
      <span className="at-muted at-small">
        {whole ? 'You can undo it afterwards.' : 'What is left stays on the branch.'}
      </span>
      <Button variant="default" onClick={close}>
        Cancel
      </Button>
      <Button disabled={open > 0 || n === 0} loading={busy} onClick={merge}>
        {whole ? 'Merge' : `Merge ${counted(n, 'record')}`}
      </Button>
    </footer>
  )
}

function useTitle({ id, kind, cells }: MergeRecord): string {
  return useRoomState((state) => {
    const known = state.records.get(id)
    const said = Object.fromEntries(cells.map(({ prop, main, branch }) => [prop, branch ?? main]))
    const title = known || kind ? recordText(known?.kind ?? kind, { ...said, ...known?.props }) : kindTitle('record')
    return (title[0]?.toUpperCase() ?? '') + title.slice(1)
  })
}
