import type { Peer } from '../context'

/** What the writer of a text is told of others in the same one; empty when there is nobody. */
export function alsoTyping(peers: readonly Peer[], prop: string): string {
  const names = [...new Set(peers.filter((peer) => peer.editing && peer.prop === prop).map((peer) => peer.member.name))]
  const [first, second, ...rest] = names
  if (first === undefined) return ''
  if (second === undefined) return `${first} is typing here too: both will be kept`
  const who = rest.length > 0 ? `${first} and ${rest.length + 1} others` : `${first} and ${second}`
  return `${who} are typing here too: all will be kept`
}
