// Package redisbus carries messages between instances through Redis (https://redis.io/docs/latest/develop/pubsub/): a single
// server, one behind Sentinel, or a cluster with sharded channels (Redis 7).
//
// # Shards
//
// A topic belongs to one of [Shards] shards by its CRC-32; its channel is "prefix:{shard}:topic", so that a shard is in one
// slot of a cluster whatever its topics are. On a cluster each shard that has topics listens on a connection of its own; else
// all of them share one.
//
// # Who runs what
//
// A listener owns one connection. Its steward writes subscriptions, its reader reads; an error of either, a subscription that
// ends unasked (a slot has moved) or a silence that a probe does not end has both begin anew on a new connection, and
// everybody is told that messages may have been lost. One publisher sends what was published since its last round trip in one
// pipeline. What it cannot send is lost.
package redisbus
