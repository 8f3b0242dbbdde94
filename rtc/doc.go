// Package rtc relays voice: one call for each room, in which everybody hears everybody. It knows members by their numbers
// and a room by its id; sockets, roles and who may come in are the hub's affair.
//
// # Slots
//
// A call has a fixed number of slots ([Config.Slots]), and every participant one stream for each from the beginning. The
// loudest are switched into them, so nobody's connection is negotiated anew when people come, go or speak, and the work is
// bounded by slots × listeners. With no more speakers than slots nothing ever switches. Each listener's stream goes on
// without a seam when its slot changes hands: sequence numbers and timestamps are continued ([rewriter]).
//
// # Who runs what
//
// The plane reads a participant's packets in one goroutine, which forwards them itself: no packet changes hands between
// goroutines. A slot is forwarded under its own lock by whoever holds it; a call's lock is taken only when somebody comes,
// goes, claims a slot, or five times a second while somebody speaks. Order of locks: participant, call, slot. [Signals]
// are told under them and so must not wait nor call back.
//
// # Promises
//
// The relay is the only one that offers (RFC 8829), so there is no glare; an answer to an older offer is refused. A muted
// member's packets end here, whatever its client does. A participant ends when it leaves, when its media was gone for
// [Config.Patience], or with the relay; [Signals.Ended] tells it, once. Nothing of voice is
// stored here: who agreed to be recorded has a [Tap].
package rtc
