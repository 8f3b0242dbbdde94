package generation

import (
	"slices"

	"atelier/protocol"
)

// Registry is the immutable list of providers; the first one is the default.
type Registry struct {
	list []Provider
	caps map[string]int // jobs at once, by provider; none is no cap
}

// NewRegistry makes a registry.
func NewRegistry(providers ...Provider) *Registry { return &Registry{list: providers} }

// Capped is the registry with bounds on how many jobs of a provider workers have at once, over all rooms.
func (r *Registry) Capped(caps map[string]int) *Registry { return &Registry{list: r.list, caps: caps} }

// ProviderInfo is a provider as clients see it.
type ProviderInfo struct {
	Name   string  `json:"name"`
	Title  string  `json:"title"`
	Models []Model `json:"models"`
}

// Infos lists the providers in their order.
func (r *Registry) Infos() []ProviderInfo {
	out := make([]ProviderInfo, 0, len(r.list))
	for _, p := range r.list {
		out = append(out, ProviderInfo{Name: p.Name(), Title: p.Title(), Models: p.Models()})
	}
	return out
}

// Routes lists what can be run, in the order of the providers.
func (r *Registry) Routes() []string {
	var out []string
	for _, p := range r.list {
		for _, m := range p.Models() {
			out = append(out, Route(p.Name(), m.Name))
		}
	}
	return out
}

// model finds what a job names.
func (r *Registry) model(provider, name string) (Model, bool) {
	if p := r.provider(provider); p != nil {
		for _, m := range p.Models() {
			if m.Name == name {
				return m, true
			}
		}
	}
	return Model{}, false
}

func (r *Registry) provider(name string) Provider {
	for _, p := range r.list {
		if p.Name() == name {
			return p
		}
	}
	return nil
}

// choose finds the provider and model of a request: those it names, or the first that can do it, default models first.
func (r *Registry) choose(req protocol.JobRequest) (provider, model string, err error) {
	if req.Provider != "" && r.provider(req.Provider) == nil {
		return "", "", protocol.Errorf(protocol.CodeInvalidInput, "provider %q: no such provider", req.Provider)
	}
	var second *Model
	for _, p := range r.list {
		if req.Provider != "" && p.Name() != req.Provider {
			continue
		}
		for _, m := range p.Models() {
			able := m.Kind == req.Kind && slices.Contains(m.Transforms, req.Transform)
			switch {
			case req.Model != "" && m.Name != req.Model, !able:
			case m.Default || req.Model != "":
				return p.Name(), m.Name, nil
			case second == nil:
				provider, second = p.Name(), &m
			}
		}
		if second != nil {
			return provider, second.Name, nil
		}
	}
	if req.Model != "" {
		return "", "", protocol.Errorf(protocol.CodeInvalidInput, "model %q: none of this name does %s of kind %s",
			req.Model, req.Transform, req.Kind)
	}
	return "", "", protocol.Errorf(protocol.CodeInvalidInput, "no model does %s of kind %s", req.Transform, req.Kind)
}
