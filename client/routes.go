package client

import (
	"context"
	"net/http"
	"time"

	"atelier/protocol"
)

// What the API speaks of; docs/http.md has the routes. Times are unix milliseconds.
type (
	// User is a person, a guest or a bot.
	User struct {
		ID   string `json:"id"`
		Name string `json:"name"`
		Kind string `json:"kind"` // guest, person, bot
	}
	// RoomEntry is a room as the directory lists it.
	RoomEntry struct {
		ID        string        `json:"id"`
		Name      string        `json:"name"`
		Private   bool          `json:"private"`
		Role      protocol.Role `json:"role"`
		Members   int           `json:"members"` // in it now
		CreatedAt int64         `json:"created_at"`
	}
	// Asset is some bytes in the server's store, named by their SHA-256.
	Asset struct {
		ID          string `json:"id"`
		Mime        string `json:"mime"`
		Bytes       int64  `json:"bytes"`
		Width       int    `json:"width"`
		Height      int    `json:"height"`
		DurationMS  int64  `json:"duration_ms"`
		Thumb       string `json:"thumb"`
		Placeholder string `json:"placeholder"`

		Provenance *Provenance `json:"provenance"` // what a PNG that was made here says of itself
	}
	// NewInvite asks for an invite link. The zero Room is the whole workspace, the zero Uses and ExpiresIn the server's
	// default.
	NewInvite struct {
		Role      protocol.Role
		Room      string
		Uses      int
		ExpiresIn time.Duration
	}
	// NewKey asks for a bot's API key. No Rooms are all rooms, the zero ExpiresIn is never.
	NewKey struct {
		Name      string
		Role      protocol.Role
		Rooms     []string
		ExpiresIn time.Duration
	}
	// Accepted is what an invite gave.
	Accepted struct {
		User      User          `json:"user"`
		Workspace string        `json:"workspace"`
		Room      string        `json:"room"`
		Role      protocol.Role `json:"role"`
	}
)

// Guest signs in as a guest; the API speaks as that guest from then on.
func (a *API) Guest(ctx context.Context, name string) (User, error) {
	var out struct {
		User User `json:"user"`
	}
	err := a.call(ctx, http.MethodPost, "/v1/guests", map[string]string{"name": name}, &out)
	return out.User, err
}

// AcceptInvite takes an invite or owner link's token; the API speaks as that user from then on.
func (a *API) AcceptInvite(ctx context.Context, token, name string) (Accepted, error) {
	var out Accepted
	body := map[string]string{"token": token}
	if name != "" {
		body["name"] = name
	}
	err := a.call(ctx, http.MethodPost, "/v1/invites/accept", body, &out)
	return out, err
}

// Rooms lists the rooms one may see, newest activity first.
func (a *API) Rooms(ctx context.Context) ([]RoomEntry, error) {
	var out struct {
		Rooms []RoomEntry `json:"rooms"`
	}
	err := a.call(ctx, http.MethodGet, "/v1/rooms", nil, &out)
	return out.Rooms, err
}

// CreateRoom makes a room that everybody of the workspace may see.
func (a *API) CreateRoom(ctx context.Context, name string) (RoomEntry, error) {
	var out RoomEntry
	err := a.call(ctx, http.MethodPost, "/v1/rooms", map[string]string{"name": name}, &out)
	return out, err
}

// CreateInvite makes an invite link.
func (a *API) CreateInvite(ctx context.Context, n NewInvite) (link string, err error) {
	body := map[string]any{"role": n.Role}
	setIf(body, "room", n.Room)
	setIf(body, "uses", n.Uses)
	setIf(body, "expires_in_s", int64(n.ExpiresIn.Seconds()))
	var out struct {
		URL string `json:"url"`
	}
	err = a.call(ctx, http.MethodPost, "/v1/invites", body, &out)
	return out.URL, err
}

// CreateKey makes a bot with an API key and returns the key's secret, which is shown only now.
func (a *API) CreateKey(ctx context.Context, n NewKey) (secret string, err error) {
	body := map[string]any{"name": n.Name, "role": n.Role}
	if len(n.Rooms) > 0 {
		body["rooms"] = n.Rooms
	}
	setIf(body, "expires_in_s", int64(n.ExpiresIn.Seconds()))
	var out struct {
		Secret string `json:"secret"`
	}
	err = a.call(ctx, http.MethodPost, "/v1/keys", body, &out)
	return out.Secret, err
}

// Ticket gets a one-use ticket for a room's socket; it holds for 30 s.
func (a *API) Ticket(ctx context.Context, room string) (string, error) {
	var out struct {
		Ticket string `json:"ticket"`
	}
	err := a.call(ctx, http.MethodPost, "/v1/tickets", map[string]string{"room": room}, &out)
	return out.Ticket, err
}

// setIf sets a key unless its value is the zero one.
func setIf[T comparable](body map[string]any, key string, v T) {
	var zero T
	if v != zero {
		body[key] = v
	}
}
