package fanout

import "context"

// Transport carries messages between instances: at most once, those of one publisher on one topic in order, to everybody who
// has subscribed to the topic, the publisher included. Methods are safe for concurrent use and but for Close none waits.
type Transport interface {
	// Publish sends a message. It is lost while the transport is down or cannot keep up. The payload must not be changed any
	// more.
	Publish(topic string, payload []byte)

	// Subscribe listens to a topic until cancel is called. A topic may have several receivers. Listening begins some time
	// later: then, and whenever messages may have been missed, Lost is called.
	Subscribe(topic string, to Receiver) (cancel func())

	// Health is the newest state. Changed is closed when there is another.
	Health() (state Health, changed <-chan struct{})

	// Close unsubscribes everybody and ends; at most as long as ctx allows it sends what was published before.
	Close(ctx context.Context) error
}

// Receiver gets the messages of a topic, one call at a time. Its methods must not block. One call may still come while cancel
// returns, none begins afterwards.
type Receiver interface {
	// Receive gives a message, which is shared and read only.
	Receive(payload []byte)

	// Lost tells that messages published before now may have been missed, and that those from now on come.
	Lost()
}

// Health of a transport.
type Health uint8

// A transport that is degraded carries nothing, or not all: what it carries has to be looked for elsewhere.
const (
	Healthy Health = iota
	Degraded
)

func (h Health) String() string {
	if h == Degraded {
		return "degraded"
	}
	return "healthy"
}
