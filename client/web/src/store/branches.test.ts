import { describe, expect, test } from 'vitest'
import { messageType } from '../protocol/generated'
import type { Write } from '../protocol/types'
import {
  changesHeard,
  note,
  other,
  prompt,
  propsOf,
  type Studied,
  Studio,
  shown,
  studioWithNote,
} from './testing/studio'

const branch = '00000000-0000-7000-b000-000000000001'

function state(client: Studied) {
  return client.room.store.getState()
}

/** Somebody else's writes on a branch. */
function commitOn(studio: Studio, on: string, writes: Write[]): void {
  const id = `00000000-0000-7000-9001-${String(studio.server.rev).padStart(12, '0')}`
  studio.server.changeAs('elsewhere', { id, base: studio.server.rev, branch: on, writes })
}

/** A note and a prompt, and a branch by somebody else on which the note's text is another. */
async function studioWithBranch() {
  const { studio, ana } = await studioWithNote()
  studio.server.commitAs('elsewhere', [
    [prompt, 'kind', 'prompt'],
    [prompt, 'prompt', 'a fox'],
    [branch, 'kind', 'branch'],
    [branch, 'name', 'draft'],
  ])
  commitOn(studio, branch, [[note, 'text', 'a draft']])
  await studio.clock.advance(10)
  return { studio, ana }
}

describe('a branch', () => {
  test('is listed with its cells and base values, and its record is on no canvas', async () => {
    const { ana } = await studioWithBranch()
    const known = state(ana).branches.get(branch)
    expect(known).toMatchObject({ name: 'draft', author: 'u-elsewhere', open: true, diverged: false, merged: 0 })
    expect(known?.records.get(note)?.cells).toEqual(new Map([['text', { value: 'a draft', base: 'hello' }]]))
    expect([...state(ana).records.keys()]).toEqual([note, prompt])
    expect(state(ana).overlaid).toEqual(new Map([[note, [branch]]]))
  })

  test('is there after a snapshot, and after a resume', async () => {
    const { studio, ana } = await studioWithBranch()
    const late = await studio.joined()
    expect(state(late).branches).toEqual(state(ana).branches)
    ana.network.cut()
    commitOn(studio, branch, [[prompt, 'prompt', 'a red fox']])
    await studio.clock.advance(3000)
    expect(studio.server.resumes).toEqual({ resumed: 1, snapshots: 2 })
    expect(state(ana).branches.get(branch)?.records.get(prompt)?.cells.get('prompt')).toEqual({
      value: 'a red fox',
      base: 'a fox',
    })
  })

  test('keeps its identity, and so do its badges, while nothing of it changes', async () => {
    const { studio, ana } = await studioWithBranch()
    const before = state(ana)
    studio.server.commitAs('elsewhere', [[note, 'x', 9]])
    await studio.clock.advance(10)
    expect(state(ana).branches).toBe(before.branches)
    expect(state(ana).overlaid).toBe(before.overlaid)
  })

  test('that only moves something makes no badge', async () => {
    const { studio, ana } = await studioWithBranch()
    commitOn(studio, branch, [[prompt, 'x', 7]])
    await studio.clock.advance(10)
    expect(state(ana).branches.get(branch)?.records.has(prompt)).toBe(true)
    expect(state(ana).overlaid.has(prompt)).toBe(false)
  })

  test('is renamed and archived, which an undo does not take back', async () => {
    const { studio, ana } = await studioWithBranch()
    ana.room.renameBranch(branch, 'better')
    ana.room.archiveBranch(branch, true)
    expect(state(ana).branches.get(branch)).toMatchObject({ name: 'better', archived: true, open: false })
    expect(state(ana)).toMatchObject({ canUndo: false, overlaid: new Map() })
    await studio.clock.advance(10)
    ana.room.archiveBranch(branch, false)
    await studio.clock.advance(10)
    expect(state(ana).branches.get(branch)).toMatchObject({ name: 'better', open: true })
  })
})

