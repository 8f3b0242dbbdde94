// Package protocol is the language that Atelier's server, its clients and its bots speak over one WebSocket: message
// types, their bodies, the codec, the validator that stands in front of it, limits, error and close codes, roles and
// the schema of records. It imports nothing of ours and does no I/O.
//
// # Frames
//
// One binary WebSocket message (subprotocol [Subprotocol]) is one or more msgpack values back to back, each an array
// that begins with its [Type]. So coalescing is concatenation of bytes that were encoded once. Hot messages (cursor,
// cursors, changes, snapshot, progress) are positional; all others carry one map with short stable keys:
//
//	client:  [hello {…}]   [cursor x y]   [type req {…}] for every other command
//	server:  [type {…}]    [ok req {…}]   [error req {…}]
//
// Every command except hello and cursor carries a request id (uint, chosen by the client) and gets exactly one reply.
// A receiver ignores map keys and server message types that it does not know; a command of unknown type gets an error
// reply, not a close.
//
// # Safety
//
// Bytes from a peer pass [Validate] before anything else looks at them: depth, declared lengths against the bytes that
// remain, UTF-8, no NaN or infinity, no extension types. Only then do the decoders of this package run.
//
// # Values
//
// What a cell holds travels and is stored as [Value]: canonical msgpack bytes, so that equality is equality of bytes,
// whichever form a client chose for a number or the order of a map.
package protocol

//go:generate go run ./internal/tsgen -out ../client/web/src/protocol/generated.ts
