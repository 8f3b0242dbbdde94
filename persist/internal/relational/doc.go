// Package relational keeps people, the queue, assets and recordings in tables that every SQL database of this project has:
// [Store] implements the stores of hub/auth, generation and rtc/recording over a [Database]. The logs of rooms are each
// database's own, because they are the hot path.
//
// One text of SQL serves all databases where they have words in common; where they have not, the [Dialect] names it.
//
// # Whose rows
//
// Every transaction says by a [Scope] whose rows it is about. A database may show it those alone, and so keep what this
// package gets wrong from crossing workspaces. What the queue asks over all workspaces gives keys; the transaction then
// enters the workspace of what it found.
//
// # Order
//
// What changes the queue goes through [Database.WriteInOrder]: one after another over all instances. So whose turn it is can
// be counted rather than estimated, and a job is claimed once.
//
// # Clock
//
// What has expired or lapsed is judged by [Tx.Now], the store's clock, and by no instance's own: one whose clock is wrong
// cannot end another's lease.
package relational
