package generation

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"time"

	"atelier/protocol"
)

// How far a lineage reaches when nobody says, at most, and how many edges are told.
const (
	usualDepth = 16
	maxDepth   = 64
	maxEdges   = 1000
	maxShares  = 200 // of a room
)

// LineagesConfig wires [Lineages]. All fields but Now are required.
type LineagesConfig struct {
	Store  LineageStore
	Shares ShareStore
	Jobs   QueueStore
	Rows   AssetStore
	Assets *Assets
	Now    func() time.Time // time.Now
}

// Lineages tells who came from what within a room, and shares it by links.
type Lineages struct{ cfg LineagesConfig }

// NewLineages makes the service.
func NewLineages(cfg LineagesConfig) *Lineages {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Lineages{cfg: cfg}
}

// Lineage is the graph around an asset. From and To of its edges are assets; the shares that sources have of the asset add
// up to 1.
type Lineage struct {
	Room    string          `json:"room"`
	Asset   string          `json:"asset"`
	Nodes   []LineageNode   `json:"nodes"` // the asset first, then by depth
	Edges   []LineageEdge   `json:"edges"`
	Sources []LineageSource `json:"sources"` // the largest first
	More    bool            `json:"more,omitempty"`
}

// LineageNode is an asset with what is known of how it was made.
type LineageNode struct {
	Asset       string         `json:"asset"`
	Depth       int            `json:"depth"`               // steps from the asset asked for; negative above it
	Influence   float64        `json:"influence,omitempty"` // its part of the asset asked for, 0–1
	Kind        string         `json:"kind"`
	Mime        string         `json:"mime,omitempty"`
	Bytes       int64          `json:"bytes,omitempty"`
	Width       int            `json:"width,omitempty"`
	Height      int            `json:"height,omitempty"`
	DurationMS  int64          `json:"duration_ms,omitempty"`
	Thumb       string         `json:"thumb,omitempty"`
	Placeholder string         `json:"placeholder,omitempty"`
	Text        string         `json:"text,omitempty"`
	Record      string         `json:"record,omitempty"`
	Job         string         `json:"job,omitempty"`
	Index       int            `json:"index,omitempty"`
	Transform   string         `json:"transform,omitempty"`
	Prompt      string         `json:"prompt,omitempty"`
	Negative    string         `json:"negative,omitempty"`
	Provider    string         `json:"provider,omitempty"`
	Model       string         `json:"model,omitempty"`
	Params      map[string]any `json:"params,omitempty"`
	Seed        int64          `json:"seed,omitempty"`
	UserName    string         `json:"user_name,omitempty"`
	At          int64          `json:"at,omitempty"` // unix ms
	Uploaded    bool           `json:"uploaded,omitempty"`
}

// LineageEdge says that To was made from From, which has Share of it.
type LineageEdge struct {
	From   string  `json:"from"`
	To     string  `json:"to"`
	Job    string  `json:"job,omitempty"`
	Index  int     `json:"index,omitempty"`
	Weight float64 `json:"weight"`
	Share  float64 `json:"share"`
}

// LineageSource is what something comes from in the end: an asset without parents (in sight), or the words of a job.
type LineageSource struct {
	Asset  string  `json:"asset,omitempty"`
	Job    string  `json:"job,omitempty"`
	Prompt string  `json:"prompt,omitempty"`
	Share  float64 `json:"share"`
}

// Graph is the lineage of an asset of a room, up and down so many steps (0 to 64; below 0: 16). NOT_FOUND for an asset that
// is not in the room's lineage or not in the workspace.
func (l *Lineages) Graph(ctx context.Context, workspace, room, asset string, up, down int) (Lineage, error) {
	up, down = depthOf(up), depthOf(down)
	if _, err := l.cfg.Rows.Asset(ctx, workspace, asset); err != nil {
		return Lineage{}, fmt.Errorf("look up asset: %w", err)
	}
	origins, more, err := l.cfg.Store.Lineage(ctx, room, asset, max(up, 1), down, maxEdges) // who made it is always asked
	if err != nil {
		return Lineage{}, fmt.Errorf("read lineage: %w", err)
	}
	if len(origins) == 0 {
		return Lineage{}, protocol.Errorf(protocol.CodeNotFound, "the room's queue knows nothing of this asset")
	}
	jobs, err := l.jobs(ctx, room, origins)
	if err != nil {
		return Lineage{}, err
	}
	g := newFamily(asset, origins, jobs, up)
	out := Lineage{Room: room, Asset: asset, More: more, Edges: g.edges(), Sources: g.sources()}
	for _, id := range g.order() {
		node, err := l.node(ctx, workspace, g, id)
		if err != nil {
			return Lineage{}, err
		}
		out.Nodes = append(out.Nodes, node)
	}
	return out, nil
}

func depthOf(steps int) int {
	if steps < 0 {
		return usualDepth
	}
	return min(steps, maxDepth)
}

func (l *Lineages) jobs(ctx context.Context, room string, origins []Origin) (map[string]protocol.Job, error) {
	jobs := make(map[string]protocol.Job)
	for _, o := range origins {
		if _, known := jobs[o.Job]; known || o.Job == "" {
			continue
		}
		job, err := l.cfg.Jobs.Job(ctx, room, o.Job)
		if err != nil {
			return nil, fmt.Errorf("read job of lineage: %w", err)
		}
		jobs[o.Job] = job
	}
	return jobs, nil
}