describe('looking at a branch', () => {
  test('shows its cells over the newest of main', async () => {
    const { studio, ana } = await studioWithBranch()
    ana.room.look(branch)
    expect(propsOf(ana, note)).toEqual({ text: 'a draft', x: 1 })
    studio.server.commitAs('elsewhere', [
      [note, 'x', 50],
      [note, 'text', 'hello again'],
    ])
    await studio.clock.advance(10)
    expect(propsOf(ana, note)).toEqual({ text: 'a draft', x: 50 })
    ana.room.look('')
    expect(propsOf(ana, note)).toEqual({ text: 'hello again', x: 50 })
  })

  test('leaves the records that are the same on both as they are', async () => {
    const { ana } = await studioWithBranch()
    const before = state(ana).records
    ana.room.look(branch)
    expect(state(ana).records.get(prompt)).toBe(before.get(prompt))
  })

  test('edits there: main stays as it is, and what is pending elsewhere does not show', async () => {
    const { studio, ana } = await studioWithBranch()
    ana.network.latency = () => 50
    ana.room.edit([[note, 'x', 5]])
    ana.room.look(branch)
    expect(propsOf(ana, note)?.x).toBe(1)
    ana.room.edit([[prompt, 'prompt', 'a blue fox']])
    expect(propsOf(ana, prompt)?.prompt).toBe('a blue fox')
    ana.room.look('')
    expect(propsOf(ana, prompt)?.prompt).toBe('a fox')
    await studio.clock.advance(300)
    expect(studio.server.visible().get(prompt)?.props.prompt).toBe('a fox')
    expect(studio.server.visible(branch).get(prompt)?.props).toEqual({ prompt: 'a blue fox' })
  })

  test('is shown to the others, again after every return, and taken away on main', async () => {
    const { studio, ana } = await studioWithBranch()
    const told = () => studio.server.heard.filter(([type]) => type === messageType.presence).map(([, , body]) => body)
    ana.room.look(branch)
    await studio.clock.advance(100)
    expect(told()).toEqual([{ branch }])
    ana.network.cut()
    await studio.clock.advance(3000)
    expect(told()).toEqual([{ branch }, { branch }])
    ana.room.look('')
    await studio.clock.advance(100)
    expect(told().at(-1)).toEqual({ branch: null })
  })

  test.each(['merged', 'archived'])('ends when somebody has it %s', async (how) => {
    const { studio, ana } = await studioWithBranch()
    ana.room.look(branch)
    const base = studio.server.rev
    if (how === 'merged') {
      const id = '00000000-0000-7000-9002-000000000001'
      studio.server.changeAs('elsewhere', { id, base, merge: { branch }, writes: [] })
    } else studio.server.commitAs('elsewhere', [[branch, 'archived', true]])
    await studio.clock.advance(10)
    expect(state(ana).branch).toBe('')
    expect(propsOf(ana, note)?.text).toBe(how === 'merged' ? 'a draft' : 'hello')
  })

  test('is refused where there is nothing to look at', async () => {
    const { ana } = await studioWithBranch()
    ana.room.look(other)
    expect(state(ana).branch).toBe('')
  })
})

describe('a branch made by hand', () => {
  test('can be looked at and written on at once, also offline', async () => {
    const { studio, ana } = await studioWithNote()
    ana.network.down = true
    ana.network.cut()
    const id = ana.room.createBranch('ideas')
    ana.room.look(id)
    ana.room.edit([[note, 'text', 'an idea']])
    const made = ana.room.create('note', { text: 'only there' })
    expect(state(ana)).toMatchObject({ branch: id, canUndo: true })
    ana.network.down = false
    await studio.clock.advance(20_000)
    expect(ana.problems).toEqual([])
    expect(propsOf(ana, note)?.text).toBe('an idea')
    expect(studio.server.visible().get(note)?.props.text).toBe('hello')
    expect(studio.server.visible(id)).toEqual(shown(ana.room))
    expect(studio.server.visible(id).has(made)).toBe(true)
  })

  test('is made before anything is written on it, however often that has to be repeated', async () => {
    const { studio, ana } = await studioWithNote()
    let refusals = 1
    studio.server.interfere = ([type]) =>
      type === messageType.change && refusals-- > 0
        ? { code: 'UNAVAILABLE', message: 'busy', retryable: true }
        : undefined
    const id = ana.room.createBranch('ideas')
    ana.room.look(id)
    ana.room.edit([[note, 'text', 'an idea']])
    await studio.clock.advance(20_000)
    expect(ana.problems).toEqual([])
    expect(studio.server.visible(id).get(note)?.props.text).toBe('an idea')
  })
})

