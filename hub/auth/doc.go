// Package auth knows who somebody is and what they may do: guests, invite links, API keys, login sessions, socket
// tickets and session tokens. It keeps no secret in the clear: tokens are random, shown once and stored as SHA-256.
//
// # Who
//
// [Service.Identify] reads the cookie of a browser or the bearer key of a bot. Both are 256 random bits; the store holds
// their hash, so a stolen database signs nobody in. Tickets hold once and for [TicketLife], in memory: they die with the
// process, and whoever held one asks for another.
//
// # What
//
// Roles are read from the store at every request, never cached: what an owner changed holds for the next one. A private
// room is NOT_FOUND to outsiders, and so is one of another workspace.
//
// # Failure
//
// When a store cannot answer, nobody is let in: the error goes up and the caller answers it. Sign-ins are limited by
// address; when the limiter has no room for one more address, it refuses.
package auth
