package testservers

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Credentials of every [S3Server].
const (
	S3Key    = "atelier-test"
	S3Secret = "atelier-test-secret"
)

// S3Server is one versitygw with one bucket in a folder.
type S3Server struct {
	*process
	port, root string
}

// S3Bucket is the bucket of every [S3Server].
const S3Bucket = "assets"

// S3 starts a server.
func S3(t testing.TB) *S3Server {
	t.Helper()
	port, root := freePort(t), t.TempDir()
	s := &S3Server{&process{t: t, name: built(t, "versitygw"), dir: t.TempDir()}, port, root}
	s.args = []string{
		"--port", s.Addr(), "--access", S3Key, "--secret", S3Secret, "--region", "us-east-1", "--keep-alive", "--quiet",
		"posix", root,
	}
	if err := os.Mkdir(filepath.Join(root, S3Bucket), 0o700); err != nil {
		t.Fatal(err)
	}
	s.Restart()
	t.Cleanup(s.Kill)
	return s
}

// Addr is its host and port.
func (s *S3Server) Addr() string { return "127.0.0.1:" + s.port }

// URL names a prefix of the bucket, reached at addr: the server's own or that of a proxy before it.
func (s *S3Server) URL(prefix, addr string) string {
	return fmt.Sprintf("s3://%s/%s?endpoint=http://%s&region=us-east-1", S3Bucket, prefix, addr)
}

// File is where the server keeps the object of a key.
func (s *S3Server) File(key string) string {
	return filepath.Join(s.root, S3Bucket, filepath.FromSlash(key))
}

// Restart starts it after Kill.
func (s *S3Server) Restart() {
	s.t.Helper()
	s.start()
	s.answers(func() error {
		client := http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
		answer, err := client.Get("http://" + s.Addr() + "/")
		if err != nil {
			return err
		}
		return answer.Body.Close() // any answer will do: it wants a signature
	})
}
