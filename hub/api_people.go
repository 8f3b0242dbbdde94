package hub

import (
	"atelier/hub/auth"
	"atelier/protocol"
)

type personJSON struct {
	User userJSON      `json:"user"`
	Role protocol.Role `json:"role"`
}

func (h *Hub) getPeople(x *exchange) error {
	list, err := h.cfg.Auth.People(x.r.Context())
	if err != nil {
		return err //nolint:wrapcheck // says what it did
	}
	out := make([]personJSON, len(list))
	for i, m := range list {
		out[i] = personJSON{userOf(m.User), m.Role}
	}
	return x.reply(map[string][]personJSON{"people": out})
}

func (h *Hub) patchPerson(x *exchange) error {
	var in struct {
		Role protocol.Role `json:"role"`
	}
	if err := x.read(&in); err != nil {
		return err
	}
	m, err := h.cfg.Auth.SetRole(x.r.Context(), x.params.ByName("user"), in.Role)
	if err != nil {
		return err //nolint:wrapcheck // coded
	}
	if err := h.refresh(x.r.Context(), concern{User: m.User.ID}); err != nil {
		return err
	}
	return x.reply(personJSON{userOf(m.User), m.Role})
}

func (h *Hub) deletePerson(x *exchange) error {
	user := x.params.ByName("user")
	if err := h.cfg.Auth.Remove(x.r.Context(), user); err != nil {
		return err //nolint:wrapcheck // coded
	}
	if err := h.refresh(x.r.Context(), concern{User: user}); err != nil {
		return err
	}
	return x.done()
}

type inviteJSON struct {
	ID        string        `json:"id"`
	Room      string        `json:"room,omitempty"`
	Role      protocol.Role `json:"role"`
	UsesLeft  int           `json:"uses_left"`
	ExpiresAt int64         `json:"expires_at"`
	CreatedBy string        `json:"created_by,omitempty"`
	CreatedAt int64         `json:"created_at"`
}

func inviteOf(i auth.Invite) inviteJSON {
	return inviteJSON{
		ID: i.ID, Room: i.Room, Role: i.Role, UsesLeft: i.UsesLeft, ExpiresAt: millis(i.Expires), CreatedBy: i.CreatedBy,
		CreatedAt: millis(i.CreatedAt),
	}
}

func (h *Hub) getInvites(x *exchange) error {
	list, err := h.cfg.Auth.Invites(x.r.Context())
	if err != nil {
		return err //nolint:wrapcheck // says what it did
	}
	out := make([]inviteJSON, len(list))
	for i, v := range list {
		out[i] = inviteOf(v)
	}
	return x.reply(map[string][]inviteJSON{"invites": out})
}

func (h *Hub) postInvite(x *exchange) error {
	var in struct {
		Role      protocol.Role `json:"role"`
		Room      string        `json:"room"`
		Uses      int           `json:"uses"`
		ExpiresIn int64         `json:"expires_in_s"`
	}
	if err := x.read(&in); err != nil {
		return err
	}
	invite, token, err := h.cfg.Auth.Invite(x.r.Context(), x.who.User.ID, auth.NewInvite{
		Role: in.Role, Room: in.Room, Uses: in.Uses, Life: auth.Seconds(in.ExpiresIn),
	})
	if err != nil {
		return err //nolint:wrapcheck // coded
	}
	return x.reply(struct {
		Invite inviteJSON `json:"invite"`
		Token  string     `json:"token"`
		URL    string     `json:"url"`
	}{inviteOf(invite), token, h.InviteURL(token)})
}

// InviteURL is the link that takes an invite. The token is in the fragment, which browsers send to nobody.
func (h *Hub) InviteURL(token string) string { return h.cfg.PublicURL + "/join#" + token }

func (h *Hub) deleteInvite(x *exchange) error {
	if err := h.cfg.Auth.DeleteInvite(x.r.Context(), x.params.ByName("invite")); err != nil {
		return err //nolint:wrapcheck // coded
	}
	return x.done()
}

type keyJSON struct {
	ID        string        `json:"id"`
	User      string        `json:"user"`
	Name      string        `json:"name"`
	Role      protocol.Role `json:"role"`
	Rooms     []string      `json:"rooms,omitempty"`
	ExpiresAt int64         `json:"expires_at,omitempty"`
	CreatedBy string        `json:"created_by,omitempty"`
	CreatedAt int64         `json:"created_at"`
	LastUsed  int64         `json:"last_used_at,omitempty"`
}

func keyOf(k auth.Key) keyJSON {
	return keyJSON{
		ID: k.ID, User: k.User, Name: k.Name, Role: k.Role, Rooms: k.Rooms, ExpiresAt: millis(k.Expires),
		CreatedBy: k.CreatedBy, CreatedAt: millis(k.CreatedAt), LastUsed: millis(k.LastUsed),
	}
}

func (h *Hub) getKeys(x *exchange) error {
	list, err := h.cfg.Auth.Keys(x.r.Context())
	if err != nil {
		return err //nolint:wrapcheck // says what it did
	}
	out := make([]keyJSON, len(list))
	for i, k := range list {
		out[i] = keyOf(k)
	}
	return x.reply(map[string][]keyJSON{"keys": out})
}

func (h *Hub) postKey(x *exchange) error {
	var in struct {
		Name      string        `json:"name"`
		Role      protocol.Role `json:"role"`
		Rooms     []string      `json:"rooms"`
		ExpiresIn int64         `json:"expires_in_s"`
	}
	if err := x.read(&in); err != nil {
		return err
	}
	key, secret, err := h.cfg.Auth.NewKey(x.r.Context(), x.who.User.ID, auth.NewKey{
		Name: in.Name, Role: in.Role, Rooms: in.Rooms, Life: auth.Seconds(in.ExpiresIn),
	})
	if err != nil {
		return err //nolint:wrapcheck // coded
	}
	return x.reply(struct {
		Key    keyJSON `json:"key"`
		Secret string  `json:"secret"`
	}{keyOf(key), secret})
}

func (h *Hub) deleteKey(x *exchange) error {
	key, err := h.cfg.Auth.DeleteKey(x.r.Context(), x.params.ByName("key"))
	if err != nil {
		return err //nolint:wrapcheck // coded
	}
	if err := h.refresh(x.r.Context(), concern{User: key.User}); err != nil {
		return err
	}
	return x.done()
}
