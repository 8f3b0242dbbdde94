import { describe, expect, test } from 'vitest'
import { messageType } from '../protocol/generated'
import { changesHeard, note, other, prompt, propsOf, type Studied, Studio, shown } from './testing/studio'

function state(client: Studied) {
  return client.room.store.getState()
}

async function studioWithPrompt() {
  const studio = new Studio()
  studio.server.commitAs('elsewhere', [
    [prompt, 'kind', 'prompt'],
    [prompt, 'prompt', 'a fox'],
    [prompt, 'seed', 1],
    [note, 'kind', 'note'],
    [note, 'text', 'hello'],
    [note, 'x', 1],
  ])
  return { studio, ana: await studio.joined() }
}

/** Ana and Ben write the same words of a prompt; Ben was first. */
async function diverged() {
  const { studio, ana } = await studioWithPrompt()
  ana.room.edit([[prompt, 'prompt', 'a red fox']], { episode: 'e' })
  studio.server.commitAs('ben', [[prompt, 'prompt', 'a blue fox']])
  await studio.clock.advance(10)
  return { studio, ana }
}

describe('a prompt written by two', () => {
  test('[P40] is kept on a branch, and its author is told what it met', async () => {
    const { studio, ana } = await diverged()
    expect(propsOf(ana, prompt)?.prompt).toBe('a blue fox')
    const [divergence] = state(ana).divergences
    expect(divergence).toEqual({
      id: 'e',
      branch: expect.any(String),
      name: 's1 2',
      applied: 0,
      kept: 1,
      cells: [
        { record: prompt, prop: 'prompt', base: 'a fox', theirs: 'a blue fox', mine: 'a red fox', user: 'u-ben' },
      ],
    })
    expect(studio.server.visible(divergence?.branch).get(prompt)?.props.prompt).toBe('a red fox')
    expect(state(ana).branches.get(divergence?.branch ?? '')).toMatchObject({ diverged: true, open: true })
    expect(state(ana).overlaid.get(prompt)).toEqual([divergence?.branch])
    expect(ana.problems).toEqual([])
  })

  test('goes on on its branch while the episode lasts, though theirs shows', async () => {
    const { studio, ana } = await diverged()
    ana.room.edit([[prompt, 'prompt', 'a red fox at night']], { episode: 'e' })
    await studio.clock.advance(200)
    expect(studio.server.visible().get(prompt)?.props.prompt).toBe('a blue fox')
    const [divergence, ...more] = state(ana).divergences
    expect(more).toEqual([])
    expect(divergence).toMatchObject({ kept: 2, cells: [{ mine: 'a red fox at night', theirs: 'a blue fox' }] })
    expect(studio.server.visible(divergence?.branch).get(prompt)?.props.prompt).toBe('a red fox at night')
  })

  test('starts from what shows in the next episode', async () => {
    const { studio, ana } = await diverged()
    ana.room.edit([[prompt, 'prompt', 'a blue fox at night']], { episode: 'f' })
    await studio.clock.advance(200)
    expect(studio.server.visible().get(prompt)?.props.prompt).toBe('a blue fox at night')
    expect(state(ana).divergences).toHaveLength(1)
  })

  test('leaves what else the episode did where it was', async () => {
    const { studio, ana } = await studioWithPrompt()
    ana.room.edit([[note, 'x', 5]], { episode: 'e' })
    await studio.clock.advance(100)
    ana.room.edit([[prompt, 'seed', 2]], { episode: 'e' })
    studio.server.commitAs('ben', [[prompt, 'seed', 3]])
    await studio.clock.advance(100)
    ana.room.edit([[note, 'x', 6]], { episode: 'e' })
    await studio.clock.advance(100)
    expect(state(ana).divergences).toMatchObject([{ applied: 2, kept: 1 }])
    expect(studio.server.visible().get(note)?.props.x).toBe(6)
    expect(studio.server.visible().get(prompt)?.props.seed).toBe(3)
  })

  test('is merged where the words fit together, and no branch is made', async () => {
    const { studio, ana } = await studioWithPrompt()
    ana.room.edit([[prompt, 'prompt', 'a fox at night']], { episode: 'e' })
    studio.server.commitAs('ben', [[prompt, 'prompt', 'a blue fox']])
    await studio.clock.advance(10)
    expect(propsOf(ana, prompt)?.prompt).toBe('a blue fox at night')
    expect(state(ana)).toMatchObject({ divergences: [], branches: new Map() })
  })

  test('is told also when the answer was lost', async () => {
    const { studio, ana } = await studioWithPrompt()
    ana.network.latency = () => 50
    ana.room.edit([[prompt, 'prompt', 'a red fox']], { episode: 'e' })
    studio.server.commitAs('ben', [[prompt, 'prompt', 'a blue fox']])
    await studio.clock.advance(60) // the server has it, the answer is on its way
    ana.network.cut()
    await studio.clock.advance(3000)
    expect(state(ana).divergences).toMatchObject([
      { kept: 1, name: 's1 2', cells: [{ base: 'a fox', theirs: 'a blue fox', mine: 'a red fox' }] },
    ])
  })

  test('is told also when a snapshot holds it already', async () => {
    const { studio, ana } = await studioWithPrompt()
    ana.network.latency = () => 50
    ana.room.edit([[prompt, 'prompt', 'a red fox']], { episode: 'e' })
    studio.server.commitAs('ben', [[prompt, 'prompt', 'a blue fox']])
    await studio.clock.advance(60)
    studio.server.epoch = 'e2'
    ana.network.cut()
    await studio.clock.advance(3000)
    expect(studio.server.resumes.snapshots).toBe(2)
    expect(state(ana).divergences).toMatchObject([{ kept: 1, cells: [{ theirs: 'a blue fox', user: 'u-ben' }] }])
    expect(shown(ana.room)).toEqual(studio.server.visible())
  })
})

