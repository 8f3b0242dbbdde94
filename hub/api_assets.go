package hub

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"
	"unicode"

	"github.com/gabriel-vasile/mimetype"

	"atelier/generation"
	"atelier/protocol"
)

// Assets is the one way in and out for bytes.
type Assets interface {
	Ingest(ctx context.Context, workspace, user string, r io.Reader) (generation.Asset, error)
	Open(ctx context.Context, workspace, id string) (generation.Asset, generation.Blob, error)
}

const (
	bodyTime    = 10 * time.Minute // for an asset, in either direction
	maxFileName = 120              // characters of ?download=
	linkLife    = time.Hour        // of a link to the store; films are fetched in parts while they play
	forever     = "private, max-age=31536000, immutable"
	fetchMode   = "Sec-Fetch-Mode"
)

type assetJSON struct {
	ID          string `json:"id"`
	Mime        string `json:"mime"`
	Bytes       int64  `json:"bytes"`
	Width       int    `json:"width,omitempty"`
	Height      int    `json:"height,omitempty"`
	DurationMS  int64  `json:"duration_ms,omitempty"`
	Thumb       string `json:"thumb,omitempty"`
	Placeholder string `json:"placeholder,omitempty"`

	Provenance *generation.Provenance `json:"provenance,omitempty"`
}

func assetOf(a generation.Asset) assetJSON {
	return assetJSON{
		ID: a.ID, Mime: a.Mime, Bytes: a.Bytes, Width: a.Width, Height: a.Height, DurationMS: a.DurationMS, Thumb: a.Thumb,
		Placeholder: a.Placeholder, Provenance: a.Provenance,
	}
}

// upload is the body of a request that brings a file.
func (h *Hub) upload(x *exchange) (io.Reader, error) {
	size, limit := x.r.ContentLength, h.cfg.Limits.UploadBytes
	switch {
	case size < 0:
		return nil, protocol.Errorf(protocol.CodeInvalidInput, "Content-Length: missing")
	case size > limit:
		return nil, protocol.Errorf(protocol.CodePayloadTooLarge, "an upload of at most %d bytes", limit)
	}
	x.extend()
	return checked(http.MaxBytesReader(x.w, x.r.Body, limit), x.r.Header.Get("X-Content-SHA256"))
}

func (h *Hub) putAsset(x *exchange) error {
	body, err := h.upload(x)
	if err != nil {
		return err
	}
	workspace, _ := h.cfg.Auth.Workspace()
	a, err := h.cfg.Assets.Ingest(x.r.Context(), workspace, x.who.User.ID, body)
	if err != nil {
		return err //nolint:wrapcheck // coded
	}
	if err := h.linkUpload(x, workspace, a); err != nil {
		return err
	}
	return x.reply(assetOf(a))
}

// linkUpload puts a copy of a result in the lineage of the room that ?room= names, if the uploader sees that room.
func (h *Hub) linkUpload(x *exchange, workspace string, a generation.Asset) error {
	id := x.r.URL.Query().Get("room")
	if id == "" {
		return nil
	}
	room, role, err := h.cfg.Auth.Access(x.r.Context(), id, x.who.User.ID)
	if err != nil {
		return err //nolint:wrapcheck // coded
	}
	if !role.May(protocol.ActionAssetWrite) {
		return protocol.Errorf(protocol.CodeForbidden, "the role %s may not do this", role)
	}
	return h.cfg.Lineages.LinkUpload(x.r.Context(), workspace, room.ID, a) //nolint:wrapcheck // says what it did
}

// extend gives an asset more time than other bodies get.
func (x *exchange) extend() {
	if w, ok := x.w.(*statusWriter); ok {
		w.extend(bodyTime)
	}
}

// checked fails at the end of a body whose hash is not what the client said; "" is not checked.
func checked(r io.Reader, sum string) (io.Reader, error) {
	if sum == "" {
		return r, nil
	}
	want, err := hex.DecodeString(sum)
	if err != nil || len(want) != sha256.Size {
		return nil, protocol.Errorf(protocol.CodeInvalidInput, "X-Content-SHA256: not a SHA-256 in hex")
	}
	return &checkedReader{r: r, hash: sha256.New(), want: string(want)}, nil
}

