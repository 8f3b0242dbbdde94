import { createStore } from 'zustand/vanilla'
import { ApiError } from '../protocol/errors'
import type { Job, Member, QueuePatch } from '../protocol/types'
import type { Branch, Calling, CanvasRecord, Cursors, OverlayRecord, Room, RoomState, Version } from '../store/api'

const silentCall: Calling = {
  voices: { subscribe: () => () => {}, levels: new Map() },
  slots: [],
  onSlots: () => () => {},
  join: () => Promise.reject(ApiError.unavailable('no server')),
  restart: () => Promise.reject(ApiError.unavailable('no server')),
  answer: async () => {},
  candidate: async () => {},
  set: async () => {},
  leave: async () => {},
  mute: async () => {},
  remove: async () => {},
  record: async () => {},
  endRecording: async () => {},
  consent: async () => {},
}

/** A room without a server, for looking at the page while building it. Edits show; nothing is sent or kept. */
export function fakeRoom(
  start: Partial<RoomState>,
): Room & { say(patch: Partial<RoomState>): void; move(m: number, x: number, y: number): void } {
  const store = createStore<RoomState>(() => ({
    status: 'live',
    members: new Map(),
    records: new Map(),
    jobs: new Map(),
    queue: {},
    unsentJobs: new Map(),
    progress: new Map(),
    unsent: 0,
    branches: new Map(),
    branch: '',
    overlaid: new Map(),
    versions: new Map(),
    divergences: [],
    features: ['voice', 'recording'],
    canUndo: false,
    canRedo: false,
    ...start,
  }))
  const moved = new Set<(m: number, x: number, y: number) => void>()
  const cursors: Cursors = {
    subscribe(heard) {
      moved.add(heard)
      return () => moved.delete(heard)
    },
    onForget: () => () => {},
    positions: new Map(),
  }
  let next = 0
  const put = (change: (records: Map<string, CanvasRecord>) => void) => {
    const records = new Map(store.getState().records)
    change(records)
    store.setState({ records, canUndo: true })
  }
  const room = {
    store,
    cursors,
    call: silentCall,
    connect: () => {},
    close: () => {},
    edit: (writes) =>
      put((records) => {
        for (const [id, prop, value] of writes) {
          const before = records.get(id)
          if (before) records.set(id, { ...before, props: { ...before.props, [prop]: value } })
        }
      }),
    create: (kind, props, id) => room.createAll([{ kind, props, id }])[0] ?? '',
    createAll: (list) => {
      const ids = list.map(({ id }) => id ?? `new-${++next}`)
      put((records) => {
        for (const [i, { kind, props }] of list.entries()) {
          const id = ids[i] ?? ''
          records.set(id, { id, kind, props, rev: 0 })
        }
      })
      return ids
    },
    remove: (ids) =>
      put((records) => {
        for (const id of ids) records.delete(id)
      }),
    undo: () => {},
    redo: () => {},
    look: (branch) => store.setState({ branch }),
    createBranch: () => `branch-${++next}`,
    renameBranch: () => {},
    archiveBranch: () => {},
    merge: async () => ({ merged: true, rev: 9 }),
    settle: async (divergence) =>
      store.setState({ divergences: store.getState().divergences.filter((d) => d !== divergence) }),
    nameVersion: () => `version-${++next}`,
    visit: async (point) => {
      const { records } = store.getState()
      store.setState({ past: point && { rev: point.rev, branch: point.branch ?? '', records } })
    },
    moveCursor: () => {},
    setPresence: () => {},
    sendEvent: () => Promise.resolve(),
    onNotice: () => () => {},
    onProblem: () => () => {},
    enqueue: () => Promise.reject(new Error('no server')),
    cancelJob: () => Promise.reject(new Error('no server')),
    retryJob: () => Promise.reject(new Error('no server')),
    dropJob: (id: string) => {
      const unsentJobs = new Map(store.getState().unsentJobs)
      unsentJobs.delete(id)
      store.setState({ unsentJobs })
    },
    moveJob: () => Promise.reject(new Error('no server')),
    approveJob: () => Promise.reject(new Error('no server')),
    rateJob: () => Promise.reject(new Error('no server')),
    pickResult: () => Promise.reject(new Error('no server')),
    setQueue: async (patch: QueuePatch) => {
      store.setState({ queue: { ...store.getState().queue, ...patch } })
      return store.getState().queue
    },
    clearQueue: () => Promise.reject(new Error('no server')),
    say: (patch) => store.setState(patch),
    move: (m, x, y) => {
      for (const heard of moved) heard(m, x, y)
    },
  } as Room & { say(patch: Partial<RoomState>): void; move(m: number, x: number, y: number): void }
  return room
}

export const member = (m: number, name: string, colour: string, more: Partial<Member> = {}): Member => ({
  m,
  session: `s${m}`,
  user: `u${m}`,
  name,
  colour,
  role: 'editor',
  state: {},
  ...more,
})

export const branch = (id: string, name: string, records: OverlayRecord[], more: Partial<Branch> = {}): Branch => ({
  id,
  name,
  author: 'u1',
  at: Date.now() - 5 * 60_000,
  fork: 3,
  diverged: false,
  merged: 0,
  archived: false,
  open: true,
  records: new Map(records.map((r) => [r.id, r])),
  ...more,
})

/** Cells by prop: `[value, base]`. */
export const overlay = (id: string, cells: Record<string, [unknown, unknown?]>, kind?: string): OverlayRecord => ({
  id,
  kind,
  cells: new Map(Object.entries(cells).map(([prop, [value, base]]) => [prop, { value, base }])),
})

export const version = (id: string, name: string, rev: number, at: number): Version => ({
  id,
  name,
  rev,
  author: 'u1',
  at,
})

export const job = (id: string, prompt: string, more: Partial<Job>): Job => ({
  id,
  prompt,
  kind: 'image',
  room: 'r',
  seq: 1,
  user: 'u1',
  user_name: 'Ana',
  state: 'queued',
  attempt: 1,
  max_attempts: 3,
  created_at: Date.now(),
  ...more,
})
