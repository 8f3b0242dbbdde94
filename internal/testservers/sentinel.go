package testservers

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

func startSentinel(t testing.TB, master *RedisServer) *RedisServer {
	t.Helper()
	port, dir := freePort(t), t.TempDir()
	conf := filepath.Join(dir, "sentinel.conf")
	text := fmt.Sprintf("port %s\nbind 127.0.0.1\ndir %s\nsentinel monitor room 127.0.0.1 %s 1\n"+
		"sentinel down-after-milliseconds room 1000\nsentinel failover-timeout room 5000\n", port, dir, master.port)
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s := &RedisServer{&process{t: t, name: find(t, "redis-server", "redis-server"), args: []string{conf, "--sentinel"}, dir: dir}, port}
	s.Restart()
	t.Cleanup(s.Kill)
	return s
}
