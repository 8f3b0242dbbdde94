import type { HistoryChange, HistoryQuery, HistoryWrite, RoomDiff } from '../store/versioning'

const minute = 60_000
const now = Date.now()

const write = (record: string, kind: string, prop: string, before: unknown, after: unknown): HistoryWrite => ({
  branch: '',
  record,
  kind,
  prop,
  before,
  after,
})

const change = (
  rev: number,
  who: 'Ana Torres' | 'Ben' | 'Chidi Okafor',
  ago: number,
  writes: HistoryWrite[],
  more: Partial<HistoryChange> = {},
): HistoryChange => ({
  rev,
  id: `c${rev}`,
  branch: '',
  session: `s-${who}`,
  user: { 'Ana Torres': 'u1', Ben: 'u2', 'Chidi Okafor': 'u3' }[who],
  user_name: who,
  at: now - ago * minute,
  writes,
  ...more,
})

const older = Array.from({ length: 120 }, (_, i) =>
  change(120 - i, i % 3 === 0 ? 'Ben' : 'Ana Torres', 1500 + i * 9, [
    write(i % 2 ? 'n1' : 'i1', i % 2 ? 'note' : 'image', 'x', i * 10, i * 10 + 25),
  ]),
)

const changes: HistoryChange[] = [
  change(
    134,
    'Ben',
    2,
    [
      write(
        'p1',
        'prompt',
        'prompt',
        'A quiet harbour at dawn, fog over the water',
        'A quiet harbour at dawn, thick fog over black water',
      ),
    ],
    {
      episode: 'e2',
    },
  ),
  change(
    133,
    'Ana Torres',
    3,
    [
      write(
        'n1',
        'note',
        'text',
        'The second one has the light we want.',
        'The second one has the light we want. More fog?',
      ),
    ],
    { episode: 'e1' },
  ),
  change(132, 'Ana Torres', 4, [write('n1', 'note', 'text', '', 'The second one has the light we want.')], {
    episode: 'e1',
  }),
  change(131, 'Ana Torres', 9, [write('i2', 'image', 'x', 600, 732), write('i2', 'image', 'y', 40, 0)]),
  change(130, 'Ana Torres', 12, [], { merged: 'b3' }),
  change(129, 'Ben', 14, [
    write('p1', 'prompt', 'seed', 4, 41),
    write('p1', 'prompt', 'model', 'sketch-1', 'sketch-2'),
  ]),
  change(128, 'Ben', 16, [write('i2', 'image', 'asset', 'a', 'b')]),
  change(127, 'Chidi Okafor', 140, [write('n9', 'note', 'deleted', undefined, true)]),
  change(126, 'Chidi Okafor', 141, [
    write('c1', 'comment', 'kind', undefined, 'comment'),
    write('c1', 'comment', 'text', undefined, 'hi'),
  ]),
  change(125, 'Chidi Okafor', 143, [
    write('n2', 'note', 'kind', undefined, 'note'),
    write('n2', 'note', 'text', undefined, '/imagine the same harbour at night'),
  ]),
  ...older,
]

export async function fakeHistory(_room: string, { before = Infinity, limit = 50, record, user }: HistoryQuery = {}) {
  const all = changes.filter(
    (c) => c.rev < before && (!user || c.user === user) && (!record || c.writes.some((w) => w.record === record)),
  )
  const page = all.slice(0, limit)
  return { changes: page, next: all.length > limit ? page.at(-1)?.rev : undefined }
}

export async function fakeDiff(_room: string, _a: string, b: string): Promise<RoomDiff> {
  return {
    a: { branch: '', rev: 134 },
    b: { branch: b, rev: 134 },
    records: [
      {
        record: 'p1',
        kind: 'prompt',
        props: [
          {
            prop: 'prompt',
            base: 'A quiet harbour at dawn, fog over the water, fishing boats coming in',
            a: 'A quiet harbour at dawn, thick fog over black water, fishing boats coming in',
            b: 'A quiet harbour at night, fog over the water, lanterns on the boats coming in',
          },
          { prop: 'seed', base: 4, a: 41, b: 7 },
          {
            prop: 'params',
            base: { width: 1024, height: 1024 },
            a: { width: 1024, height: 1024 },
            b: { width: 1280, height: 720, count: 2 },
          },
        ],
      },
      {
        record: 'i2',
        kind: 'image',
        props: [
          { prop: 'asset', base: 'c', a: 'b', b: 'a' },
          {
            prop: 'prompt',
            base: 'A quiet harbour at dawn',
            a: 'A quiet harbour at dawn',
            b: 'A quiet harbour at dusk',
          },
          { prop: 'x', base: 732, a: 732, b: 900 },
          { prop: 'w', base: 320, a: 320, b: 400 },
          { prop: 'h', base: 320, a: 320, b: 400 },
        ],
      },
      {
        record: 'n1',
        kind: 'note',
        props: [
          {
            prop: 'text',
            base: 'The second one.',
            a: 'The second one has the light we want. More fog?',
            b: 'The first one.',
          },
        ],
      },
      {
        record: 'g1',
        kind: 'note',
        props: [
          { prop: 'kind', b: 'note' },
          { prop: 'text', b: 'Lanterns along the pier, seen from the water' },
          { prop: 'x', b: 1090 },
          { prop: 'colour', b: 'peach' },
        ],
      },
      { record: 'x1', kind: 'x-palette', props: [{ prop: 'deleted', b: true }] },
    ],
  }
}
