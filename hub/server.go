package hub

import (
	"log/slog"
	"net/http"
	"time"
)

// NewServer is an HTTP server that a client cannot hold up: headers, bodies and answers have their time. Assets get more
// (see api_assets.go), sockets are taken over and keep their own.
func NewServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}
