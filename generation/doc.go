// Package generation is the queue of a room: who asked for what, its place, its progress and its result, seen by all.
//
// The parts: [Queue] is what people do (enqueue, cancel, retry, list); [Pool] executes jobs with the built-in workers;
// [Assets] is the one way in for bytes, uploaded or generated; [Placements] turns a finished job into changes of the
// canvas. Stores, blobs, rooms and providers are ports.
//
// # Order
//
// Every transition is stored first, then shown, and bumps the room's job sequence. The room is shown transitions in
// sequence order, whichever goroutine stored them first: so a client that has seen sequence n needs only what comes after
// n when it resumes. A job that moved twice in a moment may be shown once, as it is in the end. Positions are no
// transitions: when the line of a room has changed, those of its first [toldPositions] waiting jobs whose position
// changed are shown again with their sequence unchanged, at once when the room was quiet and then at most once a second.
//
// # Failure
//
// A job is never lost and never ends twice. A worker holds a lease under a fencing token and renews it while it works; a
// lease that lapses puts the job back to its place with the attempt counted, and the late result is refused. A crash
// between any two steps leaves a job that the sweep picks up: queued or leased jobs run again, succeeded ones that are not
// on the canvas are placed again by a change whose ids are derived from the job. A result's bytes are durable before the
// row that names them, and that row is durable in the same transaction as the success. Bytes without a row (a crash in
// between, a refused late result) are garbage in the blob store, never wrong data.
//
// # Back-pressure
//
// A user has at most [protocol.Limits].JobsPerUser unfinished jobs in a room. The pool runs a fixed number of attempts;
// everything else waits in the store, so memory does not grow with the queue. Progress is dropped, never queued: the
// newest is shown a few times a second. Pictures are decoded two at a time within a pixel budget.
package generation
