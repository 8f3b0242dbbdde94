package hub

import (
	"net"
	"net/http"
	"strings"

	"atelier/hub/auth"
	"atelier/protocol"
)

// userJSON is a user as the API tells it.
type userJSON struct {
	ID   string        `json:"id"`
	Name string        `json:"name"`
	Kind auth.UserKind `json:"kind"`
}

func userOf(u auth.User) userJSON { return userJSON{ID: u.ID, Name: u.Name, Kind: u.Kind} }

func (h *Hub) publicTLS() bool { return strings.HasPrefix(h.cfg.PublicURL, "https://") }

func (h *Hub) getConfig(x *exchange) error {
	return x.reply(struct {
		Guests  bool            `json:"guests"`
		Version string          `json:"version"`
		Limits  protocol.Limits `json:"limits"`
	}{h.cfg.Auth.Guests(), h.cfg.Version, h.cfg.Limits})
}

// addressOf is the address that a sign-in is counted for. A proxy's headers are not believed.
func addressOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

func (h *Hub) postGuest(x *exchange) error {
	var in struct {
		Name string `json:"name"`
	}
	if err := h.cfg.Auth.AllowSignIn(x.r.Context(), addressOf(x.r)); err != nil {
		return err //nolint:wrapcheck // coded
	}
	if err := x.read(&in); err != nil {
		return err
	}
	user, cookie, err := h.cfg.Auth.Guest(x.r.Context(), in.Name)
	if err != nil {
		return err //nolint:wrapcheck // coded
	}
	http.SetCookie(x.w, auth.Cookie(cookie, x.overTLS()))
	return x.reply(map[string]userJSON{"user": userOf(user)})
}

func (h *Hub) acceptInvite(x *exchange) error {
	var in struct {
		Token string `json:"token"`
		Name  string `json:"name"`
	}
	if err := h.cfg.Auth.AllowSignIn(x.r.Context(), addressOf(x.r)); err != nil {
		return err //nolint:wrapcheck // coded
	}
	if err := x.read(&in); err != nil {
		return err
	}
	who, err := h.cfg.Auth.Identify(x.r.Context(), x.r)
	if err != nil && protocol.CodeOf(err) != protocol.CodeAuthRequired {
		return err //nolint:wrapcheck // says what it did
	}
	got, err := h.cfg.Auth.Accept(x.r.Context(), who, in.Token, in.Name)
	if err != nil {
		return err //nolint:wrapcheck // coded
	}
	if got.Cookie != "" {
		http.SetCookie(x.w, auth.Cookie(got.Cookie, x.overTLS()))
	}
	if err := h.refresh(x.r.Context(), concern{User: got.User.ID}); err != nil {
		return err
	}
	return x.reply(struct {
		User      userJSON      `json:"user"`
		Workspace string        `json:"workspace"`
		Room      string        `json:"room,omitempty"`
		Role      protocol.Role `json:"role"`
	}{userOf(got.User), got.Invite.Workspace, got.Invite.Room, got.Role})
}

func (h *Hub) getMe(x *exchange) error {
	role, err := h.cfg.Auth.RoleAnywhere(x.r.Context(), x.who.User.ID)
	if err != nil {
		return err //nolint:wrapcheck // says what it did
	}
	type workspace struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}
	id, name := h.cfg.Auth.Workspace()
	return x.reply(struct {
		User      userJSON      `json:"user"`
		Workspace workspace     `json:"workspace"`
		Role      protocol.Role `json:"role"`
	}{userOf(x.who.User), workspace{id, name}, role})
}

func (h *Hub) postLogout(x *exchange) error {
	if err := h.cfg.Auth.Logout(x.r.Context(), x.who); err != nil {
		return err //nolint:wrapcheck // says what it did
	}
	http.SetCookie(x.w, auth.Cookie("", x.overTLS()))
	return x.done()
}

func (h *Hub) postTicket(x *exchange) error {
	var in struct {
		Room string `json:"room"`
	}
	if err := x.read(&in); err != nil {
		return err
	}
	if _, _, err := h.cfg.Auth.Access(x.r.Context(), in.Room, x.who.User.ID); err != nil {
		return err //nolint:wrapcheck // coded
	}
	secret, expires, err := h.cfg.Auth.Ticket(x.r.Context(), x.who, in.Room)
	if err != nil {
		return err //nolint:wrapcheck // coded
	}
	return x.reply(struct {
		Ticket    string `json:"ticket"`
		ExpiresAt int64  `json:"expires_at"`
	}{secret, millis(expires)})
}
