// Package rooms runs rooms: members, presence, cursors and the canvas. Pure state in, effects out; no sockets, SQL or
// Redis.
//
// # One owner
//
// One goroutine, the actor, owns a room on an instance and nothing else touches its state, so there is no lock order to
// remember. Its inbox takes events without blocking the sender; the actor takes the whole batch, encodes each outgoing
// message once and hands the same bytes to every member's [Outbox]. It never waits for a store, a socket or a member.
//
// # A change
//
// Changes wait unjudged while a commit is in flight. Then all that wait are judged together ([scratch]: committed state
// plus the batch's own earlier rows) and committed together by the persister, one commit in flight per room: load turns
// into group commit. Committed state moves only when a commit is reported, so there is nothing to roll back. A change is
// shown to others and acknowledged after it is durable, never before, in this order: everybody, its author included,
// gets it in a changes message, then the author gets the ok.
//
// # Failure
//
//   - The log's head moved, or ids are in the log already: what was missed is applied, the batch is judged anew.
//   - A commit whose outcome is unknown is neither acknowledged nor refused: the log is read until it answers. What is in
//     it is acknowledged, the rest gets UNAVAILABLE, which is retryable.
//   - A store that stalls: changes that wait longer than [Config.CommitWait], or beyond [Config.PendingBytes], get
//     UNAVAILABLE. Cursors, presence, joins and replies go on.
//   - A slow member is cut by its outbox; nobody waits for it.
//
// # Two lanes
//
// The ordered lane carries changes, membership, job events and replies. The latest-wins lane carries one frame per tick
// with what moved (cursors, presence, progress); a member that missed one gets the keyframe, all current positions and
// states, encoded at most once a tick and only on demand. A quiet room's first movement is sent at once; then at most
// one frame a tick. An idle room costs no ticks; an empty one is unloaded after [Config.IdleUnload].
package rooms
