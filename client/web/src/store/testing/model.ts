import type { Branched, CellConflict, Change, Committed, ErrorBody, Write } from '../../protocol/types'
import { absent } from '../../protocol/values'
import { Draft, type ModelOverlay, type ModelRecord, type Replaced, type State } from './draft'
import { checkLinks, judge, Refusal, refuse } from './judgement'
import { merge, unmerge } from './merging'

export interface Answer {
  readonly rev: number
  readonly skipped?: readonly CellConflict[]
  readonly branched?: Branched
}

/** Which stay of whom a branch was made for (docs/canvas.md, Divergence), and the gestures that followed. */
interface Stay {
  readonly branch: string
  readonly gestures: Set<string>
}

type Props = Readonly<Record<string, unknown>>

/** The rules of docs/canvas.md in a small: what a change becomes, and what each branch shows then. */
export class ModelRoom implements State {
  readonly log: Committed[] = []
  readonly records = new Map<string, ModelRecord>()
  readonly branches = new Map<string, Map<string, ModelOverlay>>()
  private readonly answers = new Map<string, Answer>()
  private readonly done = new Map<string, readonly Replaced[]>()
  private readonly stays = new Map<string, Stay>()

  get rev(): number {
    return this.log.length
  }

  /** A change that has an answer already becomes nothing new. */
  change(session: string, change: Change): { answer: Answer; committed?: Committed } | { error: ErrorBody } {
    const known = this.answers.get(change.id)
    if (known) return { answer: known }
    try {
      return this.judged(session, change)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const { code, message, details } = error
      return { error: { code, message, retryable: false, details } }
    }
  }

  private judged(session: string, change: Change) {
    const stay = `${session} ${change.episode ?? change.gesture ?? change.id}`
    const meant = change.branch ?? ''
    if (meant !== '' && this.records.get(meant)?.kind !== 'branch') refuse('NOT_FOUND', `no branch ${meant}`)
    let branch = meant === '' && !change.undo && !change.merge ? this.followed(stay, change) : meant
    let draft = this.placed(session, change, branch)
    let because: CellConflict[] = []
    if (draft.met.length > 0 && !change.undo) {
      because = draft.met
      branch = this.openBranch(stay)
      draft = this.placed(session, change, branch || this.branchOf(change), branch === '', meant)
      branch ||= this.branchOf(change)
    }
    if (draft.met.length > 0 && draft.done.length === 0) refuse('CONFLICT', 'unseen', draft.met)
    checkLinks(draft)
    this.finish(draft, change, session)
    const onBranch = draft.done.some((one) => one.branch === branch && branch !== '')
    const place = onBranch ? branch : ''
    if (place !== '' && place !== meant) this.stayed(stay, place, change)
    const committed = this.commit(draft, change, session, place)
    const name = String(this.records.get(place)?.cells.get('name')?.value ?? '')
    const answer: Answer = {
      rev: committed.rev,
      skipped: change.undo && draft.met.length > 0 ? draft.met : undefined,
      branched: place !== '' && place !== meant ? { branch: place, name, cells: because } : undefined,
    }
    this.answers.set(change.id, answer)
    return { answer, committed }
  }

  /** Judges a change where it is placed; `made` makes the branch for it. */
  private placed(session: string, change: Change, branch: string, made = false, from = ''): Draft {
    const draft = new Draft(this, session, this.rev + 1)
    if (change.merge) {
      merge(draft, change.id, change.merge)
      return draft
    }
    if (change.writes.length === 0) {
      const row = this.log.find(({ id }) => id === change.undo) ?? refuse('NOT_FOUND', 'no merge')
      unmerge(draft, this.done.get(row.id) ?? [], row.rev)
      return draft
    }
    if (made) {
      draft.create(branch, 'branch')
      draft.set(branch, 'diverged', true)
      draft.set(branch, 'name', `${session} ${this.rev}`)
      for (const [id] of change.writes) {
        if (from === '' || draft.overlay(branch, id)) continue
        for (const [prop, { value, base }] of draft.overlay(from, id) ?? []) draft.setOn(branch, id, prop, value, base)
      }
    }
    judge(draft, change, branch)
    return draft
  }

  private branchOf(change: Change): string {
    return `b${change.id.slice(1)}`
  }

  private openBranch(stay: string): string {
    const branch = this.stays.get(stay)?.branch ?? ''
    const cells = this.records.get(branch)?.cells
    return cells && absent(cells.get('merged')?.value) && absent(cells.get('archived')?.value) ? branch : ''
  }

