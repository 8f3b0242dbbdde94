package hub_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/hub"
	"atelier/internal/testservers"
	"atelier/persist/blob"
	"atelier/protocol"
)

// storeSpy is a proxy before a store that notes the ranges that are asked for.
type storeSpy struct {
	*httptest.Server
	mu     sync.Mutex
	ranges []string
	gets   int
}

func spyOn(t *testing.T, server *testservers.S3Server) *storeSpy {
	t.Helper()
	s := &storeSpy{}
	transport := &http.Transport{}
	quiet := slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	proxy := &httputil.ReverseProxy{Transport: transport, ErrorLog: quiet, Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(&url.URL{Scheme: "http", Host: server.Addr()})
		r.Out.Host = r.In.Host // the signature covers it
	}}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && strings.HasPrefix(r.URL.Path, "/"+testservers.S3Bucket+"/hub/") {
			s.mu.Lock()
			s.gets++
			if part := r.Header.Get("Range"); part != "" {
				s.ranges = append(s.ranges, part)
			}
			s.mu.Unlock()
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		s.Close()
		transport.CloseIdleConnections()
	})
	return s
}

// asked returns the ranges of GETs since the last call, all of which must have had one.
func (s *storeSpy) asked(t *testing.T) []string {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	require.Len(t, s.ranges, s.gets, "every GET has a range")
	ranges := s.ranges
	s.ranges, s.gets = nil, 0
	return ranges
}

