package client

import (
	"context"
	"net/http"

	"atelier/protocol"
)

// Recordings lists the recordings of a room's call that have ended, the newest first. The pieces' assets are Ogg files of
// Opus; beside each other at their offsets they are the call.
func (a *API) Recordings(ctx context.Context, room string) ([]protocol.Recording, error) {
	var out struct {
		Recordings []protocol.Recording `json:"recordings"`
	}
	err := a.call(ctx, http.MethodGet, roomPath(room, "/recordings"), nil, &out)
	return out.Recordings, err
}
