// Package postgres keeps everything in a Postgres database that several instances share.
//
// # Roles and walls
//
// All tables are in the schema "atelier" and belong to whoever migrates. The program works as the role atelier_app, which owns
// nothing and is held by row level security to one workspace in each transaction; what it needs over several is asked of narrow
// functions that run as the owner ([security]). A login that may create the schema migrates by itself when it opens the
// database. One that was only granted atelier_app finds a database that somebody else has migrated, or says so.
//
// # Order
//
// The log of a room grows by compare-and-set on its head, in one round trip. Whoever was beaten judges its batch again while it
// holds the room's row.
//
// [security]: https://www.postgresql.org/docs/current/ddl-rowsecurity.html
package postgres
