package testservers

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// PostgresServer is one server of Postgres with a folder of its own.
type PostgresServer struct {
	*process
	bin  string
	port string
	n    int
}

// Postgres starts a server that does not wait for the disk, which a test has no use for unless it takes power away.
func Postgres(t testing.TB) *PostgresServer {
	t.Helper()
	return startPostgres(t, "-c", "fsync=off", "-c", "full_page_writes=off")
}

// DurablePostgres starts a server that waits for the disk as it does by default.
func DurablePostgres(t testing.TB) *PostgresServer {
	t.Helper()
	return startPostgres(t)
}

func startPostgres(t testing.TB, more ...string) *PostgresServer {
	t.Helper()
	bin := postgresBin(t)
	dir, err := os.MkdirTemp("", "atelier-postgres-") //nolint:usetesting // whose folder nobody else may enter
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	as := otherUser(t, dir)
	data, port := filepath.Join(dir, "data"), freePort(t)
	setUp := exec.Command(filepath.Join(bin, "initdb"), "-D", data, "-U", "owner", "-A", "trust", "-E", "UTF8", "--no-sync",
		"--locale=C", "--locale-provider=icu", "--icu-locale=en")
	setUp.Dir, setUp.SysProcAttr = dir, &syscall.SysProcAttr{Credential: as}
	if out, err := setUp.CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	args := append([]string{
		"-D", data, "-p", port, "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=200",
		"-c", "shared_buffers=64MB", "-c", "log_min_messages=fatal",
	}, more...)
	s := &PostgresServer{
		process: &process{t: t, name: filepath.Join(bin, "postgres"), args: args, dir: dir, user: as}, bin: bin, port: port,
	}
	s.Restart()
	t.Cleanup(s.Kill)
	return s
}

// postgresBin is where the programs of the newest Postgres are: Debian keeps them out of the way.
func postgresBin(t testing.TB) string {
	t.Helper()
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err == nil && len(found) > 0 {
		return filepath.Dir(found[len(found)-1])
	}
	return filepath.Dir(find(t, "initdb", "postgresql"))
}

// otherUser is somebody else to run as, whose the folder becomes: Postgres does not run as root. Nil when nobody else is needed.
func otherUser(t testing.TB, dir string) *syscall.Credential {
	t.Helper()
	if os.Getuid() != 0 {
		return nil
	}
	who, err := user.Lookup("postgres")
	if err != nil {
		who, err = user.Lookup("nobody")
	}
	if err != nil {
		t.Fatal(err)
	}
	uid, errU := strconv.ParseUint(who.Uid, 10, 32)
	gid, errG := strconv.ParseUint(who.Gid, 10, 32)
	if err := errors.Join(errU, errG, os.Chown(dir, int(uid), int(gid))); err != nil {
		t.Fatal(err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

// Restart starts the server after Kill.
func (s *PostgresServer) Restart() {
	s.t.Helper()
	s.start()
	s.answers(func() error {
		_, err := s.try("postgres", "SELECT 1")
		return err
	})
}

// Kill ends the server and its backends at once, as the loss of power does.
func (s *PostgresServer) Kill() {
	backends := s.backends()
	s.process.Kill()
	s.toAll(backends, syscall.SIGKILL)
}

// Pause stops the server and its backends, as a machine that hangs; Resume lets them go on.
func (s *PostgresServer) Pause() {
	s.process.Pause() // first, so that it starts no more backends
	s.toAll(s.backends(), syscall.SIGSTOP)
}

// Resume ends Pause.
func (s *PostgresServer) Resume() {
	s.toAll(s.backends(), syscall.SIGCONT)
	s.process.Resume()
}

// backends are the server's children.
func (s *PostgresServer) backends() []int {
	pid := s.cmd.Process.Pid
	children, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid)) // gone with the server
	var pids []int
	for child := range strings.FieldsSeq(string(children)) {
		if n, err := strconv.Atoi(child); err == nil {
			pids = append(pids, n)
		}
	}
	return pids
}

func (s *PostgresServer) toAll(pids []int, signal syscall.Signal) {
	for _, pid := range pids {
		_ = syscall.Kill(pid, signal)
	}
}

// URL is where a database is reached by its owner.
func (s *PostgresServer) URL(database string) string { return s.URLAs("owner", database) }

// URLAs is where a login reaches a database.
func (s *PostgresServer) URLAs(login, database string) string {
	return fmt.Sprintf("postgres://%s@127.0.0.1:%s/%s", login, s.port, database)
}

// Addr is its host and port.
func (s *PostgresServer) Addr() string { return "127.0.0.1:" + s.port }

// Database makes an empty database and returns its name.
func (s *PostgresServer) Database() string {
	s.t.Helper()
	s.n++
	name := fmt.Sprintf("test%d", s.n)
	s.Do("postgres", "CREATE DATABASE "+name)
	return name
}

// Do has psql do something in a database as its owner, and returns what it prints.
func (s *PostgresServer) Do(database, statement string) string {
	s.t.Helper()
	out, err := s.try(database, statement)
	if err != nil {
		s.t.Fatalf("psql: %v\n%s", err, out)
	}
	return strings.TrimSpace(out)
}

func (s *PostgresServer) try(database, statement string) (string, error) {
	out, err := exec.Command(filepath.Join(s.bin, "psql"), "-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1", "-d", s.URL(database), "-c", statement).CombinedOutput()
	return string(out), err
}
