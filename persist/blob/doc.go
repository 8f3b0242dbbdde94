// Package blob keeps bytes by their SHA-256, in folders ([Dir]) or in a bucket of an S3-compatible store ([S3]), in both
// under 5f/5f9c…; what [Open] opens implements [generation.Blobs]. [Copy] brings one to the state of the other.
//
// A blob is written to a temporary file while it is hashed. In a folder the file is synced, renamed to its name and its
// folder is synced; to a bucket it is uploaded in one request, with its hash as the checksum that the store verifies. So
// what has been acknowledged survives the loss of power, and a name never shows half a blob. The same bytes are stored once,
// however many write them at the same time. What a crash left unfinished is swept away when the store is opened an hour
// later or after that: what is younger may be another process's.
//
// Blobs are never changed and never deleted here. Nothing is buffered in memory: a slow reader of a blob or a slow
// source of one costs a file handle or a connection.
package blob
