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
// nobody, paints at once, and remembers a history of two changes.
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
		var job protocol.Job
		if err := protocol.DecodeBody(cmd.Body, &job.JobRequest); err != nil {
			return []*protocol.Frame{protocol.ErrorReply(cmd.Req, protocol.AsError(err))}
		}
		job.Seq, job.State = 1, protocol.JobQueued
		done := job
		done.Seq, done.State, done.Placed = 2, protocol.JobSucceeded, true
		return []*protocol.Frame{protocol.Reply(cmd.Req, &job), protocol.Message(protocol.TypeJob, &done)}
	case protocol.TypeCursor:
		return nil
	default:
		return []*protocol.Frame{protocol.Reply(cmd.Req, nil)}
	}
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
