// Package auth knows who somebody is and what they may do: guests, invite links, API keys, login sessions, socket
// tickets and session tokens. It keeps no secret in the clear: tokens are random, shown once and stored as SHA-256.
package auth