// onStore builds a house whose assets are on a store.
func onStore(t *testing.T, change func(*hub.Config, *blob.S3)) (*house, *testservers.S3Server, *storeSpy) {
	t.Helper()
	server := testservers.S3(t)
	spy := spyOn(t, server)
	store, err := blob.OpenS3(t.Context(), server.URL("hub", spy.Listener.Addr().String()), blob.Options{
		Spool: t.TempDir(), AccessKey: testservers.S3Key, SecretKey: testservers.S3Secret,
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	h := build(t, plan{blobs: store, hub: func(c *hub.Config) {
		if change != nil {
			change(c, store)
		}
	}})
	h.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return h, server, spy
}

// noise is a picture whose bytes are many.
func noise(t *testing.T, side int) []byte {
	t.Helper()
	picture := image.NewGray(image.Rect(0, 0, side, side))
	_, _ = rand.NewChaCha8([32]byte{}).Read(picture.Pix)
	var out bytes.Buffer
	require.NoError(t, png.Encode(&out, picture))
	return out.Bytes()
}

func (p *person) upload(picture []byte) (id string) {
	p.house.t.Helper()
	var asset struct{ ID string }
	p.ok(http.MethodPut, "/v1/assets", bytes.NewReader(picture), &asset)
	return asset.ID
}

func TestAssetsOnAStoreAreServedInRanges(t *testing.T) {
	h, _, spy := onStore(t, nil)
	ana := h.guest("Ana")
	data := noise(t, 1500)
	id := ana.upload(data)
	require.Greater(t, len(data), 2<<20)
	spy.asked(t)
	path := "/v1/assets/" + id

	res, body := ana.do(ana.request(http.MethodGet, path, nil))
	require.Equal(t, http.StatusOK, res.StatusCode)
	require.True(t, bytes.Equal(data, body))
	require.Equal(t, []string{"bytes=0-262143", "bytes=262144-786431", "bytes=786432-1835007"}, spy.asked(t)[:3], "growing")
	etag := res.Header.Get("ETag")

	req := ana.request(http.MethodGet, path, nil)
	req.Header.Set("Range", "bytes=1000000-1000099")
	res, body = ana.do(req)
	require.Equal(t, http.StatusPartialContent, res.StatusCode)
	require.Equal(t, data[1000000:1000100], body)
	require.Equal(t, []string{"bytes=1000000-1262143"}, spy.asked(t))

	req.Header.Set("If-Range", etag)
	res, _ = ana.do(req)
	require.Equal(t, http.StatusPartialContent, res.StatusCode)
	req.Header.Set("If-Range", `"another"`)
	res, body = ana.do(req)
	require.Equal(t, http.StatusOK, res.StatusCode)
	require.Len(t, body, len(data))
	spy.asked(t)

	res, body = ana.do(ana.request(http.MethodHead, path, nil))
	require.Equal(t, http.StatusOK, res.StatusCode)
	require.Empty(t, body)
	require.Equal(t, strconv.Itoa(len(data)), res.Header.Get("Content-Length"))
	require.Equal(t, "bytes", res.Header.Get("Accept-Ranges"))
	req = ana.request(http.MethodGet, path, nil)
	req.Header.Set("If-None-Match", etag)
	res, _ = ana.do(req)
	require.Equal(t, http.StatusNotModified, res.StatusCode)
	require.Empty(t, spy.asked(t), "neither needs bytes")
}

func TestAnAssetWhoseBytesWentIsNotFoundAndAStoreThatIsAwayUnavailable(t *testing.T) {
	h, server, _ := onStore(t, nil)
	ana := h.guest("Ana")
	id, kept := ana.upload(noise(t, 10)), ana.upload(noise(t, 20))
	require.NoError(t, os.Remove(server.File("hub/"+id[:2]+"/"+id)))
	ana.refused(protocol.CodeNotFound, http.MethodGet, "/v1/assets/"+id, nil)
	server.Kill()
	ana.refused(protocol.CodeUnavailable, http.MethodGet, "/v1/assets/"+kept, nil)
	ana.refused(protocol.CodeUnavailable, http.MethodPut, "/v1/assets", bytes.NewReader(noise(t, 30)))
	server.Restart()
	ana.ok(http.MethodGet, "/v1/assets/"+kept, nil, nil)
	ana.upload(noise(t, 10))
	ana.ok(http.MethodGet, "/v1/assets/"+id, nil, nil)
}

func TestBrowsersAreSentToTheStore(t *testing.T) {
	var origin string
	h, _, spy := onStore(t, func(c *hub.Config, s *blob.S3) {
		var err error
		origin, err = s.Origin(context.Background())
		require.NoError(t, err)
		c.AssetsAt = origin
	})
	require.Equal(t, "http://"+spy.Listener.Addr().String(), origin)
	ana := h.guest("Ana")
	data := noise(t, 300)
	id := ana.upload(data)
	click := ana.request(http.MethodGet, "/v1/assets/"+id+"?download=My%20hill", nil)
	click.Header.Set("Sec-Fetch-Mode", "navigate")
	res, _ := ana.do(click)
	require.Equal(t, http.StatusTemporaryRedirect, res.StatusCode)
	require.Equal(t, "private, max-age=1800", res.Header.Get("Cache-Control"))
	require.Equal(t, "Sec-Fetch-Mode", res.Header.Get("Vary"))
	for _, directive := range []string{"img-src", "media-src"} {
		require.Regexp(t, directive+" [^;]*"+origin, res.Header.Get("Content-Security-Policy"))
	}
	to := res.Header.Get("Location")
	require.True(t, strings.HasPrefix(to, origin+"/"), to)

	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, to, http.NoBody)
	require.NoError(t, err)
	req.Header.Set("Range", "bytes=1-3")
	res, body := ana.do(req)
	require.Equal(t, http.StatusPartialContent, res.StatusCode, "%s", body)
	require.Equal(t, "PNG", string(body))
	require.Equal(t, "image/png", res.Header.Get("Content-Type"))
	require.Equal(t, `attachment; filename="My hill.png"`, res.Header.Get("Content-Disposition"))
	require.Contains(t, res.Header.Get("Cache-Control"), "immutable")
	stranger, err := url.Parse(to)
	require.NoError(t, err)
	stranger.RawQuery = strings.Replace(stranger.RawQuery, "image%2Fpng", "text%2Fhtml", 1)
	req.URL = stranger
	res, _ = ana.do(req)
	require.Equal(t, http.StatusForbidden, res.StatusCode, "a link is for the headers that it was made with")

	for name, change := range map[string]func(*http.Request){
		"a script":         func(r *http.Request) { r.Header.Set("Sec-Fetch-Mode", "cors") },
		"a program":        func(r *http.Request) { r.Header.Del("Sec-Fetch-Mode") },
		"a picture's head": func(r *http.Request) { r.Method = http.MethodHead },
	} {
		req := ana.request(http.MethodGet, "/v1/assets/"+id, nil)
		req.Header.Set("Sec-Fetch-Mode", "no-cors")
		change(req)
		res, body = ana.do(req)
		require.Equal(t, http.StatusOK, res.StatusCode, name)
		require.True(t, req.Method == http.MethodHead || bytes.Equal(data, body), name)
	}
	(&person{house: h}).refused(protocol.CodeAuthRequired, http.MethodGet, "/v1/assets/"+id, nil)
}
