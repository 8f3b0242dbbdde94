// Package storetest holds what every store must do, as suites that the tests of each store run: [Rooms], [Auth] and
// [Recordings] with an [Opener], [Blobs] with a folder. It also has [Faulty], a store of rooms that stalls and fails on demand.
//
// A suite asks nothing of a store but its port, and so says nothing about how one stores. What only one store promises
// is tested beside it.
package storetest
