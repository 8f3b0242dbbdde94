package client_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/coder/websocket"

	"atelier/client"
	"atelier/protocol"
)

// studio is a server with one member in one room, enough for the examples: it commits every change and paints at once.
func studio() *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{protocol.Subprotocol}})
		if err != nil {
			return
		}
		defer conn.CloseNow() //nolint:errcheck // gone either way
		var rev int64
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
				for _, f := range respond(cmd, &rev) {
					if conn.Write(r.Context(), websocket.MessageBinary, f.Payload()) != nil {
						return
					}
				}
			}
		}
	}))
}

func respond(cmd protocol.Command, rev *int64) []*protocol.Frame {
	switch cmd.Type {
	case protocol.TypeHello:
		return []*protocol.Frame{hail(welcome(1, 0, "")), protocol.Live(0)}
	case protocol.TypeChange:
		var c protocol.Change
		if err := protocol.DecodeBody(cmd.Body, &c); err != nil {
			return []*protocol.Frame{protocol.ErrorReply(cmd.Req, protocol.AsError(err))}
		}
		*rev++
		return []*protocol.Frame{
			committed(change(*rev, c.ID, c.Writes...)),
			protocol.Reply(cmd.Req, protocol.ChangeResult{Rev: *rev}),
		}
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

func Example() {
	server := studio()
	defer server.Close()
	ctx := context.Background()
	room, err := client.Join(ctx, client.Options{URL: server.URL, Room: "room", Key: "atl_…"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer room.Close() //nolint:errcheck // never fails

	note, writes := client.Create(protocol.KindNote, map[string]protocol.Value{
		"x": protocol.Int(100), "y": protocol.Int(80), "text": protocol.String("hello"),
	})
	if _, err := room.Change(ctx, writes...); err != nil {
		fmt.Println(err)
		return
	}
	res, err := room.Change(ctx, client.Set(note, "x", protocol.Int(120)))
	if err != nil {
		fmt.Println(err)
		return
	}
	rec, _ := room.Record(note)
	fmt.Println("revision", res.Rev, "at", rec.Number("x"), rec.Text("text"))
	// Output: revision 2 at 120 hello
}

func ExampleRoom_Enqueue() {
	server := studio()
	defer server.Close()
	ctx := context.Background()
	room, err := client.Join(ctx, client.Options{URL: server.URL, Room: "room", Key: "atl_…"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer room.Close() //nolint:errcheck // never fails

	job, err := room.Enqueue(ctx, protocol.JobRequest{Kind: "image", Prompt: "a harbour at dusk, rain"})
	if err != nil {
		fmt.Println(err)
		return
	}
	job, err = room.AwaitJob(ctx, job.ID)
	fmt.Println(job.State, err)
	// Output: succeeded <nil>
}

func ExampleRoom_Subscribe() {
	server := studio()
	defer server.Close()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	room, err := client.Join(ctx, client.Options{URL: server.URL, Room: "room", Key: "atl_…"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer room.Close() //nolint:errcheck // never fails

	events := room.Subscribe()
	defer events.Close()
	_, writes := client.Create(protocol.KindNote, map[string]protocol.Value{"text": protocol.String("hello")})
	if _, err := room.Change(ctx, writes...); err != nil {
		fmt.Println(err)
		return
	}
	for e := range events.All(ctx) {
		if changed, ok := e.(client.Changed); ok {
			fmt.Println("revision", changed.Change.Rev, "with", len(changed.Change.Writes), "writes")
			break
		}
	}
	// Output: revision 1 with 2 writes
}
