import { Button } from '@mantine/core'
import { IconGitBranch } from '@tabler/icons-react'
import { useState } from 'react'
import type { Divergence } from '../../../store/api'
import { atLeast } from '../../app/services'
import { complain } from '../../app/toast'
import { useRoomState, useScope } from '../context'
import { useNameOf } from '../people'
import { keptText, metText } from './divergenceText'

const shownAtOnce = 2

/** What was kept on a branch because it met others' work. Each stays until it is answered; none is in the way. */
export function DivergenceNotices() {
  const divergences = useRoomState((state) => state.divergences)
  const [all, setAll] = useState(false)
  const newest = [...divergences].reverse()
  const shown = all ? newest : newest.slice(0, shownAtOnce)
  const more = newest.length - shown.length
  return (
    <div className="at-divergences" role="status" aria-label="Kept on branches">
      {shown.map((divergence) => (
        <Notice key={divergence.id} divergence={divergence} />
      ))}
      {(more > 0 || (all && newest.length > shownAtOnce)) && (
        <Button size="compact-sm" variant="default" className="at-divergences-more" onClick={() => setAll(!all)}>
          {more > 0 ? `${more} more` : 'Show fewer'}
        </Button>
      )}
    </div>
  )
}

type Choice = 'mine' | 'both' | 'dismiss'

function Notice({ divergence }: { divergence: Divergence }) {
  const { room, ui } = useScope()
  const nameOf = useNameOf()
  const mayMerge = useRoomState((state) => atLeast(state.role, 'editor'))
  const [busy, setBusy] = useState<Choice | null>(null)
  const { records, branches } = room.store.getState()
  const kindOf = (id: string) => records.get(id)?.kind ?? branches.get(divergence.branch)?.records.get(id)?.kind

  async function settle(choice: Choice) {
    setBusy(choice)
    try {
      await room.settle(divergence, choice)
    } catch (error) {
      setBusy(null)
      complain(`It stays on ${divergence.name}`, error)
    }
  }
  return (
    <article className="at-divergence" data-branch={divergence.branch}>
      <p className="at-divergence-said">
        <IconGitBranch size={16} aria-hidden="true" />
        <span>
          {keptText(divergence)} <em>{divergence.name}</em>: {metText(divergence.cells, kindOf, nameOf)}
        </span>
      </p>
      <div className="at-divergence-acts">
        {mayMerge && (
          <>
            <Button size="compact-sm" variant="light" loading={busy === 'mine'} onClick={() => settle('mine')}>
              Use mine
            </Button>
            <Button size="compact-sm" variant="light" loading={busy === 'both'} onClick={() => settle('both')}>
              Keep both
            </Button>
          </>
        )}
        <Button
          size="compact-sm"
          variant="subtle"
          onClick={() =>
            ui.setState({ comparing: { a: 'main', b: divergence.branch, record: divergence.cells[0]?.record } })
          }
        >
          Compare
        </Button>
        <Button size="compact-sm" variant="subtle" color="gray" onClick={() => settle('dismiss')}>
          Dismiss
        </Button>
      </div>
    </article>
  )
}