func (l *Lineages) node(ctx context.Context, workspace string, g *family, id string) (LineageNode, error) {
	n := LineageNode{Asset: id, Depth: g.depth[id], Influence: g.influence[id]}
	row, err := l.cfg.Rows.Asset(ctx, workspace, id)
	if err != nil && protocol.CodeOf(err) != protocol.CodeNotFound {
		return n, fmt.Errorf("look up asset of lineage: %w", err)
	}
	n.Mime, n.Bytes, n.Width, n.Height, n.DurationMS = row.Mime, row.Bytes, row.Width, row.Height, row.DurationMS
	n.Thumb, n.Placeholder = row.Thumb, row.Placeholder
	n.Kind, _, _ = strings.Cut(row.Mime, "/")
	made, ok := g.maker[id]
	job := g.jobs[made.Job]
	if !ok || made.Job == "" || made.Index >= len(job.Results) {
		n.Uploaded, n.At = true, row.CreatedAt.UnixMilli()
		return n, nil
	}
	n.Kind, n.Job, n.Index, n.Transform, n.Prompt, n.Negative = job.Kind, job.ID, made.Index, job.Transform, job.Prompt, job.Negative
	n.Provider, n.Model, n.Params, n.Seed = job.Provider, job.Model, ParamsOf(job.JobRequest, made.Index), SeedOf(job, made.Index)
	n.UserName, n.At, n.Record, n.Text = job.UserName, job.EndedAt, job.Results[made.Index].Record, job.Results[made.Index].Text
	return n, nil
}

// LinkUpload links an upload that says how it was made to its original, when the room knows that. Another upload has no
// lineage until something is made from it.
func (l *Lineages) LinkUpload(ctx context.Context, workspace, room string, a Asset) error {
	if a.Provenance == nil || !protocol.ValidID(a.Provenance.Job) {
		return nil
	}
	job, err := l.cfg.Jobs.Job(ctx, room, a.Provenance.Job)
	switch i := a.Provenance.Index; {
	case protocol.CodeOf(err) == protocol.CodeNotFound:
		return nil
	case err != nil:
		return fmt.Errorf("look up the original: %w", err)
	case i < 0 || i >= len(job.Results) || job.Results[i].Asset == a.ID:
		return nil
	default:
		o := Origin{Workspace: workspace, Room: room, Asset: a.ID, Parent: job.Results[i].Asset, Weight: 1}
		if err := l.cfg.Store.PutOrigins(ctx, o); err != nil {
			return fmt.Errorf("link an upload: %w", err)
		}
		return nil
	}
}

// Share makes a link to an asset's lineage. The token is told once: 256 random bits, of which the store keeps the hash.
func (l *Lineages) Share(ctx context.Context, who Who, asset string, up, down int) (Share, string, error) {
	up, down = depthOf(up), depthOf(down)
	if _, err := l.Graph(ctx, who.Workspace, who.Room, asset, up, down); err != nil {
		return Share{}, "", err
	}
	there, err := l.Shares(ctx, who.Room)
	if err != nil {
		return Share{}, "", err
	}
	if len(there) >= maxShares {
		return Share{}, "", protocol.Errorf(protocol.CodeConflict, "the room has %d links; end some first", len(there))
	}
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // never fails
	token := base64.RawURLEncoding.EncodeToString(secret)
	s := Share{
		ID: protocol.NewID(), Workspace: who.Workspace, Room: who.Room, Asset: asset, Up: up, Down: down,
		CreatedBy: who.User, CreatedAt: l.cfg.Now(), Hash: hashOf(token),
	}
	if err := l.cfg.Shares.PutShare(ctx, s); err != nil {
		return Share{}, "", fmt.Errorf("store a share: %w", err)
	}
	return s, token, nil
}

func hashOf(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// Shares lists a room's links, oldest first.
func (l *Lineages) Shares(ctx context.Context, room string) ([]Share, error) {
	list, err := l.cfg.Shares.Shares(ctx, room)
	if err != nil {
		return nil, fmt.Errorf("read shares: %w", err)
	}
	return list, nil
}

// Revoke ends a link at once. NOT_FOUND when there is none.
func (l *Lineages) Revoke(ctx context.Context, room, id string) error {
	if err := l.cfg.Shares.RevokeShare(ctx, room, id); err != nil {
		return fmt.Errorf("revoke a share: %w", err)
	}
	return nil
}

// Shared is what a link shows. NOT_FOUND when it was revoked or never was.
func (l *Lineages) Shared(ctx context.Context, token string) (Lineage, error) {
	s, err := l.cfg.Shares.ShareByHash(ctx, hashOf(token))
	if err != nil {
		return Lineage{}, fmt.Errorf("look up a share: %w", err)
	}
	return l.Graph(ctx, s.Workspace, s.Room, s.Asset, s.Up, s.Down)
}

// OpenShared opens an asset, or a thumbnail, of what a link shows; NOT_FOUND for any other. The caller closes the blob.
func (l *Lineages) OpenShared(ctx context.Context, token, asset string) (Asset, Blob, error) {
	s, err := l.cfg.Shares.ShareByHash(ctx, hashOf(token))
	if err != nil {
		return Asset{}, nil, fmt.Errorf("look up a share: %w", err)
	}
	g, err := l.Graph(ctx, s.Workspace, s.Room, s.Asset, s.Up, s.Down)
	if err != nil {
		return Asset{}, nil, err
	}
	if !slices.ContainsFunc(g.Nodes, func(n LineageNode) bool { return n.Asset == asset || n.Thumb == asset }) {
		return Asset{}, nil, protocol.Errorf(protocol.CodeNotFound, "no such asset")
	}
	return l.cfg.Assets.Open(ctx, s.Workspace, asset)
}
