package hub

import (
	"context"
	"net/http"
	"net/url"

	"atelier/generation"
	"atelier/protocol"
)

// Lineages tells who came from what.
type Lineages interface {
	Graph(ctx context.Context, workspace, room, asset string, up, down int) (generation.Lineage, error)
	LinkUpload(ctx context.Context, workspace, room string, a generation.Asset) error
}

// Shares are links that show a lineage to anybody.
type Shares interface {
	Share(ctx context.Context, who generation.Who, asset string, up, down int) (generation.Share, string, error)
	Shares(ctx context.Context, room string) ([]generation.Share, error)
	Revoke(ctx context.Context, room, id string) error
	Shared(ctx context.Context, token string) (generation.Lineage, error)
	OpenShared(ctx context.Context, token, asset string) (generation.Asset, generation.Blob, error)
}

const (
	lineageSteps = 16 // when nobody says
	mostSteps    = 64
)

func (h *Hub) getLineage(x *exchange) error {
	up, err := x.number("up", lineageSteps, 0, mostSteps)
	if err != nil {
		return err
	}
	down, err := x.number("down", lineageSteps, 0, mostSteps)
	if err != nil {
		return err
	}
	g, err := h.cfg.Lineages.Graph(x.r.Context(), x.room.Workspace, x.room.ID, x.params.ByName("asset"), int(up), int(down))
	if err != nil {
		return err //nolint:wrapcheck // coded
	}
	if name := x.r.URL.Query().Get("download"); name != "" {
		x.w.Header().Set("Content-Disposition", disposition("application/json", name))
	}
	return x.reply(&g)
}

func (h *Hub) getShares(x *exchange) error {
	list, err := h.cfg.Shares.Shares(x.r.Context(), x.room.ID)
	if err != nil {
		return err //nolint:wrapcheck // says what it did
	}
	out := make([]shareJSON, 0, len(list))
	for _, s := range list {
		out = append(out, shareOf(s))
	}
	return x.reply(map[string][]shareJSON{"shares": out})
}

// shareJSON is a link without its token.
type shareJSON struct {
	ID        string `json:"id"`
	Room      string `json:"room"`
	Asset     string `json:"asset"`
	Up        int    `json:"up"`
	Down      int    `json:"down"`
	CreatedBy string `json:"created_by"`
	CreatedAt int64  `json:"created_at"`
}

func shareOf(s generation.Share) shareJSON {
	return shareJSON{
		ID: s.ID, Room: s.Room, Asset: s.Asset, Up: s.Up, Down: s.Down, CreatedBy: s.CreatedBy, CreatedAt: millis(s.CreatedAt),
	}
}

func (h *Hub) postShare(x *exchange) error {
	in := struct {
		Asset string `json:"asset"`
		Up    *int   `json:"up"`
		Down  *int   `json:"down"`
	}{}
	if err := x.read(&in); err != nil {
		return err
	}
	steps := map[string]int{}
	for name, asked := range map[string]*int{"up": in.Up, "down": in.Down} {
		steps[name] = lineageSteps
		if asked == nil {
			continue
		}
		if steps[name] = *asked; *asked < 0 || *asked > mostSteps {
			return protocol.Errorf(protocol.CodeInvalidInput, "%s: not within 0–%d", name, mostSteps)
		}
	}
	share, token, err := h.cfg.Shares.Share(x.r.Context(), x.asks(), in.Asset, steps["up"], steps["down"])
	if err != nil {
		return err //nolint:wrapcheck // coded
	}
	link, err := url.JoinPath(h.cfg.PublicURL, "shared", token)
	if err != nil {
		return err //nolint:wrapcheck // a fault of the configuration
	}
	return x.send(http.StatusCreated, struct {
		Share shareJSON `json:"share"`
		URL   string    `json:"url"`
	}{shareOf(share), link})
}

func (h *Hub) deleteShare(x *exchange) error {
	if err := h.cfg.Shares.Revoke(x.r.Context(), x.room.ID, x.params.ByName("share")); err != nil {
		return err //nolint:wrapcheck // coded
	}
	return x.done()
}

func (h *Hub) getShared(x *exchange) error {
	if err := h.cfg.Auth.AllowVisit(addressOf(x.r)); err != nil {
		return err //nolint:wrapcheck // coded
	}
	g, err := h.cfg.Shares.Shared(x.r.Context(), x.params.ByName("token"))
	if err != nil {
		return err //nolint:wrapcheck // coded
	}
	return x.reply(&g)
}

func (h *Hub) getSharedAsset(x *exchange) error {
	if err := h.cfg.Auth.AllowVisit(addressOf(x.r)); err != nil {
		return err //nolint:wrapcheck // coded
	}
	asset, blob, err := h.cfg.Shares.OpenShared(x.r.Context(), x.params.ByName("token"), x.params.ByName("asset"))
	if err != nil {
		return err //nolint:wrapcheck // coded
	}
	// A link that is revoked shows nothing any more: what a browser keeps of it, it asks for again.
	x.serveAsset(asset, blob, "private, no-cache")
	return nil
}
