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
// SQLite has one writer per file, so all writes of the process go through one committer, which lets those that wait share a
// BEGIN IMMEDIATE and its fsync: see [groupcommit].
//
// # Reading
//
// Reads have a pool of their own with query_only set, and see every commit that was acknowledged before they began. They
// never wait for the writer.
package sqlite
