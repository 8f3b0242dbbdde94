package hub

import "time"

// Metrics counts what the hub does. Its methods must not block.
type Metrics interface {
	SocketOpened()
	SocketClosed()
	SocketCut(why string)                                // overflow or timeout
	Wrote(frames, bytes int)                             // to sockets
	Understood(by string)                                // what was said: grammar, endpoint or nobody
	Served(route string, status int, took time.Duration) // HTTP answers
}

// Reasons of [Metrics.SocketCut].
const (
	cutOverflow = "overflow" // its ordered lane was full
	cutTimeout  = "timeout"  // it took nothing for too long, or the connection broke
)

type noMetrics struct{}

func (noMetrics) SocketOpened()                     {}
func (noMetrics) SocketClosed()                     {}
func (noMetrics) SocketCut(string)                  {}
func (noMetrics) Wrote(int, int)                    {}
func (noMetrics) Understood(string)                 {}
func (noMetrics) Served(string, int, time.Duration) {}
