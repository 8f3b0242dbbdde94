import { createRoot } from 'react-dom/client'
import type { CanvasRecord } from '../store/api'
import { Root } from '../ui/app/Root'
import type { Services } from '../ui/app/services'
import { fakeDiff, fakeHistory } from './fakeHistory'
import { branch, fakeRoom, job, member, overlay, version } from './fakeRoom'

const record = (id: string, kind: string, props: Record<string, unknown>): [string, CanvasRecord] => [
  id,
  { id, kind, props, rev: 1 },
]
const self = member(1, 'Ana Torres', '#5248c8', { role: 'owner' })
const room = fakeRoom({
  room: { id: 'r', name: 'Harbour studies' },
  self,
  role: 'owner',
  members: new Map([
    [1, self],
    [2, member(2, 'Ben', '#b4530a', { state: { selection: ['n1'], editing: ['n1', 'text'] } })],
    [3, member(3, 'Chidi Okafor', '#0f766e', { state: { selection: ['i2'], branch: 'b1' } })],
    [4, member(4, 'Sketch bot', '#64607a', { bot: true, state: { status: 'Draws what /imagine notes ask for' } })],
  ]),
  records: new Map([
    record('t1', 'text', { x: 0, y: -110, w: 460, h: 60, text: 'Harbour at three hours', size: 34 }),
    record('p1', 'prompt', {
      x: 0,
      y: 0,
      w: 340,
      h: 300,
      prompt: 'A quiet harbour at dawn, fog over the water, fishing boats coming in',
    }),
    record('i1', 'image', {
      x: 388,
      y: 0,
      w: 320,
      h: 320,
      nw: 1024,
      nh: 1024,
      asset: 'a',
      prompt: 'A quiet harbour at dawn',
      placeholder: 'LEHV6nWB2yk8pyo0adR*.7kCMdnj',
    }),
    record('i2', 'image', {
      x: 732,
      y: 0,
      w: 320,
      h: 320,
      nw: 1024,
      nh: 1024,
      asset: 'b',
      prompt: 'A quiet harbour at dawn',
      placeholder: 'LGF5?xYk^6#M@-5c,1J5@[or[Q6.',
    }),
    record('n1', 'note', { x: 388, y: 370, w: 220, h: 180, text: 'The second one has the light we want. More fog?' }),
    record('n2', 'note', {
      x: 632,
      y: 370,
      w: 220,
      h: 180,
      colour: 'blue',
      text: '/imagine the same harbour at night',
    }),
    record('x1', 'x-palette', { x: 0, y: 350, w: 220, h: 120, title: 'Palette' }),
    record('c1', 'comment', {
      text: '@Ana Torres which of the two do we take? I would go for the second.',
      author: 'u2',
      at: Date.now() - 9 * 60_000,
      target: 'i2',
      x: 1052,
      y: 0,
      mentions: ['u1'],
    }),
    record('c2', 'comment', {
      text: 'The second, but with the fog of the first.',
      author: 'u1',
      at: Date.now() - 6 * 60_000,
      thread: 'c1',
    }),
    record('c3', 'comment', {
      text: 'Room for the night studies here.',
      author: 'u3',
      at: Date.now() - 3 * 3_600_000,
      x: 940,
      y: 520,
    }),
    record('c4', 'comment', {
      text: 'Is this still needed?',
      author: 'u3',
      at: Date.now() - 26 * 3_600_000,
      x: 40,
      y: 20,
      target: 'gone',
    }),
    record('c5', 'comment', {
      text: 'Title is too large.',
      author: 'u2',
      at: 3,
      x: 0,
      y: 0,
      target: 't1',
      resolved: true,
    }),
    record('e1', 'edge', { from: 'p1', to: 'i1', role: 'derived' }),
    record('e2', 'edge', { from: 'p1', to: 'i2', role: 'derived' }),
  ]),
  jobs: new Map(
    [
      job('j1', 'The same harbour at night, lanterns', {
        state: 'running',
        started_at: 1,
        place: { x: 0, y: 0, source: 'p1' },
      }),
      job('j2', 'Dawn over the pier, wide', {
        position: 1,
        expected_start: Date.now() + 14000,
        user: 'u2',
        user_name: 'Ben',
        count: 2,
      }),
      job('j3', 'Storm coming in', { position: 2, expected_start: Date.now() + 31000 }),
      job('j4', 'A quiet harbour at dawn, fog over the water', {
        state: 'succeeded',
        started_at: 1000,
        ended_at: 4200,
        results: [{ asset: 'a', record: 'i1', mime: 'image/png', bytes: 1 }],
      }),
      job('j5', 'A boat, etching', {
        state: 'failed',
        ended_at: 10,
        error: { code: 'PROVIDER_ERROR', message: 'the provider refused the size', retryable: false },
      }),
    ].map((j) => [j.id, j]),
  ),
  branches: new Map(
    [
      branch(
        'b1',
        'Ana 14:02',
        [
          overlay('p1', { prompt: ['A quiet harbour at night', 'A quiet harbour at dawn'] }),
          overlay('i2', { x: [900, 732], w: [400, 320], h: [400, 320], asset: ['a', 'b'] }),
          overlay('g1', { x: [1090], y: [370], w: [220], h: [180], text: ['Lanterns along the pier'] }, 'note'),
        ],
        { diverged: true },
      ),
      branch('b2', 'Night studies', [overlay('p1', { seed: [7, 4] })], {
        author: 'u2',
        at: Date.now() - 3 * 3_600_000,
      }),
      branch('b3', 'Wider crop', [], { open: false, merged: 130, author: 'u3', at: Date.now() - 26 * 3_600_000 }),
      branch('b4', 'First ideas', [], { open: false, archived: true, at: Date.now() - 20 * 24 * 3_600_000 }),
    ].map((b) => [b.id, b]),
  ),
  overlaid: new Map([
    ['p1', ['b1', 'b2']],
    ['i2', ['b1']],
  ]),
  versions: new Map([
    ['v1', version('v1', 'Shown to the client', 128, Date.now() - 15 * 60_000)],
    ['v2', version('v2', 'First round', 60, Date.now() - 2 * 24 * 3_600_000)],
  ]),
  progress: new Map([['j1', { job: 'j1', attempt: 1, fraction: 0.42 }]]),
})
Object.assign(window, { room })
let t = 0
setInterval(() => {
  t += 0.05
  room.move(2, 480 + 40 * Math.cos(t), 470 + 30 * Math.sin(t * 1.3))
  room.move(3, 850 + 60 * Math.sin(t), 230 + 40 * Math.cos(t))
}, 50)

