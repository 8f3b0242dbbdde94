package hub_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"atelier/hub"
)

func studio(c *hub.Config) {
	c.Page = fstest.MapFS{
		"index.html":         {Data: []byte("<!doctype html>the studio")},
		"assets/app-1a2b.js": {Data: []byte(strings.Repeat("studio();", 1000))},
		".gitkeep":           {},
		".build/index.json":  {Data: []byte("the studio's build")},
	}
}

func TestThePagesOwnPathsAreServedByIndex(t *testing.T) {
	h := build(t, plan{hub: studio})
	nobody := &person{house: h}
	for _, path := range []string{"/", "/room/abc", "/join"} {
		res, body := nobody.do(nobody.request(http.MethodGet, path, nil))
		require.Equal(t, http.StatusOK, res.StatusCode, path)
		require.Contains(t, string(body), "the studio")
		require.Equal(t, "no-cache", res.Header.Get("Cache-Control"))
		require.Contains(t, res.Header.Get("Content-Type"), "text/html")
	}
	for _, path := range []string{"/assets/app-gone.js", "/.gitkeep", "/.build/index.json", "/v1/nothing", "/../hub.go"} {
		res, body := nobody.do(nobody.request(http.MethodGet, path, nil))
		require.Equal(t, http.StatusNotFound, res.StatusCode, path)
		require.NotContains(t, string(body), "the studio", path)
	}
}

func TestScriptsAreCompressedAndKept(t *testing.T) {
	h := build(t, plan{hub: studio})
	nobody := &person{house: h}
	req := nobody.request(http.MethodGet, "/assets/app-1a2b.js", nil)
	req.Header.Set("Accept-Encoding", "br, gzip")
	res, body := nobody.do(req)
	require.Equal(t, "gzip", res.Header.Get("Content-Encoding"))
	require.Contains(t, res.Header.Get("Cache-Control"), "immutable")
	r, err := gzip.NewReader(strings.NewReader(string(body)))
	require.NoError(t, err)
	plain, err := io.ReadAll(r)
	require.NoError(t, err)
	require.Equal(t, strings.Repeat("studio();", 1000), string(plain))

	req.Header.Set("If-None-Match", res.Header.Get("ETag"))
	res, _ = nobody.do(req)
	require.Equal(t, http.StatusNotModified, res.StatusCode)
}

func TestEveryAnswerHasTheSecurityHeaders(t *testing.T) {
	h := build(t, plan{hub: studio})
	nobody := &person{house: h}
	for _, path := range []string{"/", "/v1/config", "/v1/me", "/v1/nothing"} {
		res, _ := nobody.do(nobody.request(http.MethodGet, path, nil))
		policy := res.Header.Get("Content-Security-Policy")
		require.Contains(t, policy, "script-src 'self';", path)
		require.Contains(t, policy, "connect-src 'self' ws://127.0.0.1", path)
		require.Contains(t, policy, "frame-ancestors 'none'", path)
		require.Equal(t, "nosniff", res.Header.Get("X-Content-Type-Options"), path)
	}
}

func TestAServerWithoutAPageSaysSo(t *testing.T) {
	h := build(t, plan{})
	nobody := &person{house: h}
	res, body := nobody.do(nobody.request(http.MethodGet, "/", nil))
	require.Equal(t, http.StatusNotFound, res.StatusCode)
	require.Contains(t, string(body), "not built")
}
