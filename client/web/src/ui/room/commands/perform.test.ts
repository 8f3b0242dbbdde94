import { beforeEach, describe, expect, test, vi } from 'vitest'
import { fakeRoom, member } from '../../../dev/fakeRoom'
import type { CanvasRecord } from '../../../store/api'
import type { SpokenCommand } from '../../../store/commands'
import { studio } from '../testing/models'
import { createRoomUI } from '../uiStore'
import { contextOf } from './context'
import { perform } from './perform/perform'
import { Refusal, type Stage } from './perform/stage'

const asset = 'a'.repeat(64)
const picture = { id: 'p', kind: 'image', props: { x: 0, y: 0, w: 320, h: 240, asset, job: 'j' }, rev: 1 }
const words = { id: 'w', kind: 'prompt', props: { x: 0, y: 400, w: 300, h: 200, prompt: 'a lake' }, rev: 1 }
const job = {
  id: 'j',
  kind: 'image',
  prompt: 'a lighthouse',
  state: 'succeeded',
  user: 'user-1',
  created_at: 5,
  results: [{ asset, mime: 'image/png', record: 'p' }],
}

let room: ReturnType<typeof fakeRoom>
let stage: Stage
let saved: string[]

beforeEach(() => {
  const self = member(1, 'Ana', '#5248c8', { role: 'owner' })
  room = fakeRoom({
    room: { id: 'r', name: 'Harbour' },
    self,
    role: 'owner',
    members: new Map([
      [1, self],
      [2, member(2, 'Ben', '#b4530a', { state: { viewport: [100, 50, 2] } })],
    ]),
    records: new Map<string, CanvasRecord>([
      ['p', picture],
      ['w', words],
    ]),
    jobs: new Map([['j', { ...job, user: self.user } as never]]),
  })
  saved = []
  stage = {
    room,
    ui: createRoomUI({ tool: 'select', panel: null }),
    call: null,
    models: studio,
    flow: { zoomIn: vi.fn(), zoomOut: vi.fn(), fitView: vi.fn(), setCenter: vi.fn() },
    fitAll: vi.fn(),
    middle: () => ({ x: 0, y: 0 }),
    save: (url) => saved.push(url),
    assetUrl: (id, name) => `/${id}/${name}`,
  }
})

const doing = (command: Omit<SpokenCommand, 'say'>) => perform({ say: '', ...command }, stage)
const refused = (command: Omit<SpokenCommand, 'say'>) => expect(doing(command)).rejects.toBeInstanceOf(Refusal)

describe('making', () => {
  test('“generate three wide images of …” makes a prompt and asks for it', async () => {
    const enqueue = vi.spyOn(room, 'enqueue')
    await doing({ do: 'generate', kind: 'image', prompt: 'a mill', count: 3, shape: 'wide' })
    const made = [...room.store.getState().records.values()].find(({ props }) => props.prompt === 'a mill')
    expect(made?.kind).toBe('prompt')
    expect(enqueue.mock.calls[0]?.[0]).toMatchObject({
      kind: 'image',
      prompt: 'a mill',
      count: 3,
      params: { width: 1280, height: 720 },
      place: { source: made?.id },
    })
    await refused({ do: 'generate', kind: 'smell', prompt: 'roses' })
  })

  test('“make it darker” edits the picture beside it', async () => {
    const enqueue = vi.spyOn(room, 'enqueue')
    await doing({ do: 'remix', of: ['p'], transform: 'edit', prompt: 'darker', count: 1 })
    expect(enqueue.mock.calls[0]?.[0]).toMatchObject({ transform: 'edit', inputs: [asset], prompt: 'darker' })
    await refused({ do: 'remix', of: ['gone'], transform: 'edit', prompt: 'darker' })
  })

  test('prompts are run, notes and comments are made', async () => {
    const enqueue = vi.spyOn(room, 'enqueue')
    await doing({ do: 'run', of: ['w'] })
    expect(enqueue.mock.calls[0]?.[0]).toMatchObject({ prompt: 'a lake', place: { source: 'w' } })
    await doing({ do: 'add_note', text: 'ask Ben' })
    await doing({ do: 'comment', text: 'lovely', of: ['p'] })
    const { records } = room.store.getState()
    const all = [...records.values()]
    expect(all.find(({ kind }) => kind === 'note')?.props.text).toBe('ask Ben')
    expect(all.find(({ kind }) => kind === 'comment')?.props).toMatchObject({ text: 'lovely', target: 'p', x: 320 })
  })

  test('what is deleted and duplicated is what was meant, not what was selected', async () => {
    stage.ui.setState({ selection: new Set(['w']) })
    await doing({ do: 'delete', of: ['p'] })
    expect([...room.store.getState().records.keys()]).toEqual(['w'])
  })

  test('undo goes as often as it was said', async () => {
    const undo = vi.spyOn(room, 'undo')
    await doing({ do: 'undo', times: 3 })
    expect(undo).toHaveBeenCalledTimes(3)
  })

  test.each(['viewer', 'commenter'] as const)('is not for a %s, and not for the past', async (role) => {
    room.say({ role })
    await refused({ do: 'generate', kind: 'image', prompt: 'a mill' })
    await refused({ do: 'delete', of: ['p'] })
    await refused({ do: 'pause_queue' })
    room.say({ role: 'owner', past: { rev: 1, branch: '', records: new Map() } })
    await refused({ do: 'delete', of: ['p'] })
    expect(room.store.getState().records.has('p')).toBe(true)
  })
})

