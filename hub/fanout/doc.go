// Package fanout carries what happens in a room to the other instances that have members in it.
//
// # Layers
//
// A [Transport] carries bytes by topic, at most once: [Exchange] within one process, redisbus through Redis. Both pass one
// suite (fanouttest). Everything above it takes loss for granted: what is durable is repaired from the store, what is not is
// said again.
package fanout
