package hub

import (
	"net/http"
	"strings"
)

// setSecurityHeaders tells the browser what the page may do. The page has no inline script; its component library sets
// inline style attributes. Not every browser counts a socket to the page's own host to 'self'. Assets is the origin that
// pictures, sounds and films come from as well, if any.
func setSecurityHeaders(h http.Header, host, assets string) {
	sockets := ""
	if plainHost(host) {
		sockets = " ws://" + host + " wss://" + host
	}
	if assets != "" {
		assets = " " + assets
	}
	h.Set("Content-Security-Policy", strings.Join([]string{
		"default-src 'self'",
		"script-src 'self'",
		"style-src 'self' 'unsafe-inline'",
		"img-src 'self' blob: data:" + assets,
		"media-src 'self' blob:" + assets,
		"font-src 'self' data:",
		"connect-src 'self'" + sockets,
		"worker-src 'self' blob:",
		"object-src 'none'",
		"base-uri 'self'",
		"form-action 'self'",
		"frame-ancestors 'none'",
	}, "; "))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(self)")
}

// plainHost tells whether a Host header is nothing but a name or address and a port, fit to be part of a policy.
func plainHost(host string) bool {
	return host != "" && !strings.ContainsFunc(host, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && !strings.ContainsRune(".:-[]", r)
	})
}
