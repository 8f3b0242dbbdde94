package testservers

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// RedisServer is one redis-server that keeps nothing on disk.
type RedisServer struct {
	*process
	port string
}

// Redis starts a server.
func Redis(t testing.TB) *RedisServer {
	t.Helper()
	return startRedis(t)
}

func startRedis(t testing.TB, more ...string) *RedisServer {
	t.Helper()
	port, dir := freePort(t), t.TempDir()
	for len(port) == 5 && port > "55535" { // a cluster's nodes talk on the port 10 000 above
		port = freePort(t)
	}
	args := append([]string{
		"--port", port, "--bind", "127.0.0.1", "--dir", dir, "--save", "", "--appendonly", "no",
		"--client-output-buffer-limit", "pubsub 64mb 32mb 10",
	}, more...)
	s := &RedisServer{&process{t: t, name: find(t, "redis-server", "redis-server"), args: args, dir: dir}, port}
	s.Restart()
	t.Cleanup(s.Kill)
	return s
}

// URL is where it is reached.
func (s *RedisServer) URL() string { return "redis://" + s.Addr() }

// Addr is its host and port.
func (s *RedisServer) Addr() string { return "127.0.0.1:" + s.port }

// Restart starts it after Kill.
func (s *RedisServer) Restart() {
	s.t.Helper()
	s.start()
	s.answers(func() error {
		out, err := s.try("PING")
		if err == nil && strings.TrimSpace(out) != "PONG" {
			err = fmt.Errorf("answers %q", out)
		}
		return err
	})
}

// Do has redis-cli do something, and returns what it prints.
func (s *RedisServer) Do(args ...string) string {
	s.t.Helper()
	out, err := s.try(args...)
	if err != nil {
		s.t.Fatalf("redis-cli %v: %v\n%s", args, err, out)
	}
	return out
}

func (s *RedisServer) try(args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, find(s.t, "redis-cli", "redis-tools"), append([]string{"-p", s.port}, args...)...).CombinedOutput()
	return string(out), err
}

// RedisCluster is three masters that share the slots.
type RedisCluster struct{ Nodes []*RedisServer }

// NewRedisCluster starts one.
func NewRedisCluster(t testing.TB) *RedisCluster {
	t.Helper()
	c := &RedisCluster{}
	var addrs []string
	for range 3 {
		s := startRedis(t, "--cluster-enabled", "yes", "--cluster-node-timeout", "2000")
		c.Nodes = append(c.Nodes, s)
		addrs = append(addrs, s.Addr())
	}
	first := c.Nodes[0]
	first.Do(append(append([]string{"--cluster", "create"}, addrs...), "--cluster-yes")...)
	for _, s := range c.Nodes {
		s.answers(func() error {
			if info := s.Do("CLUSTER", "INFO"); !strings.Contains(info, "cluster_state:ok") {
				return fmt.Errorf("not ready: %s", info)
			}
			return nil
		})
	}
	return c
}

// URL is where it is reached.
func (c *RedisCluster) URL() string {
	return fmt.Sprintf("redis+cluster://%s?addr=%s&addr=%s", c.Nodes[0].Addr(), c.Nodes[1].Addr(), c.Nodes[2].Addr())
}

// Slot is the one that a key or channel is in.
func (c *RedisCluster) Slot(key string) string {
	return strings.TrimSpace(c.Nodes[0].Do("CLUSTER", "KEYSLOT", key))
}

// Move gives a slot from the node that has it to another one.
func (c *RedisCluster) Move(slot string) {
	c.Nodes[0].t.Helper()
	var from, to *RedisServer
	for _, s := range c.Nodes {
		if s.owns(slot) {
			from = s
		} else {
			to = s
		}
	}
	id := func(s *RedisServer) string { return strings.TrimSpace(s.Do("CLUSTER", "MYID")) }
	to.Do("CLUSTER", "SETSLOT", slot, "IMPORTING", id(from))
	from.Do("CLUSTER", "SETSLOT", slot, "MIGRATING", id(to))
	for _, s := range []*RedisServer{to, from} {
		s.Do("CLUSTER", "SETSLOT", slot, "NODE", id(to))
	}
	for _, s := range c.Nodes {
		if s != to && s != from {
			s.Do("CLUSTER", "SETSLOT", slot, "NODE", id(to))
		}
	}
}

// owns tells whether a node of a cluster has a slot.
func (s *RedisServer) owns(slot string) bool {
	var n int
	_, _ = fmt.Sscan(slot, &n)
	for line := range strings.SplitSeq(s.Do("CLUSTER", "NODES"), "\n") {
		if !strings.Contains(line, "myself") {
			continue
		}
		for _, field := range strings.Fields(line)[8:] {
			var a, b int
			if k, _ := fmt.Sscanf(field, "%d-%d", &a, &b); k == 2 && a <= n && n <= b {
				return true
			}
			if k, _ := fmt.Sscanf(field, "%d", &a); k == 1 && a == n && !strings.Contains(field, "-") {
				return true
			}
		}
	}
	return false
}

// RedisSentinel is a master with a replica, watched by one sentinel.
type RedisSentinel struct {
	Master, Replica *RedisServer
	sentinel        *RedisServer
}

// NewRedisSentinel starts one.
func NewRedisSentinel(t testing.TB) *RedisSentinel {
	t.Helper()
	s := &RedisSentinel{Master: Redis(t)}
	s.Replica = startRedis(t, "--replicaof", "127.0.0.1 "+s.Master.port)
	s.sentinel = startSentinel(t, s.Master)
	s.sentinel.answers(func() error {
		if out := s.sentinel.Do("SENTINEL", "REPLICAS", "room"); !strings.Contains(out, s.Replica.port) {
			return fmt.Errorf("the sentinel knows no replica: %s", out)
		}
		return nil
	})
	return s
}

// URL is where it is reached.
func (s *RedisSentinel) URL() string {
	return "redis+sentinel://" + s.sentinel.Addr() + "?master_name=room"
}
