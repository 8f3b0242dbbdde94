import { Button } from '@mantine/core'
import { IconGitBranch } from '@tabler/icons-react'
import { atLeast } from '../../app/services'
import { useRoomState, useScope } from '../context'

/** Says which branch this page is on, and what to do with it. It covers nothing and blocks nothing. */
export function BranchBanner() {
  const { room, ui } = useScope()
  const branch = useRoomState((state) => (state.branch ? state.branches.get(state.branch) : undefined))
  const past = useRoomState((state) => state.past !== undefined)
  const mayMerge = useRoomState((state) => atLeast(state.role, 'editor'))
  if (!branch || past) return null
  const empty = branch.records.size === 0
  return (
    <section className="at-banner" aria-label="Branch">
      <p role="status">
        <IconGitBranch size={16} aria-hidden="true" />
        <span>
          You are on <em>{branch.name}</em>: {branch.open ? 'main stays as it is' : closedText(branch)}
        </span>
      </p>
      <span className="at-banner-acts">
        <Button
          size="compact-sm"
          variant="subtle"
          disabled={empty}
          onClick={() => ui.setState({ comparing: { a: 'main', b: branch.id } })}
        >
          Compare
        </Button>
        {mayMerge && branch.open && (
          <Button
            size="compact-sm"
            variant="subtle"
            disabled={empty}
            onClick={() => ui.setState({ merging: branch.id })}
          >
            Merge
          </Button>
        )}
        <Button size="compact-sm" variant="light" onClick={() => room.look('')}>
          Back to main
        </Button>
      </span>
    </section>
  )
}

function closedText({ merged }: { merged: number }): string {
  return merged > 0 ? 'it was merged' : 'it is archived'
}
