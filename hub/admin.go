package hub

import (
	"context"
	"net"
	"net/http"
	"net/http/pprof"
	"time"

	"github.com/julienschmidt/httprouter"

	"atelier/hub/auth"
	"atelier/protocol"
)

// readyPatience bounds the question whether the store can be reached.
const readyPatience = 2 * time.Second

// AdminHandler is for operators: /metrics, /healthz, /readyz and /debug/pprof/. It asks for no identity; listen where
// nobody else can reach it.
func (h *Hub) AdminHandler() http.Handler {
	r := httprouter.New()
	r.GET("/healthz", h.healthz)
	r.GET("/readyz", h.readyz)
	if h.cfg.Scrape != nil {
		r.Handler(http.MethodGet, "/metrics", h.cfg.Scrape)
	}
	r.GET("/debug/pprof/*profile", func(w http.ResponseWriter, req *http.Request, params httprouter.Params) {
		switch params.ByName("profile") {
		case "/cmdline":
			pprof.Cmdline(w, req)
		case "/profile":
			pprof.Profile(w, req)
		case "/symbol":
			pprof.Symbol(w, req)
		case "/trace":
			pprof.Trace(w, req)
		default:
			pprof.Index(w, req)
		}
	})
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if err := (auth.Guard{Loopback: overLoopback(req)}).Host(req); err != nil {
			(&exchange{w: w, r: req}).refuse(err)
			return
		}
		r.ServeHTTP(w, req)
	})
}

// overLoopback tells whether a request came in at a loopback address: then no other host may be meant.
func overLoopback(r *http.Request) bool {
	at, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	return ok && at.IP.IsLoopback()
}

// healthz says that the process runs.
func (h *Hub) healthz(w http.ResponseWriter, r *http.Request, _ httprouter.Params) {
	_ = (&exchange{w: w, r: r}).reply(map[string]string{"status": "ok"})
}

// readyz says whether requests should be sent here.
func (h *Hub) readyz(w http.ResponseWriter, r *http.Request, _ httprouter.Params) {
	x := &exchange{w: w, r: r}
	if h.isDraining() {
		x.refuse(protocol.Errorf(protocol.CodeUnavailable, shuttingDown))
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), readyPatience)
	defer cancel()
	if err := h.cfg.Ready(ctx); err != nil {
		h.cfg.Log.Warn("not ready", "error", err)
		x.refuse(protocol.Errorf(protocol.CodeUnavailable, "the store cannot be reached"))
		return
	}
	_ = x.reply(map[string]string{"status": "ready"})
}
