package hub

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/julienschmidt/httprouter"

	"atelier/protocol"
)

func (h *Hub) router() http.Handler {
	r := httprouter.New()
	r.HandleOPTIONS = false
	r.RedirectTrailingSlash, r.RedirectFixedPath = false, false
	for _, rt := range h.routes() {
		r.Handle(rt.method, rt.path, h.handle(rt))
		if rt.method == http.MethodGet && rt.path != socketPath {
			r.Handle(http.MethodHead, rt.path, h.handle(rt))
		}
	}
	r.GET("/healthz", h.healthz)
	r.GET("/readyz", h.readyz)
	r.MethodNotAllowed = http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		x := &exchange{w: w, r: req}
		x.fail(http.StatusMethodNotAllowed, protocol.Errorf(protocol.CodeInvalidInput, "%s is not served here", req.Method))
	})
	r.NotFound = http.HandlerFunc(h.elsewhere)
	return r
}

// elsewhere serves what is no route: the page, whose own paths the server does not know.
func (h *Hub) elsewhere(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/v1/") || (r.Method != http.MethodGet && r.Method != http.MethodHead) {
		(&exchange{w: w, r: r}).refuse(protocol.Errorf(protocol.CodeNotFound, "nothing is served at this path"))
		return
	}
	h.page.serve(w, r)
}

// front is what every request passes before it is looked at any closer.
func (h *Hub) front(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		setSecurityHeaders(w.Header(), r.Host, h.cfg.AssetsAt)
		x := &exchange{w: w, r: r}
		if err := h.cfg.Guard.Host(r); err != nil {
			x.refuse(err)
			return
		}
		if err := h.cross.Check(r); err != nil {
			x.refuse(protocol.Errorf(protocol.CodeForbidden, "another site's page may not do this"))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// handle serves a route: who is it, may they, do it.
func (h *Hub) handle(rt route) httprouter.Handle {
	name := rt.method + " " + rt.path
	return func(w http.ResponseWriter, r *http.Request, params httprouter.Params) {
		began := h.cfg.Now()
		status := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		x := &exchange{w: status, r: r, params: params, route: rt, hub: h}
		err := h.admitted(x)
		if err == nil {
			err = rt.serve(x)
		}
		if err != nil {
			x.refuse(h.codedHTTP(name, r, err))
		}
		h.cfg.Metrics.Served(name, status.status, h.cfg.Now().Sub(began))
	}
}

// codedHTTP is the error of an answer; faults of ours are logged, those of a client that went away are not.
func (h *Hub) codedHTTP(name string, r *http.Request, err error) *protocol.Error {
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		return protocol.Errorf(protocol.CodePayloadTooLarge, "a body of at most %d bytes", tooLarge.Limit)
	}
	if r.Context().Err() != nil {
		return protocol.AsError(err)
	}
	return h.coded(name, err)
}

// admitted finds out who asks and what they are where they ask, and judges by the role table.
func (h *Hub) admitted(x *exchange) (err error) {
	if x.route.action == protocol.ActionPublic || x.route.path == socketPath {
		return nil
	}
	if x.who, err = h.cfg.Auth.Identify(x.r.Context(), x.r); err != nil {
		return err //nolint:wrapcheck // coded
	}
	switch ctx, user := x.r.Context(), x.who.User.ID; x.route.scope {
	case ofNothing:
	case ofRoom:
		x.room, x.role, err = h.cfg.Auth.Access(ctx, x.params.ByName("room"), user)
	case ofWorkspace:
		x.role, err = h.cfg.Auth.Role(ctx, user)
	case ofAnywhere:
		x.role, err = h.cfg.Auth.RoleAnywhere(ctx, user)
	}
	switch {
	case err != nil:
		return err //nolint:wrapcheck // coded
	case x.role.May(x.route.action):
		return nil
	case x.role == "":
		return protocol.Errorf(protocol.CodeForbidden, "you are in no workspace; ask for an invite link")
	}
	return protocol.Errorf(protocol.CodeForbidden, "the role %s may not do this", x.role)
}

// statusWriter remembers the status of an answer.
type statusWriter struct {
	http.ResponseWriter

	status int
}

// WriteHeader implements [http.ResponseWriter].
func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap is for [http.ResponseController].
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// extend gives a slow but honest client time for a large body, in either direction.
func (w *statusWriter) extend(by time.Duration) {
	c := http.NewResponseController(w.ResponseWriter)
	until := time.Now().Add(by)
	_ = c.SetReadDeadline(until)  // a writer without deadlines has no limit to extend
	_ = c.SetWriteDeadline(until) //
}
