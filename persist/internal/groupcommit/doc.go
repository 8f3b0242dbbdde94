// Package groupcommit lets the writes of a process share transactions.
//
// A commit costs one fsync, and a lock over all instances one wait, whatever is in the transaction. So one goroutine takes
// whatever waits, runs each write in a savepoint of one transaction, commits once, and only then tells the callers. An idle
// committer runs a write at once; a busy one commits larger groups, so load turns into group commit. Writes of one caller
// after another are applied in that order; nothing is promised between callers.
//
// A write that fails takes back its own savepoint and nobody else's. When the transaction itself breaks before COMMIT,
// nothing of the group is there, and each write runs once more in a transaction of its own, so that one poisonous write
// fails alone. When COMMIT fails, nobody knows what is on the disk: every caller of the group gets an error of no
// particular kind, and has to read before it says anything to anybody.
//
// The queue of the committer is bounded. Callers wait for a place in it, and for their turn, under their context; once
// their write has begun they wait for its end, because only that end tells what became of it.
package groupcommit
