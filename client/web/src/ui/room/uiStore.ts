import { createStore, type StoreApi } from 'zustand/vanilla'

export type Tool = 'select' | 'hand' | 'prompt' | 'note' | 'text'
export type PanelTab = 'queue' | 'inspector' | 'people'

/** What this page shows of the room and nobody else needs to know, but for the selection, which presence repeats. */
export interface UIState {
  tool: Tool
  selection: ReadonlySet<string>
  panel: PanelTab | null
  /** The image record in the viewer. */
  viewing: string | null
  /** The number of the member whose viewport this page follows. */
  following: number | null
  keys: boolean
  inviting: boolean
  /** A record just made, whose field takes the keyboard as soon as it is there. */
  focus: string | null
}

export type RoomUI = StoreApi<UIState>

export function createRoomUI(start: Pick<UIState, 'tool' | 'panel'>): RoomUI {
  return createStore<UIState>(() => ({
    ...start,
    selection: new Set(),
    viewing: null,
    following: null,
    keys: false,
    inviting: false,
    focus: null,
  }))
}