describe('what has diverged', () => {
  test('is merged with mine', async () => {
    const { studio, ana } = await diverged()
    const [divergence] = state(ana).divergences
    if (divergence) void ana.room.settle(divergence, 'mine')
    await studio.clock.advance(100)
    expect(studio.server.visible().get(prompt)?.props.prompt).toBe('a red fox')
    expect(state(ana)).toMatchObject({ divergences: [], overlaid: new Map(), canUndo: true })
  })

  test('becomes a sibling of theirs', async () => {
    const { studio, ana } = await diverged()
    const [divergence] = state(ana).divergences
    if (divergence) void ana.room.settle(divergence, 'both')
    await studio.clock.advance(100)
    const prompts = [...studio.server.visible().values()].map(({ props }) => props.prompt)
    expect(prompts).toEqual(expect.arrayContaining(['a blue fox', 'a red fox']))
    expect(state(ana).divergences).toEqual([])
    expect(shown(ana.room)).toEqual(studio.server.visible())
  })

  test('stays on its branch when it is dismissed', async () => {
    const { studio, ana } = await diverged()
    const [divergence] = state(ana).divergences
    if (divergence) await ana.room.settle(divergence, 'dismiss')
    expect(state(ana).divergences).toEqual([])
    expect(state(ana).branches.get(divergence?.branch ?? '')?.open).toBe(true)
    await studio.clock.advance(1000)
    const reloaded = await studio.joined(ana.session)
    expect(state(reloaded).divergences).toEqual([])
  })

  test('needs nobody any more when somebody else merges it', async () => {
    const { studio, ana } = await diverged()
    const branch = state(ana).divergences[0]?.branch ?? ''
    studio.server.changeAs('ben', {
      id: '00000000-0000-7000-9002-000000000001',
      base: studio.server.rev,
      merge: { branch, resolve: [['', '', 'main']] },
      writes: [],
    })
    await studio.clock.advance(10)
    expect(state(ana).divergences).toEqual([])
  })

  test('is still told after a reload, with its counts, and can be settled', async () => {
    const { studio, ana } = await diverged()
    const before = state(ana).divergences
    await studio.clock.advance(1000)
    const reloaded = studio.client(ana.session) // the old page is gone without a word
    reloaded.network.down = true
    reloaded.room.connect()
    await studio.clock.advance(100)
    expect(state(reloaded).divergences).toEqual(before)
    reloaded.network.down = false
    reloaded.signal('online')
    await studio.clock.advance(15_000)
    const [divergence] = state(reloaded).divergences
    if (divergence) void reloaded.room.settle(divergence, 'mine')
    await studio.clock.advance(1000)
    expect(studio.server.visible().get(prompt)?.props.prompt).toBe('a red fox')
    const again = await studio.joined(ana.session)
    expect(state(again)).toMatchObject({ divergences: [], unsent: 0 })
  })

  test('is taken back on its branch, not on main', async () => {
    const { studio, ana } = await diverged()
    expect(state(ana).canUndo).toBe(false)
    ana.room.look(state(ana).divergences[0]?.branch ?? '')
    expect(state(ana).canUndo).toBe(true)
    ana.room.undo()
    await studio.clock.advance(10)
    expect(studio.server.visible().get(prompt)?.props.prompt).toBe('a blue fox')
    expect(ana.problems).toEqual([])
    expect(shown(ana.room)).toEqual(studio.server.visible(state(ana).branch))
  })
})

