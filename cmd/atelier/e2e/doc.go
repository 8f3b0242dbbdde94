// Package e2e tests the binary as people run it: processes, sockets, files and signals. The clients are those of package
// client; a proxy of ours stands between, so that a server that comes back on another port is found again, and
// connections can be cut.
//
// `go test -tags soak` runs the long forms.
package e2e
