// Package archtest holds the rules of the house that a compiler does not: which package may import which, how long a
// file may grow, where a test may sleep; that every dependency has its reason in docs/dependencies.md and every rule of
// docs/protocol.md a test, and that links between our pages lead somewhere. All of it is in tests; nothing imports this
// package.
package archtest
