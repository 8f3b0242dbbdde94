// Package sqlite keeps rooms, people, jobs and assets in one SQLite file. [DB] implements the stores of rooms, hub/auth
// and generation.
//
// # Durability
//
// The file is in WAL mode with synchronous=FULL: what a method has acknowledged survives the loss of power. Both are
// asserted on every connection when it is opened, because a pragma that SQLite did not take is silent.
//
// # Writing
//
// SQLite has one writer per file, and a commit costs one fsync whatever is in it. So all writes of the process go through
// one committer goroutine (committer.go): it takes whatever waits, runs each write in a savepoint of one BEGIN IMMEDIATE,
// commits once, and only then tells the callers. An idle committer runs a write at once; a busy one commits larger groups,
// so load turns into group commit. Writes of one caller after another are applied in that order; nothing is promised
// between callers.
//
// A write that fails takes back its own savepoint and nobody else's. When the transaction itself breaks before COMMIT,
// nothing of the group is there, and each write runs once more in a transaction of its own, so that one poisonous write
// fails alone. When COMMIT fails, nobody knows what is on the disk: every caller of the group gets an error of no
// particular kind, and has to read before it says anything to anybody.
//
// # Back-pressure
//
// The queue of the committer is bounded. Callers wait for a place in it, and for their turn, under their context; once
// their write has begun they wait for its end, because only that end tells what became of it.
//
// # Reading
//
// Reads have a pool of their own with query_only set, and see every commit that was acknowledged before they began. They
// never wait for the writer.
package sqlite
