import type { Member } from '../../protocol/types'

/** Oneself first, then people, then bots, each by when they came. */
export function sortedMembers(members: ReadonlyMap<number, Member>, self: number | undefined): Member[] {
  const rank = (member: Member) => (member.m === self ? 0 : member.bot ? 2 : 1)
  return [...members.values()].sort((a, b) => rank(a) - rank(b) || a.m - b.m)
}

/** Up to two letters for a face. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/)
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]]
  return letters.map((word) => [...(word ?? '')][0]?.toUpperCase() ?? '').join('')
}

/** What a member says it does, in its presence. */
export function statusOf(member: Member): string {
  const { status } = member.state
  return typeof status === 'string' ? status.slice(0, 120) : ''
}
