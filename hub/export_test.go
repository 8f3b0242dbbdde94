package hub

// RouteActions is the route table as "METHOD path" → action.
func (h *Hub) RouteActions() map[string]string {
	out := make(map[string]string)
	for _, r := range h.routes() {
		out[r.method+" "+r.path] = string(r.action)
	}
	return out
}
