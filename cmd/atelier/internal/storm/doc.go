// Package storm is the load generator: cursor storms, idle herds, join storms and edit storms against a running server,
// with one [Report] each. It speaks the protocol over its own bare WebSocket reader, so that the generator costs little
// beside the server it measures; it is for loads, not for use.
//
// # Cursors
//
// Every position carries its sender's sequence number in x and a check of sender and number in y. The send time stands
// in a table by number, so the latency of each delivered position is known without a clock on the wire. A server may
// skip positions that were overtaken; a member whose last position never reaches somebody after the storm counts as
// missing, a position that was never sent, or that goes back, as wrong.
//
// # Cost
//
// The server's CPU time is the kernel's (user + system of /proc/PID/stat, in steps of 10 ms), between the first and the
// last position sent; its memory is VmRSS of /proc/PID/status.
package storm