  /** The branch that a change for main has to follow. */
  private followed(stay: string, change: Change): string {
    const branch = this.openBranch(stay)
    const overlays = this.branches.get(branch)
    if (branch === '' || !overlays) return ''
    const ofGesture = change.gesture !== undefined && this.stays.get(stay)?.gestures.has(change.gesture)
    const names = ([id, , value]: Write) =>
      overlays.has(id) || (typeof value === 'string' && overlays.has(value) && !this.records.has(value))
    return ofGesture || change.writes.some(names) ? branch : ''
  }

  private stayed(stay: string, branch: string, { gesture }: Change): void {
    const known = this.stays.get(stay)
    const kept = known?.branch === branch ? known : { branch, gestures: new Set<string>() }
    if (gesture !== undefined) kept.gestures.add(gesture)
    this.stays.set(stay, kept)
  }

  /** Signs what was made, and opens and closes branches. */
  private finish(draft: Draft, change: Change, session: string): void {
    const made = draft.done.filter(
      ({ write, before }) => write[1] === 'kind' && before === undefined && write.length > 2,
    )
    for (const { branch, write } of made) {
      if (branch !== '' || !draft.isAbove(write[0])) continue
      draft.set(write[0], 'author', `u-${session}`)
      draft.set(write[0], 'at', draft.rev)
      if (write[2] === 'branch') draft.set(write[0], 'session', session)
    }
    const written = new Set(draft.done.map(({ branch }) => branch))
    for (const branch of draft.branches()) {
      const gained = draft.done.some((one) => one.branch === branch && one.write.length > 2)
      if (gained)
        for (const prop of ['merged', 'archived']) if (draft.value(branch, prop)) draft.set(branch, prop, null)
      const may = draft.value(branch, 'diverged') ? written.has('') || gained : written.has('')
      if (!change.merge && may && draft.overlaid(branch).length > 0 && draft.equalsMain(branch)) {
        for (const id of draft.overlaid(branch)) draft.drop(branch, id)
        draft.set(branch, 'merged', draft.rev)
      }
    }
  }

  private commit(draft: Draft, change: Change, session: string, branch: string): Committed {
    const targets = new Map<string, Committed['writes']>()
    for (const one of draft.done) targets.set(one.branch, [...(targets.get(one.branch) ?? []), one.write])
    draft.accept()
    const committed: Committed = {
      rev: draft.rev,
      branch,
      session,
      user: `u-${session}`,
      at: 0,
      id: change.id,
      writes: targets.get(branch) ?? [],
      also: [...targets].filter(([target]) => target !== branch),
    }
    this.done.set(change.id, draft.done)
    this.log.push(committed)
    return committed
  }

  /** Everything but branches and versions, as a branch shows it; '' is main. */
  shown(branch = ''): Map<string, { kind: string; props: Props }> {
    const out = new Map<string, { kind: string; props: Record<string, unknown> }>()
    const overlays = branch === '' ? undefined : this.branches.get(branch)
    for (const id of new Set([...this.records.keys(), ...(overlays?.keys() ?? [])])) {
      const overlay = overlays?.get(id)
      const own = overlay?.get('kind')?.value as string | undefined
      const main = this.records.get(id)
      const gone = branch !== '' && main?.cells.get('deleted')?.value === true
      const record = gone ? undefined : main
      const kind = record?.kind ?? own
      if (kind === undefined || kind === 'branch' || kind === 'version') continue
      const props: Record<string, unknown> = {}
      for (const [prop, { value }] of [...(record?.cells ?? []), ...(overlay ?? [])]) props[prop] = value
      delete props.kind
      if (props.deleted !== true) out.set(id, { kind, props: present(props) })
    }
    return branch === '' ? out : this.repaired(out)
  }

  private repaired(shown: Map<string, { kind: string; props: Props }>) {
    for (const [id, record] of [...shown].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const main = this.records.get(id)?.cells.get('parent')?.value ?? undefined
      if (record.props.parent === main || !this.cycles(shown, id)) continue
      shown.set(id, { ...record, props: present({ ...record.props, parent: main }) })
    }
    const there = new Set(shown.keys())
    for (const [id, { kind, props }] of shown) {
      if (kind === 'edge' && !(there.has(props.from as string) && there.has(props.to as string))) shown.delete(id)
    }
    return shown
  }

  private cycles(shown: ReadonlyMap<string, { props: Props }>, id: string): boolean {
    let at = shown.get(id)?.props.parent
    for (let depth = 0; typeof at === 'string' && depth < 64; depth++) {
      if (at === id) return true
      at = shown.get(at)?.props.parent
    }
    return typeof at === 'string'
  }
}

function present(props: Props): Record<string, unknown> {
  return Object.fromEntries(Object.entries(props).filter(([, value]) => !absent(value)))
}