describe('an offline spell', () => {
  async function offline() {
    const { studio, ana } = await studioWithPrompt()
    ana.network.down = true
    ana.network.cut()
    return { studio, ana }
  }

  async function back(studio: Studio, { network, signal }: Studied) {
    network.down = false
    signal('online')
    await studio.clock.advance(20_000)
  }

  test('is one episode, whatever the fields say: one branch for what it met, the rest on main', async () => {
    const { studio, ana } = await offline()
    for (let i = 0; i < 12; i++) ana.room.edit([[note, 'x', 100 + i]])
    ana.room.edit([[prompt, 'prompt', 'a red fox']], { episode: 'field-1' })
    ana.room.create('note', { text: 'offline' }, other)
    ana.room.edit([[prompt, 'seed', 2]])
    studio.server.commitAs('ben', [
      [prompt, 'prompt', 'a blue fox'],
      [prompt, 'seed', 3],
    ])
    expect(state(ana).unsent).toBe(15)
    await back(studio, ana)
    expect(state(ana).divergences).toMatchObject([
      { applied: 13, kept: 2, cells: [{ prop: 'prompt' }, { prop: 'seed' }] },
    ])
    expect(state(ana).branches.size).toBe(1)
    const episodes = new Set(changesHeard(studio).map((c) => c.episode))
    expect([...episodes]).toEqual([expect.stringMatching(/^00000001-/)])
    expect(studio.server.visible().get(note)?.props.x).toBe(111)
    expect(studio.server.visible().has(other)).toBe(true)
  })

  test('is another episode than the next one', async () => {
    const { studio, ana } = await offline()
    ana.room.edit([[note, 'x', 2]])
    await back(studio, ana)
    ana.room.edit([[note, 'x', 3]])
    ana.room.edit([[note, 'x', 4]], { episode: 'live' })
    await studio.clock.advance(100)
    ana.network.cut()
    ana.room.edit([[note, 'x', 5]])
    await studio.clock.advance(5000)
    const [first, none, live, second] = changesHeard(studio).map((c) => c.episode)
    expect([none, live]).toEqual([undefined, 'live'])
    expect(second).toBeDefined()
    expect(second).not.toBe(first)
  })

  test('keeps a field that is still being written in', async () => {
    const { studio, ana } = await offline()
    ana.room.edit([[prompt, 'prompt', 'a red fox']], { episode: 'field-1' })
    studio.server.commitAs('ben', [[prompt, 'prompt', 'a blue fox']])
    await back(studio, ana)
    ana.room.edit([[prompt, 'prompt', 'a red fox at night', 'a red fox']], { episode: 'field-1' })
    await studio.clock.advance(100)
    const [first, second] = changesHeard(studio).map((c) => c.episode)
    expect(second).toBe(first)
    expect(state(ana).divergences).toMatchObject([{ kept: 2 }])
    expect(studio.server.visible().get(prompt)?.props.prompt).toBe('a blue fox')
  })

  test('of hundreds of changes goes out at once, as fast as the server takes them', async () => {
    const { studio, ana } = await offline()
    for (let i = 0; i < 400; i++) ana.room.edit([[note, 'x', 1000 + i]])
    for (let i = 0; i < 200; i++) ana.room.create('note', { x: i })
    expect(state(ana).unsent).toBe(600)
    let tokens = 240
    let at = 0
    studio.server.interfere = ([type]) => {
      if (type !== messageType.change) return undefined
      const now = studio.clock.now()
      tokens = Math.min(240, tokens + ((now - at) * 120) / 1000)
      at = now
      if (tokens-- >= 1) return undefined
      return { code: 'RATE_LIMITED', message: 'slow down', retryable: true, retry_after_ms: 9 }
    }
    ana.network.down = false
    ana.signal('online')
    await studio.clock.advance(7000)
    expect(state(ana)).toMatchObject({ status: 'live', unsent: 0 })
    expect(studio.server.visible().get(note)?.props.x).toBe(1399)
  })

  test('that is reloaded is counted as a whole', async () => {
    const { studio, ana } = await offline()
    ana.room.edit([[note, 'x', 2]])
    ana.room.edit([[prompt, 'seed', 2]])
    studio.server.commitAs('ben', [[prompt, 'seed', 3]])
    await studio.clock.advance(1000)
    const reloaded = studio.client(ana.session)
    reloaded.room.connect()
    await studio.clock.advance(1000)
    expect(state(reloaded).divergences).toMatchObject([{ applied: 1, kept: 1 }])
  })
})

