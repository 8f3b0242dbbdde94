// Package testservers starts the real servers that tests need, each on a free port and in a folder of its own, and ends them
// with the test. A server that is not installed fails the test: nothing is skipped.
package testservers
