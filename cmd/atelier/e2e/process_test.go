package e2e

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// patience is how long anything at a process boundary may take on a busy machine.
const patience = 30 * time.Second

// binary is built once for all tests; only TestMain writes it.
var binary string

func TestMain(m *testing.M) {
	code, err := buildAndRun(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

func buildAndRun(m *testing.M) (int, error) {
	dir, err := os.MkdirTemp("", "atelier-e2e-")
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary folder
	binary = filepath.Join(dir, "atelier")
	build := exec.CommandContext(context.Background(), "go", "build", "-o", binary, "atelier/cmd/atelier")
	if out, err := build.CombinedOutput(); err != nil {
		return 1, fmt.Errorf("build the binary: %w\n%s", err, out)
	}
	return m.Run(), nil
}

// process is a running atelier, whatever its command.
type process struct {
	t    *testing.T
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended and its output is read
	err  error         // of Wait; read after done

	mu    sync.Mutex
	lines []string
	news  chan struct{} // closed and replaced with every line
}

func run(t *testing.T, args ...string) *process {
	t.Helper()
	p := &process{t: t, done: make(chan struct{}), news: make(chan struct{})}
	p.cmd = exec.CommandContext(context.Background(), binary, args...)
	out, in := io.Pipe()
	p.cmd.Stdout, p.cmd.Stderr = in, in
	require.NoError(t, p.cmd.Start())
	var reading sync.WaitGroup
	reading.Go(func() { p.read(out) })
	go func() {
		p.err = p.cmd.Wait()
		_ = in.Close()
		reading.Wait()
		close(p.done)
	}()
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			t.Logf("atelier %s:\n%s", strings.Join(args, " "), p.output())
		}
	})
	return p
}

func (p *process) read(r io.Reader) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		p.mu.Lock()
		p.lines = append(p.lines, lines.Text())
		close(p.news)
		p.news = make(chan struct{})
		p.mu.Unlock()
	}
}

func (p *process) output() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.lines, "\n")
}

// waitFor waits for a line that matches and returns its first group.
func (p *process) waitFor(pattern string) string {
	p.t.Helper()
	re := regexp.MustCompile(pattern)
	late := time.After(patience)
	for {
		p.mu.Lock()
		news := p.news
		p.mu.Unlock()
		if m := re.FindStringSubmatch(p.output()); m != nil {
			return m[len(m)-1]
		}
		select {
		case <-news:
		case <-p.done:
			require.FailNow(p.t, "the process ended", "waiting for %s:\n%s", pattern, p.output())
		case <-late:
			require.FailNow(p.t, "no such line", "waiting for %s:\n%s", pattern, p.output())
		}
	}
}

// kill is kill -9.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended
	<-p.done
}

// stop asks to end, as an operator does, and returns the exit's error.
func (p *process) stop() error {
	p.t.Helper()
	require.NoError(p.t, p.cmd.Process.Signal(syscall.SIGTERM))
	select {
	case <-p.done:
	case <-time.After(patience):
		require.FailNow(p.t, "the process did not end", p.output())
	}
	return p.err
}

// serve starts a server on a free port and returns its address, HOST:PORT.
func serve(t *testing.T, data string, args ...string) (*process, string) {
	t.Helper()
	p := run(t, append([]string{"serve", "--listen=127.0.0.1:0", "--admin=", "--data=" + data}, args...)...)
	addr := p.waitFor(`(?m)^atelier is at http://(\S+)$`)
	return p, addr
}