describe('a basis', () => {
  test('is what shows, nothing included, where others can be met', async () => {
    const { studio, ana } = await studioWithPrompt()
    ana.room.edit([
      [prompt, 'prompt', 'a red fox'],
      [prompt, 'model', 'm'],
      [prompt, 'x', 4],
    ])
    await studio.clock.advance(10)
    expect(changesHeard(studio)[0]?.writes).toEqual([
      [prompt, 'prompt', 'a red fox', 'a fox'],
      [prompt, 'model', 'm', null],
      [prompt, 'x', 4],
    ])
  })

  test('stays that of the first edit while edits are put together', async () => {
    const { studio, ana } = await studioWithPrompt()
    for (const text of ['a', 'ab', 'abc', 'abcd']) ana.room.edit([[note, 'text', text]], { episode: 'e' })
    await studio.clock.advance(200)
    expect(changesHeard(studio).map((c) => c.writes)).toEqual([
      [[note, 'text', 'a', 'hello']],
      [[note, 'text', 'abcd', 'a']],
    ])
  })

  test('keeps the words of others that were merged while one types on', async () => {
    const { studio, ana } = await studioWithPrompt()
    ana.room.edit([[note, 'text', 'hello you', 'hello']], { episode: 'e' })
    studio.server.commitAs('ben', [[note, 'text', 'oh hello']])
    await studio.clock.advance(100)
    expect(propsOf(ana, note)?.text).toBe('oh hello you')
    ana.room.edit([[note, 'text', 'hello you there', 'hello you']], { episode: 'e' })
    await studio.clock.advance(100)
    expect(studio.server.visible().get(note)?.props.text).toBe('oh hello you there')
  })

  test('is the own text of the stay for whoever does not name it', async () => {
    const { studio, ana } = await studioWithPrompt()
    ana.room.edit([[note, 'text', 'hello you']], { episode: 'e' })
    studio.server.commitAs('ben', [[note, 'text', 'oh hello']])
    await studio.clock.advance(100)
    ana.room.edit([[note, 'text', 'hello you there']], { episode: 'e' })
    await studio.clock.advance(100)
    expect(studio.server.visible().get(note)?.props.text).toBe('oh hello you there')
  })

  test('that was replaced before the first key is merged, not taken for seen', async () => {
    const { studio, ana } = await studioWithPrompt()
    studio.server.commitAs('ben', [[note, 'text', 'oh hello']])
    await studio.clock.advance(10)
    ana.room.edit([[note, 'text', 'hello you', 'hello']], { episode: 'e' })
    await studio.clock.advance(10)
    expect(studio.server.visible().get(note)?.props.text).toBe('oh hello you')
  })

  test('is not seen while an own edit hides it', async () => {
    const { studio, ana } = await studioWithPrompt()
    ana.network.latency = () => 50
    ana.room.edit([[prompt, 'seed', 2]])
    studio.server.commitAs('ben', [[prompt, 'seed', 3]])
    await studio.clock.advance(60) // Ben's is here, hidden by the own one
    ana.room.edit([[prompt, 'seed', 4]])
    await studio.clock.advance(500)
    expect(studio.server.visible().get(prompt)?.props.seed).toBe(3)
    expect(state(ana).divergences.length).toBeGreaterThan(0)
  })
})
