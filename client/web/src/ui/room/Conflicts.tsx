import { Button } from '@mantine/core'
import type { Conflict, RoomState } from '../../store/api'
import { useRoom, useRoomState } from './context'

/** What the server refused because somebody else wrote there meanwhile. Waits until it is answered; blocks nothing. */
export function Conflicts() {
  const conflicts = useRoomState((state) => state.conflicts)
  return (
    <section className="at-conflicts" aria-label="Changes that met">
      {conflicts.map((conflict) => (
        <ConflictCard key={conflict.id} conflict={conflict} />
      ))}
    </section>
  )
}

function ConflictCard({ conflict }: { conflict: Conflict }) {
  const room = useRoom()
  const said = useRoomState((state) => sayConflict(conflict, state))
  const cell = conflict.cells[0]
  return (
    <div className="at-conflict" role="alert">
      <p className="at-conflict-said">{said}</p>
      {typeof cell?.mine === 'string' && <p className="at-conflict-mine">“{cell.mine.slice(0, 140)}”</p>}
      <div className="at-conflict-acts">
        <Button size="compact-sm" onClick={() => room.resolve(conflict, 'copy')}>
          Keep mine as a copy
        </Button>
        <Button size="compact-sm" variant="default" onClick={() => room.resolve(conflict, 'theirs')}>
          Use theirs
        </Button>
      </div>
    </div>
  )
}

const words: Record<string, string> = { text: 'text', prompt: 'prompt', title: 'title', negative: 'prompt' }

export function sayConflict(conflict: Conflict, { members }: Pick<RoomState, 'members'>): string {
  const cell = conflict.cells[0]
  if (!cell) return 'Somebody changed the same thing.'
  const who = [...members.values()].find((member) => member.user === cell.user)?.name ?? 'Somebody'
  if (cell.prop === 'deleted') return `${who} changed what you deleted.`
  if (cell.theirs === undefined) return `${who} deleted what you were changing.`
  return `${who} changed the same ${words[cell.prop] ?? cell.prop}.`
}
