package auth

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"atelier/protocol"
)

// CookieName is the cookie of somebody signed in.
const CookieName = "atelier"

// Identify finds out who a request comes from. AUTH_REQUIRED when it shows no credential, or one that does not hold.
func (s *Service) Identify(ctx context.Context, r *http.Request) (Identity, error) {
	if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		return s.byKey(ctx, strings.TrimSpace(bearer))
	}
	cookie, err := r.Cookie(CookieName)
	if err != nil {
		return Identity{}, notSignedIn()
	}
	return s.byCookie(ctx, cookie.Value)
}

func (s *Service) byKey(ctx context.Context, secret string) (Identity, error) {
	if !strings.HasPrefix(secret, KeyPrefix) {
		return Identity{}, notSignedIn()
	}
	key, err := s.stores.Keys.KeyByHash(ctx, HashOf(secret))
	if err != nil {
		return Identity{}, notFoundIsNobody("look up key", err)
	}
	if key.Workspace != s.cfg.Workspace {
		return Identity{}, notSignedIn()
	}
	return s.user(ctx, key.User, "", key.Expires)
}

func (s *Service) byCookie(ctx context.Context, secret string) (Identity, error) {
	login, err := s.stores.Users.Login(ctx, HashOf(secret))
	if err != nil {
		return Identity{}, notFoundIsNobody("look up login", err)
	}
	return s.user(ctx, login.User, secret, login.Expires)
}

func (s *Service) user(ctx context.Context, id, cookie string, until time.Time) (Identity, error) {
	u, err := s.stores.Users.User(ctx, id)
	if err != nil {
		return Identity{}, notFoundIsNobody("look up user", err)
	}
	return Identity{User: u, Cookie: cookie, Until: until}, nil
}

func notFoundIsNobody(what string, err error) error {
	if protocol.CodeOf(err) == protocol.CodeNotFound {
		return notSignedIn()
	}
	return fmt.Errorf("%s: %w", what, err)
}

// Cookie is the cookie that signs a browser in; secret "" signs it out. Lax, so that links from elsewhere arrive signed
// in; it is sent over TLS only when the page was.
func Cookie(secret string, overTLS Transport) *http.Cookie {
	c := &http.Cookie{ //nolint:gosec // Secure off TLS would keep people on loopback from signing in
		Name: CookieName, Value: secret, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: overTLS == TLS, MaxAge: int(LoginLife.Seconds()),
	}
	if secret == "" {
		c.MaxAge = -1
	}
	return c
}

// Transport is how browsers reach the server.
type Transport string

// Transports.
const (
	Plain Transport = "http"
	TLS   Transport = "https"
)
