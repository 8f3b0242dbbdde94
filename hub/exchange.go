package hub

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/julienschmidt/httprouter"

	"atelier/generation"
	"atelier/hub/auth"
	"atelier/protocol"
)

// maxBody bounds a JSON body.
const maxBody = 1 << 20

// exchange is one request and its answer.
type exchange struct {
	w      http.ResponseWriter
	r      *http.Request
	params httprouter.Params
	route  route
	hub    *Hub

	who  auth.Identity // nobody on public routes
	room auth.Room     // of routes with a room
	role protocol.Role
}

// asks who wants a job, in the words of the queue.
func (x *exchange) asks() generation.Who {
	return generation.Who{
		Room: x.room.ID, Workspace: x.room.Workspace, User: x.who.User.ID, Name: x.who.User.Name,
		Manages: x.role.May(protocol.ActionJobManage),
	}
}

// read decodes the JSON body; it is one object and has no field that is not known.
func (x *exchange) read(into any) error {
	dec := json.NewDecoder(http.MaxBytesReader(x.w, x.r.Body, maxBody))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return badBody(err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return protocol.Errorf(protocol.CodeInvalidInput, "body: more than one value")
	}
	return nil
}

func badBody(err error) error {
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		return err
	}
	if errors.Is(err, io.EOF) {
		return protocol.Errorf(protocol.CodeInvalidInput, "body: empty")
	}
	return protocol.Errorf(protocol.CodeInvalidInput, "body: %v", err)
}

// reply answers with JSON.
func (x *exchange) reply(v any) error { return x.send(http.StatusOK, v) }

// done answers that it is done and there is nothing to say.
func (x *exchange) done() error {
	x.w.Header().Set("Cache-Control", "no-store")
	x.w.WriteHeader(http.StatusNoContent)
	return nil
}

func (x *exchange) send(status int, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err //nolint:wrapcheck // a fault of ours, logged with its route
	}
	x.w.Header().Set("Content-Type", "application/json")
	x.w.Header().Set("Cache-Control", "no-store")
	x.w.WriteHeader(status)
	_, _ = x.w.Write(append(body, '\n')) // who went away is not answered
	return nil
}

// refuse answers with an error.
func (x *exchange) refuse(err error) {
	coded := protocol.AsError(err)
	x.fail(coded.Code.HTTPStatus(), coded)
}

func (x *exchange) fail(status int, e *protocol.Error) {
	if e.RetryAfterMS > 0 {
		wait := time.Duration(e.RetryAfterMS) * time.Millisecond
		x.w.Header().Set("Retry-After", strconv.FormatInt(int64((wait+time.Second-1)/time.Second), 10))
	}
	if x.send(status, e) != nil { // details that JSON cannot tell
		plain := *e
		plain.Details = nil
		_ = x.send(status, &plain)
	}
}

// number reads an optional query parameter within bounds.
func (x *exchange) number(name string, otherwise, least, most int64) (int64, error) {
	text := x.r.URL.Query().Get(name)
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < least || n > most {
		return 0, protocol.Errorf(protocol.CodeInvalidInput, "%s: not a whole number within %d–%d", name, least, most)
	}
	return n, nil
}

// overTLS tells how the browser reaches us, for the cookie.
func (x *exchange) overTLS() auth.Transport {
	if x.r.TLS != nil || x.hub.publicTLS() {
		return auth.TLS
	}
	return auth.Plain
}

// millis is a time as the API tells it; 0 is never.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}
