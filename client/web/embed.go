// Package web holds the built studio page, embedded in the binary. Before the first build (make web) it is empty but
// for a marker, and the server says so in place of the page.
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Dist is the root of the built page: index.html and assets/.
func Dist() fs.FS {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // "dist" is a valid path: it cannot fail
	}
	return sub
}
