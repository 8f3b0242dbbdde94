import type { RoomState } from '../../../store/api'
import type { SpokenContext, SpokenItem } from '../../../store/commands'
import { mediaOfRecord } from '../results/media'

const mostItems = 256
const mostMembers = 500
const mostBranches = 200
const mostJobs = 100
const mostName = 200
const mostPrompt = 500

/** What this page knows that somebody may mean. */
export function contextOf(
  state: RoomState,
  selection: ReadonlySet<string>,
  more: Pick<SpokenContext, 'in_call' | 'asked'>,
): SpokenContext {
  const own = [...state.jobs.values()]
    .filter((job) => job.user === state.self?.user)
    .sort((a, b) => b.created_at - a.created_at)
  return {
    selection: [...selection].slice(0, mostItems).flatMap((id) => itemOf(state, id) ?? []),
    last: lastOf(state, own),
    members: [...state.members.values()]
      .slice(0, mostMembers)
      .map(({ m, name }) => ({ m, name: short(name, mostName) })),
    self: state.self?.m,
    branches: [...state.branches.values()]
      .filter(({ open }) => open)
      .slice(0, mostBranches)
      .map(({ id, name }) => ({ id, name: short(name, mostName) })),
    branch: state.branch || undefined,
    jobs: own.slice(0, mostJobs).map(({ id, state: now, prompt }) => ({
      id,
      state: now,
      prompt: short(prompt, mostPrompt),
    })),
    ...more,
  }
}

function itemOf(state: RoomState, id: string): SpokenItem | undefined {
  const record = state.records.get(id)
  if (!record) return undefined
  const asset = mediaOfRecord(record, state.jobs)?.asset
  return { id, kind: record.kind, ...(asset ? { asset } : {}) }
}

/** The newest result that is still on the canvas. */
function lastOf(
  state: RoomState,
  own: readonly { results?: readonly { record?: string }[] }[],
): SpokenItem | undefined {
  for (const { results = [] } of own) {
    for (const { record } of results) {
      const item = record ? itemOf(state, record) : undefined
      if (item) return item
    }
  }
  return undefined
}

/** By characters, not by halves of them. */
const short = (words: string, most: number) => [...words].slice(0, most).join('')
