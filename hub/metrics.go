package hub

import "time"

// Metrics counts what the hub does. Its methods must not block.
type Metrics interface {
	SocketOpened()
	SocketClosed()
	SocketCut(why Cut)
	Wrote(frames, bytes int)                             // to sockets
	Served(route string, status int, took time.Duration) // HTTP answers
}

// Cut is why a socket was cut without a word.
type Cut string

// Reasons of [Metrics.SocketCut].
const (
	CutOverflow Cut = "overflow" // its ordered lane was full
	CutTimeout  Cut = "timeout"  // it took nothing for too long, or the connection broke
)

type noMetrics struct{}

func (noMetrics) SocketOpened()                     {}
func (noMetrics) SocketClosed()                     {}
func (noMetrics) SocketCut(Cut)                     {}
func (noMetrics) Wrote(int, int)                    {}
func (noMetrics) Served(string, int, time.Duration) {}
