package client

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
)

type (
	// Provenance is how a file was made, as its PNG text and its lineage tell.
	Provenance struct {
		Job       string         `json:"job"`
		Index     int            `json:"index"` // of the job's results
		Kind      string         `json:"kind"`
		Transform string         `json:"transform"`
		Provider  string         `json:"provider"`
		Model     string         `json:"model"`
		Prompt    string         `json:"prompt"`
		Negative  string         `json:"negative"`
		Params    map[string]any `json:"params"`
		Seed      int64          `json:"seed"`
		Inputs    []string       `json:"inputs"` // assets
	}
	// Lineage is what an asset came from and what was made from it, within a room. docs/queue.md has how shares are counted.
	Lineage struct {
		Room    string          `json:"room"`
		Asset   string          `json:"asset"`
		Nodes   []LineageNode   `json:"nodes"` // the asset first, then by depth
		Edges   []LineageEdge   `json:"edges"`
		Sources []LineageSource `json:"sources"` // the largest first; their shares add up to 1
		More    bool            `json:"more"`    // some were left out
	}
	// LineageNode is an asset of a lineage. An upload that was not made here has no Job.
	LineageNode struct {
		Provenance

		Asset       string  `json:"asset"`
		Depth       int     `json:"depth"`     // steps from the asset asked for, negative above it
		Influence   float64 `json:"influence"` // its part of the asset asked for, 0–1
		Mime        string  `json:"mime"`
		Bytes       int64   `json:"bytes"`
		Width       int     `json:"width"`
		Height      int     `json:"height"`
		DurationMS  int64   `json:"duration_ms"`
		Thumb       string  `json:"thumb"`
		Placeholder string  `json:"placeholder"`
		Text        string  `json:"text"`
		Record      string  `json:"record"` // that shows it
		UserName    string  `json:"user_name"`
		At          int64   `json:"at"` // unix ms
		Uploaded    bool    `json:"uploaded"`
	}
	// LineageEdge says that an asset was made from another one, with what weight, and what share of it that gives it, 0–1.
	LineageEdge struct {
		From   string  `json:"from"`
		To     string  `json:"to"`
		Job    string  `json:"job"`
		Index  int     `json:"index"`
		Weight float64 `json:"weight"`
		Share  float64 `json:"share"`
	}
	// LineageSource is what an asset comes from in the end: an asset, or the words of a job.
	LineageSource struct {
		Asset  string  `json:"asset"`
		Job    string  `json:"job"`
		Prompt string  `json:"prompt"`
		Share  float64 `json:"share"`
	}
	// Reach is how far a lineage goes: steps to what an asset was made from and to what was made from it, each 0 to 64. nil
	// where one is asked for is 16 both ways.
	Reach struct {
		Up   int `json:"up"`
		Down int `json:"down"`
	}
	// Share is a link that shows a lineage to whoever has it.
	Share struct {
		Reach

		ID        string `json:"id"`
		Room      string `json:"room"`
		Asset     string `json:"asset"`
		CreatedBy string `json:"created_by"`
		CreatedAt int64  `json:"created_at"` // unix ms
	}
)

// Lineage is the graph around an asset. NOT_FOUND for one that the room does not know.
func (a *API) Lineage(ctx context.Context, room, asset string, reach *Reach) (Lineage, error) {
	var out Lineage
	err := a.call(ctx, http.MethodGet, lineagePath(room, asset, reach), nil, &out)
	return out, err
}

// ExportLineage is the same as the JSON that the server tells, to be kept as a file (docs/http.md has its fields).
func (a *API) ExportLineage(ctx context.Context, room, asset string, reach *Reach) (json.RawMessage, error) {
	var out json.RawMessage
	err := a.call(ctx, http.MethodGet, lineagePath(room, asset, reach), nil, &out)
	return out, err
}

func lineagePath(room, asset string, reach *Reach) string {
	path := roomPath(room, "/lineage/"+url.PathEscape(asset))
	if reach == nil {
		return path
	}
	return path + "?" + url.Values{"up": {strconv.Itoa(reach.Up)}, "down": {strconv.Itoa(reach.Down)}}.Encode()
}

// Share makes a link to an asset's lineage that anybody may open until it is revoked. The address is told this once.
func (a *API) Share(ctx context.Context, room, asset string, reach *Reach) (share Share, address string, err error) {
	body := struct {
		*Reach

		Asset string `json:"asset"`
	}{reach, asset}
	var out struct {
		Share Share  `json:"share"`
		URL   string `json:"url"`
	}
	err = a.call(ctx, http.MethodPost, roomPath(room, "/shares"), body, &out)
	return out.Share, out.URL, err
}

// Shares lists a room's links, oldest first, without their addresses.
func (a *API) Shares(ctx context.Context, room string) ([]Share, error) {
	var out struct {
		Shares []Share `json:"shares"`
	}
	err := a.call(ctx, http.MethodGet, roomPath(room, "/shares"), nil, &out)
	return out.Shares, err
}

// Revoke ends a link at once. NOT_FOUND when it has ended already.
func (a *API) Revoke(ctx context.Context, room, share string) error {
	return a.call(ctx, http.MethodDelete, roomPath(room, "/shares/"+url.PathEscape(share)), nil, nil)
}

// Shared is the lineage that a link shows; its token is the last part of the address. It needs no identity. NOT_FOUND when
// the link was revoked.
func (a *API) Shared(ctx context.Context, token string) (Lineage, error) {
	var out Lineage
	err := a.call(ctx, http.MethodGet, "/v1/shared/"+url.PathEscape(token), nil, &out)
	return out, err
}

// SharedAsset opens the bytes of an asset that a link shows; the caller closes them. NOT_FOUND for any other asset, and when
// the link was revoked.
func (a *API) SharedAsset(ctx context.Context, token, asset string) (body io.ReadCloser, size int64, err error) {
	return a.open(ctx, "/v1/shared/"+url.PathEscape(token)+"/assets/"+url.PathEscape(asset))
}
