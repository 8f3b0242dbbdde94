import { v7 } from 'uuid'
import type { Room } from '../../../store/api'
import { offer } from '../../app/offer'
import type { Backend } from '../../app/services'
import { complain, inform } from '../../app/toast'
import { counted } from '../describe/cells'
import type { Entry } from './grouping'

/** Takes back the changes of an entry, the newest first, where nobody wrote since. */
export async function takeBack(backend: Backend, room: Room, entry: Entry): Promise<void> {
  const id = roomId(room)
  let skipped = 0
  try {
    for (const change of entry.changes) skipped += (await backend.undoChange(id, change.id)).skipped?.length ?? 0
    inform(skipped > 0 ? 'Taken back, but for what was changed since.' : 'Taken back.')
  } catch (error) {
    complain('It was not taken back', error)
  }
}

/** Makes all records, or some, what they were. A new change: it can be undone. */
export async function restore(
  backend: Backend,
  room: Room,
  { rev, records, what }: { rev: number; records?: string[]; what: string },
): Promise<void> {
  const id = roomId(room)
  // Named here, so that it can be taken back.
  const change = v7()
  try {
    if (room.store.getState().past) await room.visit(undefined)
    const { restored, skipped = [] } = await backend.restore(id, { id: change, rev, records })
    if (restored === 0) return inform('Everything is as it was then already.')
    const kept = skipped.length > 0 ? `; ${counted(skipped.length, 'cell')} changed meanwhile stayed` : ''
    offer(`${what} is restored: ${counted(restored, 'record')}${kept}.`, {
      label: 'Undo',
      act: () =>
        void backend.undoChange(id, change).then(
          () => inform('The restore is taken back.'),
          (error) => complain('The restore stays', error),
        ),
    })
  } catch (error) {
    complain('Nothing was restored', error)
  }
}

/** Puts what this session wrote last on a branch of its own. */
export async function moveSession(backend: Backend, room: Room): Promise<void> {
  try {
    const { id, name, moved = 0, skipped = [] } = await backend.moveSession(roomId(room))
    const kept =
      skipped.length > 0 ? ` ${counted(skipped.length, 'cell')} that others changed since stayed on main.` : ''
    offer(`${counted(moved, 'change')} moved to ${name}.${kept}`, { label: 'Look at it', act: () => room.look(id) })
  } catch (error) {
    complain('Nothing was moved', error)
  }
}

function roomId(room: Room): string {
  return room.store.getState().room?.id ?? ''
}