type checkedReader struct {
	r    io.Reader
	hash hash.Hash
	want string
}

// Read implements [io.Reader].
func (c *checkedReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.hash.Write(p[:n])
	if errors.Is(err, io.EOF) && string(c.hash.Sum(nil)) != c.want {
		return n, protocol.Errorf(protocol.CodeInvalidInput, "the body has not the hash of X-Content-SHA256")
	}
	return n, err //nolint:wrapcheck // io.Reader's contract
}

func (h *Hub) getAsset(x *exchange) error {
	id := x.params.ByName("asset")
	if !protocol.ValidAsset(id) {
		return protocol.Errorf(protocol.CodeNotFound, "no such asset")
	}
	workspace, _ := h.cfg.Auth.Workspace()
	asset, blob, err := h.cfg.Assets.Open(x.r.Context(), workspace, id)
	if err != nil {
		return err //nolint:wrapcheck // coded
	}
	if linked, ok := blob.(generation.LinkedBlob); ok && x.mayGoToStore() {
		return x.sendToStore(asset, linked)
	}
	x.serveAsset(asset, blob, forever)
	return nil
}

// mayGoToStore tells whether who asks may be sent on: browsers that show or save what they get. What asks for the bytes
// themselves is not: a script would need the store's permission to read them, and a program would take its key along,
// which the store takes for a second signature.
func (x *exchange) mayGoToStore() bool {
	mode := x.r.Header.Get(fetchMode)
	return x.hub.cfg.AssetsAt != "" && x.r.Method == http.MethodGet && (mode == "no-cors" || mode == "navigate")
}

// sendToStore answers with where the bytes are, and closes the blob.
func (x *exchange) sendToStore(asset generation.Asset, blob generation.LinkedBlob) error {
	defer func() { _ = blob.Close() }()
	to, err := blob.Link(x.r.Context(), generation.BlobHeaders{
		Type: asset.Mime, Disposition: disposition(asset.Mime, x.r.URL.Query().Get("download")), Caching: forever,
	}, linkLife)
	if err != nil {
		return err //nolint:wrapcheck // says what it did
	}
	header := x.w.Header()
	header.Set("Cache-Control", fmt.Sprintf("private, max-age=%d", int((linkLife/2).Seconds())))
	header.Set("Vary", fetchMode)
	header.Set("Location", to)
	x.w.WriteHeader(http.StatusTemporaryRedirect)
	return nil
}

// serveAsset answers with bytes, or the part of them that is asked for, and closes the blob.
func (x *exchange) serveAsset(asset generation.Asset, blob generation.Blob, caching string) {
	defer func() { _ = blob.Close() }()
	x.extend()
	header := x.w.Header()
	header.Set("Content-Type", asset.Mime)
	header.Set("Cache-Control", caching)
	header.Set("ETag", `"`+asset.ID+`"`)
	header.Set("Content-Disposition", disposition(asset.Mime, x.r.URL.Query().Get("download")))
	header.Set("Content-Security-Policy", "default-src 'none'; sandbox") // should a browser ever take it for a page
	http.ServeContent(x.w, x.r, "", asset.CreatedAt, blob)
}

// disposition shows what cannot carry script in the page, and has everything else saved.
func disposition(kind, download string) string {
	if download == "" {
		if shown(kind) {
			return "inline"
		}
		return "attachment"
	}
	if v := mime.FormatMediaType("attachment", map[string]string{"filename": withExtension(fileName(download), kind)}); v != "" {
		return v
	}
	return "attachment"
}

// withExtension has a name end as files of the kind do, unless it ends in some way already.
func withExtension(name, kind string) string {
	if known := mimetype.Lookup(kind); known != nil && path.Ext(name) == "" {
		return name + known.Extension()
	}
	return name
}

func shown(kind string) bool {
	family, _, _ := strings.Cut(kind, "/")
	return (family == "image" && !strings.Contains(kind, "svg")) || family == "video" || family == "audio" ||
		strings.HasPrefix(kind, "text/plain")
}

// fileName keeps of a name what no file system or header takes for anything else.
func fileName(name string) string {
	clean := strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '_'
		}
		return r
	}, name)
	runes := []rune(strings.Trim(clean, ". "))
	return string(runes[:min(len(runes), maxFileName)])
}
