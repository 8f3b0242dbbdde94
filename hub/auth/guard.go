package auth

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"atelier/protocol"
)

// Guard refuses requests that a browser was lured into, before anything else looks at them.
type Guard struct {
	Loopback bool     // serves this machine only: no other host is answered, whatever name resolves to it
	Origins  []string // beside the server's own, as "https://host:port"
}

// Host refuses names that an attacker's DNS may have bound to the loopback address: such a page has the same origin as the
// server and passes every check of it.
func (g Guard) Host(r *http.Request) error {
	if !g.Loopback {
		return nil
	}
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	switch strings.ToLower(host) {
	case "localhost", "127.0.0.1", "::1", "[::1]":
		return nil
	}
	return protocol.Errorf(protocol.CodeForbidden, "this server answers to localhost only")
}

// Origin refuses what another site's page sends. No origin is no browser.
func (g Guard) Origin(r *http.Request) error {
	origin := r.Header.Get("Origin")
	if origin == "" || slices.Contains(g.Origins, origin) {
		return nil
	}
	if u, err := url.Parse(origin); err == nil && u.Host != "" && strings.EqualFold(u.Host, r.Host) {
		return nil
	}
	return protocol.Errorf(protocol.CodeForbidden, "another site's page may not do this")
}

// CrossOrigin is the rule for requests that change state (RFC 9110 unsafe methods).
func (g Guard) CrossOrigin() (*http.CrossOriginProtection, error) {
	p := http.NewCrossOriginProtection()
	for _, o := range g.Origins {
		if err := p.AddTrustedOrigin(o); err != nil {
			return nil, err //nolint:wrapcheck // it names the origin
		}
	}
	return p, nil
}
