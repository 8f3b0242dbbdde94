package storm

import (
	"context"
	"errors"
	"fmt"
	"net"
)

// deafBuffer is the receive buffer of a deaf member in bytes, small so that the server feels it soon.
const deafBuffer = 4 << 10

// deafen lets o.Deaf members join each room that never read again: the others must not notice.
func deafen(ctx context.Context, o Options, places []seat) (members []*wire, err error) {
	for i := range o.Rooms {
		s := places[i*o.Members]
		for range o.Deaf {
			w, err := joinDeaf(ctx, o.URL, s)
			if err != nil {
				return members, fmt.Errorf("a deaf member: %w", err)
			}
			members = append(members, w)
		}
	}
	return members, nil
}

func joinDeaf(ctx context.Context, url string, s seat) (*wire, error) {
	w, err := dial(ctx, url, s.id, s.cookie)
	if err != nil {
		return nil, err
	}
	if tcp, ok := w.conn.(*net.TCPConn); ok {
		err = tcp.SetReadBuffer(deafBuffer)
	}
	_, joined := w.join()
	if err := errors.Join(err, joined); err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}