describe('what is above branches', () => {
  test('goes to main from every branch, and the rest of the edit to the branch', async () => {
    const { studio, ana } = await studioWithBranch()
    ana.room.look(branch)
    ana.room.createAll([
      { kind: 'comment', props: { text: 'why?', target: note } },
      { kind: 'note', props: { text: 'because' }, id: other },
    ])
    const comment = [...state(ana).records.values()].find(({ kind }) => kind === 'comment')
    expect(comment?.props.text).toBe('why?')
    expect(propsOf(ana, other)?.text).toBe('because')
    ana.room.look('')
    expect(state(ana).records.has(comment?.id ?? '')).toBe(true)
    expect(state(ana).records.has(other)).toBe(false)
    await studio.clock.advance(100)
    expect(changesHeard(studio).map((c) => c.branch)).toEqual([branch, undefined])
    expect(studio.server.visible().get(comment?.id ?? '')?.props).toMatchObject({ text: 'why?' })
    expect(studio.server.visible().has(other)).toBe(false)
  })

  test('can be taken back from wherever one looks', async () => {
    const { studio, ana } = await studioWithBranch()
    ana.room.look(branch)
    const comment = ana.room.create('comment', { text: 'why?' })
    await studio.clock.advance(10)
    ana.room.look('')
    ana.room.undo()
    await studio.clock.advance(10)
    expect(studio.server.visible().has(comment)).toBe(false)
  })

  test('is a version of a revision', async () => {
    const { studio, ana } = await studioWithNote()
    const id = ana.room.nameVersion('as of now')
    const early = ana.room.nameVersion('the first', 1)
    await studio.clock.advance(10)
    expect(state(ana).versions.get(id)).toMatchObject({ name: 'as of now', rev: 1, author: 'u-s1' })
    expect(state(ana).versions.get(early)).toMatchObject({ name: 'the first', rev: 1 })
    expect(state(ana)).toMatchObject({ canUndo: false, branches: new Map() })
    expect(state(ana).records.size).toBe(1)
  })
})

