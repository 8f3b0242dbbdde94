// Package hub is the process around rooms: HTTP routes, sockets with their outboxes and sessions, the dispatch of
// commands, and the actors that put results of the queue on the canvas.
//
// # A socket
//
// coder/websocket does the handshake, reads messages and answers control frames. Everything the server says is written
// by an [outbox], as whole WebSocket frames that were encoded once for all, straight to the connection. That is safe
// because all data frames go that way, none is compressed, and a [wire] lets only one Write at a time through, whole: a
// pong of the library's never lands within a frame of ours.
//
// A socket costs one goroutine, which reads. Writing borrows one while there is something to write, timers do the rest.
//
// # A session
//
// A session owns the membership of a room and outlives its socket by [protocol.SessionLinger], so that a reconnect
// changes nothing for others. It has at most one live socket; the newer one wins. Its token is signed and holds over
// restarts, also when the membership is over: it keeps naming the author.
//
// # Order
//
// A socket gets the welcome, what it missed, and from then on its ordered lane in the order in which the room spoke,
// ahead of the newest frame of the latest-wins lane. Commands reach the room in the order they were read. Job commands
// run one after another beside the reader, in their own order. Every command gets exactly one reply.
//
// # Back-pressure and failure
//
// A socket whose unwritten ordered lane passes [protocol.Limits].OrderedLaneBytes, or that takes nothing for 10 s, is cut
// at once and resumes; nobody waits for it. Commands beyond the rate get RATE_LIMITED, job commands beyond the few that
// may wait get UNAVAILABLE. Roles are read after the socket came and again when they changed; a change reaches live
// sockets before the HTTP answer that reports it. [Hub.Shutdown] closes every socket with [protocol.CloseDraining] and
// waits for all goroutines.
package hub
