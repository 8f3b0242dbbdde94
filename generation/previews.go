package generation

import (
	"bytes"
	"container/list"
	"crypto/sha256"
	"encoding/hex"
	"sync"
	"time"

	"atelier/generation/media"
)

// maxPreview is the size of a preview; providers send small ones.
const maxPreview = 512 << 10

// previews keeps the newest previews of running attempts in memory: nobody needs them after the result, so they never
// reach a disk.
type previews struct {
	mu    sync.Mutex
	limit int64
	bytes int64
	order *list.List // of *preview, newest first
	byID  map[previewKey]*list.Element
}

type previewKey struct{ workspace, id string }

type preview struct {
	key  previewKey
	row  Asset
	data []byte
}

func newPreviews(limit int64) *previews {
	return &previews{limit: limit, order: list.New(), byID: make(map[previewKey]*list.Element)}
}

func (p *previews) put(workspace string, data []byte, now time.Time) string {
	if len(data) > maxPreview {
		return ""
	}
	sum := sha256.Sum256(data)
	key := previewKey{workspace, hex.EncodeToString(sum[:])}
	p.mu.Lock()
	defer p.mu.Unlock()
	if at, ok := p.byID[key]; ok {
		p.order.MoveToFront(at)
		return key.id
	}
	row := Asset{ID: key.id, Workspace: workspace, Mime: media.Sniff(data), Bytes: int64(len(data)), CreatedAt: now}
	p.byID[key] = p.order.PushFront(&preview{key: key, row: row, data: bytes.Clone(data)})
	p.bytes += row.Bytes
	for p.bytes > p.limit && p.order.Len() > 1 {
		p.dropLocked(p.order.Back())
	}
	return key.id
}

func (p *previews) dropLocked(at *list.Element) {
	old := p.order.Remove(at).(*preview) //nolint:forcetypeassert // the list holds nothing else
	delete(p.byID, old.key)
	p.bytes -= old.row.Bytes
}

func (p *previews) open(workspace, id string) (Asset, Blob, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	at, ok := p.byID[previewKey{workspace, id}]
	if !ok {
		return Asset{}, nil, false
	}
	found := at.Value.(*preview) //nolint:forcetypeassert // the list holds nothing else
	return found.row, memoryBlob{bytes.NewReader(found.data)}, true
}

// memoryBlob is a Blob in memory.
type memoryBlob struct{ *bytes.Reader }

func (memoryBlob) Close() error { return nil }