describe('merging', () => {
  test('brings the branch to main, whatever is pending on it first', async () => {
    const { studio, ana } = await studioWithBranch()
    ana.room.look(branch)
    ana.room.edit([[prompt, 'prompt', 'a blue fox']])
    const merged = ana.room.merge(branch)
    await studio.clock.advance(100)
    expect(await merged).toEqual({ merged: true, rev: studio.server.rev })
    expect(studio.server.visible().get(prompt)?.props.prompt).toBe('a blue fox')
    expect(studio.server.visible().get(note)?.props.text).toBe('a draft')
    expect(state(ana).branches.get(branch)).toMatchObject({
      open: false,
      merged: studio.server.rev,
      records: new Map(),
    })
    expect(shown(ana.room)).toEqual(studio.server.visible())
  })

  test('waits for what has to be repeated, and what comes after waits for it', async () => {
    const { studio, ana } = await studioWithBranch()
    const busy = { code: 'UNAVAILABLE', message: 'busy', retryable: true, retry_after_ms: 100 }
    const refused = new Set<unknown>()
    studio.server.interfere = ([type, , body]) => {
      const { id } = body as { id: string }
      if (type !== messageType.change || refused.has(id)) return undefined
      refused.add(id)
      return busy
    }
    ana.room.look(branch)
    ana.room.edit([[prompt, 'prompt', 'a blue fox']])
    const merged = ana.room.merge(branch)
    ana.room.look('')
    ana.room.create('note', { text: 'after' }, other)
    await studio.clock.advance(20_000)
    expect(await merged).toMatchObject({ merged: true })
    const done = studio.server.log.slice(-3).map(({ writes }) => writes.map(([id, prop]) => `${id} ${prop}`))
    expect(done[0]).toEqual([`${prompt} prompt`])
    expect(done[1]).toEqual(expect.arrayContaining([`${prompt} prompt`, `${branch} merged`]))
    expect(done[2]).toContain(`${other} kind`)
  })

  test('asks about cells that both have changed, and takes the answer', async () => {
    const { studio, ana } = await studioWithBranch()
    commitOn(studio, branch, [[prompt, 'seed', 1]])
    studio.server.commitAs('ben', [[prompt, 'seed', 2]])
    await studio.clock.advance(10)
    const asked = ana.room.merge(branch)
    await studio.clock.advance(100)
    expect(await asked).toEqual({
      merged: false,
      conflicts: [{ record: prompt, prop: 'seed', base: undefined, theirs: 2, mine: 1, user: 'u-ben' }],
    })
    expect(ana.problems).toEqual([])
    expect(state(ana)).toMatchObject({ unsent: 0, canUndo: false })
    const answered = ana.room.merge(branch, { resolve: [[prompt, 'seed', 'branch']] })
    await studio.clock.advance(100)
    expect(await answered).toMatchObject({ merged: true })
    expect(studio.server.visible().get(prompt)?.props.seed).toBe(1)
  })

  test('picks single records', async () => {
    const { studio, ana } = await studioWithBranch()
    commitOn(studio, branch, [[prompt, 'prompt', 'a red fox']])
    const merged = ana.room.merge(branch, { records: [prompt] })
    await studio.clock.advance(100)
    expect(await merged).toMatchObject({ merged: true })
    expect(studio.server.visible().get(prompt)?.props.prompt).toBe('a red fox')
    expect([...(state(ana).branches.get(branch)?.records.keys() ?? [])]).toEqual([note])
  })

  test('is done once when its answer is lost, and answered all the same', async () => {
    const { studio, ana } = await studioWithBranch()
    const rev = studio.server.rev
    const merged = ana.room.merge(branch)
    await studio.clock.advance(1) // the server has it, the answer is on its way
    expect(studio.server.rev).toBe(rev + 1)
    ana.network.cut()
    await studio.clock.advance(3000)
    expect(await merged).toEqual({ merged: true, rev: rev + 1 })
    expect(studio.server.rev).toBe(rev + 1)
  })

  test('goes on after a reload', async () => {
    const { studio, ana } = await studioWithBranch()
    ana.network.down = true
    ana.network.cut()
    const lost = ana.room.merge(branch)
    await studio.clock.advance(1000)
    ana.room.close()
    await expect(lost).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    const reloaded = await studio.joined(ana.session)
    await studio.clock.advance(100)
    expect(state(reloaded).branches.get(branch)?.open).toBe(false)
    expect(studio.server.visible().get(note)?.props.text).toBe('a draft')
  })

  test('rejects where there is nothing to merge', async () => {
    const { studio, ana } = await studioWithNote()
    const merged = expect(ana.room.merge(branch)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await studio.clock.advance(100)
    await merged
    expect(ana.problems).toEqual([])
  })

  test('is taken back by an undo, which opens the branch again, and redone', async () => {
    const { studio, ana } = await studioWithBranch()
    const merged = ana.room.merge(branch)
    expect(state(ana).canUndo).toBe(false)
    await studio.clock.advance(100)
    await merged
    const id = changesHeard(studio).at(-1)?.id
    ana.room.undo()
    await studio.clock.advance(100)
    expect(changesHeard(studio).at(-1)).toMatchObject({ undo: id, writes: [] })
    expect(studio.server.visible().get(note)?.props.text).toBe('hello')
    expect(state(ana).branches.get(branch)).toMatchObject({ open: true, merged: 0 })
    expect(state(ana).branches.get(branch)?.records.get(note)?.cells.get('text')).toEqual({
      value: 'a draft',
      base: 'hello',
    })
    ana.room.redo()
    await studio.clock.advance(100)
    expect(studio.server.visible().get(note)?.props.text).toBe('a draft')
    expect(state(ana)).toMatchObject({ canUndo: true, canRedo: false })
    expect(shown(ana.room)).toEqual(studio.server.visible())
  })
})

describe('the past', () => {
  const then = [
    { id: note, kind: 'note', props: { text: 'once' } },
    { id: branch, kind: 'branch', props: { name: 'draft' } },
  ]

  test('is shown instead of the present, and nothing of it can be edited', async () => {
    const asked: unknown[] = []
    const studio = new Studio()
    studio.past = async (point) => {
      asked.push(point)
      return then
    }
    const ana = await studio.joined()
    const made = ana.room.create('note', { text: 'now' })
    await studio.clock.advance(10)
    await ana.room.visit({ rev: 4, branch })
    expect(asked).toEqual([{ rev: 4, branch }])
    expect([...shown(ana.room)]).toEqual([[note, { kind: 'note', props: { text: 'once' } }]])
    expect(state(ana)).toMatchObject({ past: { rev: 4, branch }, canUndo: false, branch: '' })
    ana.room.edit([[note, 'text', 'changed']])
    ana.room.remove([note])
    ana.room.undo()
    expect(state(ana)).toMatchObject({ unsent: 0 })
    expect(propsOf(ana, note)?.text).toBe('once')
    await ana.room.visit(undefined)
    expect(state(ana).past).toBeUndefined()
    expect([...state(ana).records.keys()]).toEqual([made])
  })

  test('of visits that overlap the newest counts', async () => {
    const studio = new Studio()
    const answers: ((rev: number) => void)[] = []
    studio.past = ({ rev }) => new Promise((resolve) => answers.push(() => resolve([{ ...then[0], rev }] as never)))
    const ana = await studio.joined()
    const first = ana.room.visit({ rev: 1 })
    const second = ana.room.visit({ rev: 2 })
    answers[1]?.(2)
    await second
    answers[0]?.(1)
    await first
    expect(state(ana).past).toMatchObject({ rev: 2, branch: '' })
    const third = ana.room.visit({ rev: 3 })
    await ana.room.visit(undefined)
    answers[2]?.(3)
    await third
    expect(state(ana).past).toBeUndefined()
  })

  test('that cannot be had leaves what is shown', async () => {
    const { ana } = await studioWithNote()
    await expect(ana.room.visit({ rev: 1 })).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect(propsOf(ana, note)?.text).toBe('hello')
  })
})
