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
// unknown: [Room.Submit] (of what [Room.Prepare] gave) or [Room.Enqueue] with the same id finds it out. So it is with what is
// the same the second time: [Room.Cancel], [Room.Move], [Room.Rate], [Room.SetQueue]. [Room.Send] (events), [Room.Retry],
// [Room.Approve], [Room.Pick] and [Room.ClearQueue] are not repeated over a reconnect and return [ErrDisconnected] instead: a
// repeated event would be seen twice, a repeated pick takes itself back. Calls of one goroutine are sent in order; those of
// several are in no order among each other.
//
// # The replica
//
// Records, members and jobs are kept in memory as the server says, in revision order and without gaps: a gap drops the
// socket and resumes. When Change has returned, [Room.Record] shows it. A snapshot replaces the replica in one step,
// when it is complete; until then the old one shows.
//
// # Branches
//
// The replica has main and the cells of all branches. [Room.On] is the canvas as one branch shows it, its cells over main's
// newest, and the place to change it; the methods of Room itself are main. [View.Cells] gives with each cell of a branch
// what its author started from and what main has, which is all that a conflict is.
//
// Writes of text, prompts and the like say what they were made from, so that the server can merge what two wrote unseen by
// each other: by themselves what the replica shows at that moment, or what [Based] says. That is the state a caller has
// seen only when it reads and writes without a pause; who thinks in between (a model, a person) keeps the value it has read
// and gives it to Based. What does not merge is kept whole on a branch that [protocol.ChangeResult.Branched] names; it is
// no error. Changes of one goroutine belong together when they share an episode ([View.In]).
//
// [Room.Merge] and [Room.Undo] are changes like others: durable when they return, sent again with the same id. A merge that
// needs decisions is a *[ConflictError] with all cells that do.
//
// [API] reads the past: [API.History], [API.Diff], [API.RecordsAt]; and brings it back: [API.Undo], [API.Restore].
//
// # Workers
//
// A [Worker] runs jobs of a room. [Worker.Serve] offers it and gives each [Task] to Run in a goroutine of its own, at most Slots at a
// time; the task renews its lease by itself. Work that is told again after a reconnect goes on, it is not begun twice; an ending is
// said again until it is answered. When the lease is lost the task's context ends and nothing is said any more: another worker
// has the job.
//
// # Events
//
// [Room.Subscribe] gives everything that happens from now on, [Options.Events] everything from the first moment. A
// subscription never blocks the socket's reader: cursors, presence, progress and [BranchChanged] replace their pending
// predecessor, everything else is queued in order up to [Options.EventQueue]. A reader that falls further
// behind loses what is pending and gets one [Lagged], after which it reads the replica.
//
// # Goroutines
//
// A Room has one goroutine that dials and reads, and one per socket that writes. [Room.Close] ends both and waits for
// them. All methods may be called from any goroutine.
package client
