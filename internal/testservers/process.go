package testservers

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// process is a server that a test has started.
type process struct {
	t    testing.TB
	name string
	args []string
	dir  string
	user *syscall.Credential // nil is the test's own

	mu     sync.Mutex
	cmd    *exec.Cmd
	exited chan struct{}
	said   *bytes.Buffer
}

// find is the path of a program; the test fails with how to get it when there is none.
func find(t testing.TB, program, from string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Fatalf("%s is not installed (Debian: apt-get install %s)", program, from)
	}
	return path
}

// built is the path of a program that the Makefile builds from tools.mod; the test fails with how to when it is missing.
func built(t testing.TB, program string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "env", "GOMOD").Output()
	if err != nil {
		t.Fatalf("go env GOMOD: %v", err)
	}
	path := filepath.Join(filepath.Dir(strings.TrimSpace(string(out))), "bin", program)
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%s is not built (make setup): %v", program, err)
	}
	return path
}

// freePort is one that nobody listens on just now.
func freePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
}

// start starts the process again; it is killed at the test's end.
func (p *process) start() {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	said := new(bytes.Buffer)
	cmd := exec.Command(p.name, p.args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = p.dir, said, said
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: p.user, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		p.t.Fatalf("start %s: %v", p.name, err)
	}
	exited := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(exited)
	}()
	p.cmd, p.exited, p.said = cmd, exited, said
}

// answers waits until the server answers; check returns nil then.
func (p *process) answers(check func() error) {
	p.t.Helper()
	var err error
	for until := time.Now().Add(30 * time.Second); time.Now().Before(until); {
		if err = check(); err == nil {
			return
		}
		select {
		case <-p.exited:
			p.t.Fatalf("%s has ended:\n%s", p.name, p.said)
		case <-time.After(20 * time.Millisecond):
		}
	}
	p.t.Fatalf("%s does not answer: %v\n%s", p.name, err, p.said)
}

func (p *process) signal(s syscall.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = p.cmd.Process.Signal(s)
}

// Pause stops the server's work, as a machine that hangs; Resume lets it go on.
func (p *process) Pause() {
	p.t.Helper()
	p.signal(syscall.SIGSTOP)
	p.answers(func() error {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
		if err == nil && !strings.Contains(string(stat), ") T ") {
			err = fmt.Errorf("still runs: %s", stat)
		}
		return err
	})
}

// Resume ends Pause.
func (p *process) Resume() { p.signal(syscall.SIGCONT) }

// Kill ends the server at once.
func (p *process) Kill() {
	p.mu.Lock()
	_ = p.cmd.Process.Kill() // it may have ended
	exited := p.exited
	p.mu.Unlock()
	<-exited
}