describe('looking', () => {
  test('“zoom to Ben” goes where Ben looks', async () => {
    await doing({ do: 'zoom', to: 'member', member: 2 })
    expect(stage.flow.setCenter).toHaveBeenCalledWith(100, 50, { duration: 250, zoom: 2 })
    await refused({ do: 'zoom', to: 'member', member: 9 })
    await doing({ do: 'zoom', to: 'all' })
    expect(stage.fitAll).toHaveBeenCalled()
  })

  test('“download this” saves its file', async () => {
    await doing({ do: 'download', of: ['p'] })
    expect(saved).toEqual([`/${asset}/Picture`])
    await refused({ do: 'download', of: ['gone'] })
  })

  test.each([
    [{ do: 'follow', member: 2 }, { following: 2 }],
    [{ do: 'show', panel: 'history' }, { panel: 'history' }],
    [{ do: 'show', panel: 'keys' }, { keys: true }],
    [{ do: 'open', of: ['p'] }, { viewing: { record: 'p' } }],
    [{ do: 'lineage', of: ['p'] }, { lineageOf: asset }],
    [{ do: 'compare', branch: 'b' }, { comparing: { a: 'main', b: 'b' } }],
    [{ do: 'select', to: 'all', kind: 'image' }, { selection: new Set(['p']) }],
    [{ do: 'select', to: 'none' }, { selection: new Set() }],
    [{ do: 'invite' }, { inviting: true }],
  ])('%j shows', async (command, shown) => {
    await doing(command)
    expect(stage.ui.getState()).toMatchObject(shown)
  })
})

describe('talking', () => {
  test('needs a server that relays voice, and being in the call', async () => {
    await refused({ do: 'join_call' })
    await refused({ do: 'mute' })
  })

  test('owners mute others', async () => {
    const mute = vi.spyOn(room.call, 'mute')
    await doing({ do: 'mute_member', member: 2 })
    expect(mute).toHaveBeenCalledWith(2)
    await refused({ do: 'stop_recording' })
  })
})

test('what the server understands and this page does not know is said', async () => {
  await refused({ do: 'fly' })
  await refused({ do: 'constructor' })
})

test('the context names what is selected, the last result, people and own jobs', () => {
  const context = contextOf(room.store.getState(), new Set(['w', 'gone']), { in_call: false, asked: false })
  expect(context).toMatchObject({
    selection: [{ id: 'w', kind: 'prompt' }],
    last: { id: 'p', kind: 'image', asset },
    members: [
      { m: 1, name: 'Ana' },
      { m: 2, name: 'Ben' },
    ],
    self: 1,
    jobs: [{ id: 'j', state: 'succeeded', prompt: 'a lighthouse' }],
  })
})
