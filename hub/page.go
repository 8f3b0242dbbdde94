package hub

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// gzipFrom is the size from which a text is worth compressing.
const gzipFrom = 1 << 10

// page is the built studio page in memory, compressed once.
type page struct{ files map[string]pageFile }

type pageFile struct {
	kind   string
	etag   string
	cache  string
	plain  []byte
	zipped []byte // nil when it does not pay
}

// loadPage reads the page. A nil or empty folder is a server without one.
func loadPage(from fs.FS) (*page, error) {
	p := &page{files: make(map[string]pageFile)}
	if from == nil {
		return p, nil
	}
	err := fs.WalkDir(from, ".", func(name string, entry fs.DirEntry, err error) error {
		switch hidden := name != "." && strings.HasPrefix(path.Base(name), "."); {
		case err != nil:
			return err
		case hidden && entry.IsDir(): // the build's own
			return fs.SkipDir
		case hidden, entry.IsDir(), strings.HasSuffix(name, ".gz"):
			return nil
		}
		file, err := loadFile(from, name)
		if err == nil {
			p.files["/"+name] = file
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the page: %w", err)
	}
	return p, nil
}

func loadFile(from fs.FS, name string) (pageFile, error) {
	body, err := fs.ReadFile(from, name)
	if err != nil {
		return pageFile{}, err //nolint:wrapcheck // names the file
	}
	sum := sha256.Sum256(body)
	f := pageFile{
		kind: kindOf(name), etag: `"` + hex.EncodeToString(sum[:12]) + `"`, cache: "no-cache", plain: body,
	}
	if strings.HasPrefix(name, "assets/") { // the build names these by their content
		f.cache = "public, max-age=31536000, immutable"
	}
	switch zipped, err := fs.ReadFile(from, name+".gz"); {
	case err == nil:
		f.zipped = zipped
	case !errors.Is(err, fs.ErrNotExist):
		return pageFile{}, err //nolint:wrapcheck // names the file
	case len(body) >= gzipFrom && compressible(f.kind):
		if f.zipped, err = zip(body); err != nil {
			return pageFile{}, err
		}
	}
	return f, nil
}

func kindOf(name string) string {
	switch ext := path.Ext(name); ext {
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".webmanifest":
		return "application/manifest+json"
	case ".woff2":
		return "font/woff2"
	default:
		if kind := mime.TypeByExtension(ext); kind != "" {
			return kind
		}
		return "application/octet-stream"
	}
}

func compressible(kind string) bool {
	return strings.HasPrefix(kind, "text/") || strings.Contains(kind, "json") || strings.Contains(kind, "svg") ||
		strings.Contains(kind, "javascript")
}

func zip(body []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.DefaultCompression)
	if err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	if _, err := w.Write(body); err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	return out.Bytes(), nil
}

// serve answers with a file, or with index.html: the page has paths of its own. What looks like a file and is none is
// missing, so that a page of an older build does not get HTML for a script.
func (p *page) serve(w http.ResponseWriter, r *http.Request) {
	f, ok := p.files[r.URL.Path]
	if !ok && path.Ext(r.URL.Path) == "" {
		f, ok = p.files["/index.html"]
	}
	if !ok {
		p.missing(w, r)
		return
	}
	header := w.Header()
	header.Set("Content-Type", f.kind)
	header.Set("Cache-Control", f.cache)
	header.Set("ETag", f.etag)
	body := f.plain
	if f.zipped != nil {
		header.Set("Vary", "Accept-Encoding")
		if acceptsGzip(r) {
			header.Set("Content-Encoding", "gzip")
			body = f.zipped
		}
	}
	if strings.Contains(r.Header.Get("If-None-Match"), f.etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	header.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // who went away is not answered
	}
}

func (p *page) missing(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if _, built := p.files["/index.html"]; built || r.URL.Path != "/" {
		http.Error(w, "Not found", http.StatusNotFound)
		return
	}
	http.Error(w, "The studio page is not built into this server. The API is at /v1/.", http.StatusNotFound)
}

func acceptsGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if name == "gzip" {
			return strings.TrimSpace(q) != "q=0"
		}
	}
	return false
}
