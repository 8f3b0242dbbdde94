// Package blob keeps bytes by their SHA-256 as files in folders: 5f/5f9c…. [Dir] implements [generation.Blobs].
//
// A blob is written to a temporary file while it is hashed, the file is synced, renamed to its name and its folder is
// synced, so that what has been acknowledged survives the loss of power, and a name never shows half a blob. The same
// bytes are stored once, however many write them at the same time. What a crash left unfinished is swept away when the
// folder is opened next; so a folder belongs to one process.
//
// Blobs are never changed and never deleted here. Nothing is buffered in memory: a slow reader of a blob or a slow
// source of one costs a file handle.
package blob
