// Package client joins Atelier rooms from Go: bots, workers, tests and tools use it. It speaks the protocol of package
// protocol over one WebSocket per [Room] and the HTTP API by [API].
//
//	room, err := client.Join(ctx, client.Options{URL: "http://127.0.0.1:8080", Room: id, Key: key})
//	if err != nil { … }
//	defer room.Close()
//	note, writes := client.Create(protocol.KindNote, map[string]protocol.Value{"text": protocol.String("hello")})
//	_, err = room.Change(ctx, writes...)
//
// # The connection
//
// A Room outlives its sockets. When one is lost it dials again with full jitter (base 250 ms, cap 10 s; a server's
// retry_after_ms is the least wait) and resumes its session from the revision and the job sequence it has, so that it
// misses nothing and does nothing twice. It ends by itself only when the server says that trying again is useless
// ([protocol.CloseCode.Reconnect], or 401, 403 and 404 at the handshake); then every pending call gets that error and
// [Room.Done] is closed with [Room.Err] telling why.
//
// # Calls
//
// Every call takes a context. [Room.Change] and [Room.Enqueue] return after the server has made them durable. They are
// sent again with the same id over any number of reconnects, and again after UNAVAILABLE and RATE_LIMITED, until the
// context ends; the server recognises the id, so a retry never doubles. When the context ends first the outcome is
// unknown: [Room.Submit] or [Room.Enqueue] with the same id finds it out. [Room.Send] (events) is not repeated over a
// reconnect and returns [ErrDisconnected] instead, because a repeated event would be seen twice. Calls of one goroutine
// are sent in order; those of several are in no order among each other.
//
// # The replica
//
// Records, members and jobs are kept in memory as the server says, in revision order and without gaps: a gap drops the
// socket and resumes. When Change has returned, [Room.Record] shows it. A snapshot replaces the replica in one step,
// when it is complete; until then the old one shows.
//
// # Events
//
// [Room.Subscribe] gives everything that happens from now on, [Options.Events] everything from the first moment. A subscription never blocks the socket's reader: cursors,
// presence and progress replace their pending predecessor, everything else is queued in order up to
// [Options.EventQueue]. A reader that falls further behind loses what is pending and gets one [Lagged], after which it
// reads the replica.
//
// # Goroutines
//
// A Room has one goroutine that dials and reads, and one per socket that writes. [Room.Close] ends both and waits for
// them. All methods may be called from any goroutine.
package client
