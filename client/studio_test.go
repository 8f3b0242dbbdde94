package client_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/coder/websocket"

	"atelier/client"
	"atelier/protocol"
)

// studio is a server with one member in one room, enough for the examples: it commits every change, merges what meets
// nobody, paints at once, has a job for every worker, and remembers a history of two changes and the lineage of a picture.
func studio() *httptest.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("/v1/rooms/room/socket", serveMember)
	mux.HandleFunc("/v1/rooms/room/history", func(w http.ResponseWriter, r *http.Request) {
		const entry = `{"changes":[{"rev":%d,"user_name":%q,"writes":[{"record":"f","kind":"prompt","prop":"prompt","before":%s,"after":%q}]}],"next":%d}`
		page := fmt.Sprintf(entry, 2, "Ben", `"a fox"`, "a red fox", 2)
		if r.URL.Query().Get("before") == "2" {
			page = fmt.Sprintf(entry, 1, "Ana", "null", "a fox", 0)
		}
		_, _ = w.Write([]byte(page))
	})
	tell := func(pattern, answer string) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(answer)) })
	}
	tell("PUT /v1/rooms/room/jobs/{job}/results/0", `{"id":"picture"}`)
	tell("GET /v1/rooms/room/lineage/film", `{"asset":"film","sources":[{"asset":"photo","share":0.75},{"prompt":"a calm evening","share":0.25}]}`)
	tell("POST /v1/rooms/room/shares", `{"share":{"id":"s"},"url":"https://studio.example/shared/token"}`)
	return httptest.NewServer(mux)
}

func serveMember(w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{protocol.Subprotocol}})
	if err != nil {
		return
	}
	defer conn.CloseNow() //nolint:errcheck // gone either way
	s := seat{drafts: make(map[string][]protocol.Write)}
	for {
		_, b, err := conn.Read(r.Context())
		if err != nil {
			return
		}
		for len(b) > 0 {
			cmd, rest, err := protocol.ReadCommand(b)
			if err != nil {
				return
			}
			b = rest
			for _, f := range s.answer(cmd) {
				if conn.Write(r.Context(), websocket.MessageBinary, f.Payload()) != nil {
					return
				}
			}
		}
	}
}

// seat is what the studio knows of its member's room.
type seat struct {
	rev    int64
	drafts map[string][]protocol.Write // by branch
}

func (s *seat) answer(cmd protocol.Command) []*protocol.Frame {
	switch cmd.Type {
	case protocol.TypeHello:
		return []*protocol.Frame{hail(welcome(1, 0, "")), protocol.Live(0)}
	case protocol.TypeChange:
		var c protocol.Change
		if err := protocol.DecodeBody(cmd.Body, &c); err != nil {
			return []*protocol.Frame{protocol.ErrorReply(cmd.Req, protocol.AsError(err))}
		}
		done := s.commit(&c)
		return []*protocol.Frame{committed(done), protocol.Reply(cmd.Req, protocol.ChangeResult{Rev: s.rev})}
	case protocol.TypeJobEnqueue:
		return paint(cmd)
	case protocol.TypeWorkOffer:
		work := protocol.Work{Token: 1, LeaseMS: 30_000}
		work.Job = protocol.Job{JobRequest: protocol.JobRequest{ID: "0f9b", Prompt: "a harbour at dusk"}, State: protocol.JobLeased}
		return []*protocol.Frame{protocol.Reply(cmd.Req, nil), protocol.Message(protocol.TypeWork, &work)}
	case protocol.TypeWorkEnd:
		done := protocol.Job{JobRequest: protocol.JobRequest{ID: "0f9b"}, Seq: 2, State: protocol.JobSucceeded, Placed: true}
		return []*protocol.Frame{protocol.Reply(cmd.Req, &done)}
	case protocol.TypeCursor:
		return nil
	default:
		return []*protocol.Frame{protocol.Reply(cmd.Req, nil)}
	}
}

// paint answers a request with jobs that have succeeded: it and its steps.
func paint(cmd protocol.Command) []*protocol.Frame {
	var job protocol.Job
	if err := protocol.DecodeBody(cmd.Body, &job.JobRequest); err != nil {
		return []*protocol.Frame{protocol.ErrorReply(cmd.Req, protocol.AsError(err))}
	}
	job.Seq, job.State, job.Steps = 1, protocol.JobQueued, 1+len(job.Then)
	frames := []*protocol.Frame{protocol.Reply(cmd.Req, &job)}
	for n := range job.Steps {
		done := job
		done.ID, done.Seq, done.State, done.Placed = client.StepID(job.ID, n), int64(2+n), protocol.JobSucceeded, true
		if n > 0 {
			done.Kind, done.Step, done.Chain = job.Then[n-1].Kind, n, job.ID
		}
		frames = append(frames, protocol.Message(protocol.TypeJob, &done))
	}
	return frames
}

func (s *seat) commit(c *protocol.Change) protocol.Committed {
	s.rev++
	done := change(s.rev, c.ID, c.Writes...)
	switch {
	case c.Merge != nil:
		off := protocol.Target{Branch: c.Merge.Branch}
		for _, w := range s.drafts[off.Branch] {
			done.Writes = append(done.Writes, client.Set(w.Record, w.Prop, w.Value))
			off.Writes = append(off.Writes, protocol.Write{Record: w.Record, Prop: w.Prop, Dropped: true})
		}
		done.Writes = append(done.Writes, client.Set(off.Branch, "merged", protocol.Int(s.rev)))
		done.Also = []protocol.Target{off}
	case c.Branch != "":
		done.Branch = c.Branch
		for i := range done.Writes {
			done.Writes[i].Basis = protocol.Nil
		}
		s.drafts[c.Branch] = append(s.drafts[c.Branch], done.Writes...)
	}
	return done
}
