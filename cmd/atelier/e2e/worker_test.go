package e2e

import (
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/client"
	"atelier/protocol"
)

// studio is a server without workers of its own, with somebody in a room of it.
type studio struct {
	server *process
	data   string
	url    string
	id     string
	room   *client.Room
}

func openStudio(t *testing.T) *studio {
	t.Helper()
	s := &studio{data: t.TempDir()}
	var addr string
	s.server, addr = serve(t, s.data, "--workers=0", "--lease=2s")
	s.url = "http://" + addr
	ana := guest(t, s.url, "Ana")
	s.id = newRoom(t, ana)
	s.room = enter(t, s.url, s.id, ana)
	return s
}

func (s *studio) worker(t *testing.T, name string) *process {
	t.Helper()
	w := run(t, "worker", "--url="+s.url, "--room="+s.id, "--name="+name)
	until(t, s.room, name+" works", func() bool {
		for _, w := range s.room.Queue().Workers {
			if w.Name == name {
				return true
			}
		}
		return false
	})
	return w
}

// long asks for something that takes a worker a while.
func (s *studio) long(t *testing.T) string {
	t.Helper()
	job, err := s.room.Enqueue(soon(t), protocol.JobRequest{
		Kind: "image", Prompt: "a harbour in a storm", Count: 4, Params: map[string]any{"width": 1408, "height": 1408},
	})
	require.NoError(t, err)
	return job.ID
}

func (s *studio) runs(t *testing.T, id, worker string) {
	t.Helper()
	until(t, s.room, worker+" runs it", func() bool {
		job, _ := s.room.Job(id)
		return job.State == protocol.JobRunning && job.Worker == worker
	})
}

// done waits for a job's end and checks that its results are on the canvas once.
func (s *studio) done(t *testing.T, id string) protocol.Job {
	t.Helper()
	job, err := s.room.AwaitJob(soon(t), id)
	require.NoError(t, err)
	require.Equal(t, protocol.JobSucceeded, job.State, "%v", job.Error)
	count := 0
	for _, rec := range ofKind(s.room, protocol.KindImage) {
		if rec.Text("job") == id {
			count++
		}
	}
	require.Equal(t, 4, count, "every result is placed once")
	return job
}

func TestAKilledWorkersJobEndsElsewhere(t *testing.T) {
	s := openStudio(t)
	first := s.worker(t, "First")
	id := s.long(t)
	s.runs(t, id, "First")
	s.worker(t, "Second")
	first.kill()
	job := s.done(t, id)
	require.Equal(t, "Second", job.Worker)
	require.Equal(t, 2, job.Attempt)
}

func TestAPausedWorkerIsLateAndRefused(t *testing.T) {
	s := openStudio(t)
	first := s.worker(t, "First")
	id := s.long(t)
	s.runs(t, id, "First")
	s.worker(t, "Second")
	require.NoError(t, first.cmd.Process.Signal(syscall.SIGSTOP))
	job := s.done(t, id)
	require.Equal(t, "Second", job.Worker)
	require.NoError(t, first.cmd.Process.Signal(syscall.SIGCONT))
	again := s.long(t)
	s.done(t, again)
	require.Equal(t, job.Results, s.done(t, id).Results, "the late one changed nothing")
}

func TestAWorkerThatStopsGivesItsJobBack(t *testing.T) {
	s := openStudio(t)
	first := s.worker(t, "First")
	id := s.long(t)
	s.runs(t, id, "First")
	require.NoError(t, first.stop())
	until(t, s.room, "the job waits again", func() bool {
		job, _ := s.room.Job(id)
		return job.State == protocol.JobQueued && job.Attempt == 0
	})
	s.worker(t, "Second")
	require.Equal(t, 1, s.done(t, id).Attempt)
}

func TestAWorkerGoesOnAfterTheServerWasKilled(t *testing.T) {
	data := t.TempDir()
	server, addr := serve(t, data, "--workers=0", "--lease=2s")
	gate := newProxy(t, addr)
	s := &studio{data: data, url: gate.url()}
	ana := guest(t, s.url, "Ana")
	s.id = newRoom(t, ana)
	s.room = enter(t, s.url, s.id, ana)
	s.worker(t, "First")
	id := s.long(t)
	s.runs(t, id, "First")
	server.kill()
	_, addr = serve(t, data, "--workers=0", "--lease=2s")
	gate.to(addr)
	job := s.done(t, id)
	require.Equal(t, "First", job.Worker)
}
