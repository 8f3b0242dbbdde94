import type { Member } from '../../../protocol/types'
import type { Branch } from '../../../store/api'
import { branchOf } from '../context'
import { counted } from '../describe/cells'
import { ageText } from '../describe/time'

/** “Ana · 5 min · 3 records”. */
export function branchFacts(branch: Branch, author: string, now: number): string {
  return [author, ageText(branch.at, now), counted(branch.records.size, 'record'), stateText(branch)]
    .filter(Boolean)
    .join(' · ')
}

function stateText({ merged, archived }: Branch): string {
  if (archived) return 'archived'
  return merged > 0 ? 'merged' : ''
}

/** The newest first; open ones before those that are closed. */
export function sortedBranches(branches: ReadonlyMap<string, Branch>): Branch[] {
  return [...branches.values()].sort((a, b) => Number(b.open) - Number(a.open) || b.at - a.at)
}

/** Who looks at which branch; '' is main. */
export function watchers(members: ReadonlyMap<number, Member>, self: number | undefined): Map<string, Member[]> {
  const by = new Map<string, Member[]>()
  for (const member of members.values()) {
    if (member.m === self) continue
    const branch = branchOf(member)
    const known = by.get(branch)
    if (known) known.push(member)
    else by.set(branch, [member])
  }
  return by
}

/** A name for a branch made by hand that no open one has. */
export function draftName(branches: ReadonlyMap<string, Branch>): string {
  const names = new Set([...branches.values()].filter(({ open }) => open).map(({ name }) => name))
  for (let n = 1; ; n += 1) if (!names.has(`Draft ${n}`)) return `Draft ${n}`
}
