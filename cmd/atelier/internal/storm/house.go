package storm

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"atelier/client"
	"atelier/protocol"
)

// seat is one socket to be opened: a room and a guest's cookie.
type seat struct {
	room   int // index
	id     string
	cookie string
}

// seats makes the rooms and as many guests as the limit of sockets a user asks for.
func seats(ctx context.Context, o Options) ([]seat, error) {
	var (
		hc    = &http.Client{Timeout: 30 * time.Second}
		guest *client.API
		rooms = make([]string, o.Rooms)
		out   = make([]seat, 0, o.sockets())
	)
	for len(out) < o.sockets() {
		if len(out)%o.PerUser == 0 {
			api, err := client.NewAPI(o.URL, client.Identity{}, hc)
			if err != nil {
				return nil, err
			}
			err = patiently(ctx, func() error {
				_, err := api.Guest(ctx, fmt.Sprintf("Storm %d", len(out)/o.PerUser+1))
				return err
			})
			if err != nil {
				return nil, fmt.Errorf("make a guest: %w", err)
			}
			guest = api
		}
		room := len(out) / o.Members
		if rooms[room] == "" {
			err := patiently(ctx, func() error {
				entry, err := guest.CreateRoom(ctx, fmt.Sprintf("Storm %d", room+1))
				rooms[room] = entry.ID
				return err
			})
			if err != nil {
				return nil, fmt.Errorf("make a room: %w", err)
			}
		}
		out = append(out, seat{room: room, id: rooms[room], cookie: guest.Cookie()})
	}
	return out, nil
}

// patiently repeats what the server says may be repeated, after the wait it asks for.
func patiently(ctx context.Context, do func() error) error {
	for {
		err := do()
		coded, ok := errors.AsType[*protocol.Error](err)
		if !ok || !coded.Retryable {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(max(time.Duration(coded.RetryAfterMS)*time.Millisecond, 50*time.Millisecond)):
		}
	}
}
