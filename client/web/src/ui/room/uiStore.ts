import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Media } from './results/media'

export type Tool = 'select' | 'hand' | 'prompt' | 'note' | 'text' | 'comment'
export type PanelTab = 'queue' | 'inspector' | 'history' | 'comments' | 'people'

/** Two states of the room side by side; points as the server reads them (`main`, `main@12`, a branch's id). */
export interface Comparison {
  a: string
  b: string
  /** The record that is shown first. */
  record?: string
}

/** Where a comment that is being written will be, in canvas coordinates. */
export interface CommentPlace {
  x: number
  y: number
  target?: string
}

/** What the viewer shows: a record of the canvas, or a result of a job, which need not be on it. */
export type Viewed = { record: string } | { job: string; index: number }

/** What is to be made of sources, as a dialog asks for it. */
export interface Remixing {
  dialog: 'settings' | 'mask'
  sources: readonly Media[]
  transform?: string
}

/** What this page shows of the room and nobody else needs to know, but for the selection, which presence repeats. */
export interface UIState {
  tool: Tool
  selection: ReadonlySet<string>
  panel: PanelTab | null
  viewing: Viewed | null
  remixing: Remixing | null
  /** The prompt whose settings are swept over. */
  sweeping: string | null
  /** The asset whose lineage is open. */
  lineageOf: string | null
  /** The number of the member whose viewport this page follows. */
  following: number | null
  keys: boolean
  /** The bar for commands in words is open. */
  commanding: boolean
  /** The list of recordings is open. */
  recordings: boolean
  inviting: boolean
  /** A record just made, whose field takes the keyboard as soon as it is there. */
  focus: string | null
  /** The field that has the keyboard. */
  writing: { record: string; prop: string } | null
  comparing: Comparison | null
  /** The branch in the merge dialog. */
  merging: string | null
  /** The history of one record alone. */
  historyOf: string | null
  /** The slider over the past is open. */
  travelling: boolean
  /** Outlines of what open branches put elsewhere. */
  ghosts: boolean
  /** The open thread: the id of its first comment. */
  thread: string | null
  commenting: CommentPlace | null
  /** The open menu of a record, at a point of the window. */
  menu: { record: string; x: number; y: number } | null
}

export type RoomUI = StoreApi<UIState>

export function createRoomUI(start: Pick<UIState, 'tool' | 'panel'>): RoomUI {
  return createStore<UIState>(() => ({
    ...start,
    selection: new Set(),
    viewing: null,
    remixing: null,
    sweeping: null,
    lineageOf: null,
    following: null,
    keys: false,
    commanding: false,
    recordings: false,
    inviting: false,
    focus: null,
    writing: null,
    comparing: null,
    merging: null,
    historyOf: null,
    travelling: false,
    ghosts: true,
    thread: null,
    commenting: null,
    menu: null,
  }))
}