const art = (id: string) => {
  const dawn = id === 'a'
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"><linearGradient id="g" x2="0" y2="1"><stop stop-color="${dawn ? '#e9b7a0' : '#31406b'}"/><stop offset="1" stop-color="${dawn ? '#f5e3c8' : '#8c7fa8'}"/></linearGradient><rect width="100" height="100" fill="url(#g)"/><circle cx="68" cy="34" r="9" fill="#fff3d6"/><path d="M0 62Q30 48 60 60T100 56V100H0Z" fill="#51708a"/><path d="M0 78Q40 70 100 80V100H0Z" fill="#2d475e"/></svg>`
  return `data:image/svg+xml,${encodeURIComponent(svg)}`
}
const user = { id: 'u1', name: 'Ana Torres', kind: 'guest' as const }
const services = {
  backend: {
    config: async () => ({ guests: true, version: 'story' }),
    me: async () => ({ user, workspace: { id: 'w', name: 'North Light' }, role: 'owner' as const }),
    rooms: async () => [
      { id: 'r', name: 'Harbour studies', role: 'owner' as const, members: 4, created_at: 0 },
      { id: 'q9', name: 'Spring campaign', role: 'owner' as const, members: 0, created_at: 0 },
    ],
    people: async () => [
      { user, role: 'owner' as const },
      { user: { id: 'u2', name: 'Ben', kind: 'guest' as const }, role: 'editor' as const },
    ],
    providers: async () => [
      {
        name: 'sketch',
        title: 'Built-in sketch renderer',
        models: [{ name: 'sketch-1', title: 'Sketch', kind: 'image', transforms: ['generate'], default: true }],
      },
    ],
    assetUrl: art,
    history: fakeHistory,
    diff: fakeDiff,
    undoChange: async () => ({ rev: 1 }),
    restore: async () => ({ rev: 1, restored: 3 }),
    moveSession: async () => ({ id: 'b2', name: 'Ana 14:30', rev: 1, moved: 12 }),
  },
  openRoom: async () => room,
} as unknown as Services

const element = document.getElementById('root')
if (element) createRoot(element).render(<Root services={services} />)
