package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"atelier/protocol"
)

// Session is what a session token says: it names the author of changes, so it holds for one user in one room.
type Session struct {
	ID   string // public
	User string
	Room string
}

// signer signs session tokens, so that they hold over restarts and are stored nowhere. They do not expire: they let
// nobody in, they only name an author who was let in otherwise.
type signer struct{ key []byte }

// newSigner derives its key, so that the secret can serve other ends beside this one.
func newSigner(secret []byte) signer {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("atelier session token v1"))
	return signer{key: mac.Sum(nil)}
}

// SessionToken signs a session.
func (s *Service) SessionToken(v Session) string { return s.tokens.sign(v) }

// Session reads a token. False when it was not signed here.
func (s *Service) Session(token string) (Session, bool) { return s.tokens.verify(token) }

func (g signer) sign(v Session) string {
	text := v.ID + "." + v.User + "." + v.Room
	return text + "." + base64.RawURLEncoding.EncodeToString(g.mac(text))
}

func (g signer) verify(token string) (Session, bool) {
	at := strings.LastIndexByte(token, '.')
	if at < 0 {
		return Session{}, false
	}
	sum, err := base64.RawURLEncoding.Strict().DecodeString(token[at+1:])
	if err != nil || !hmac.Equal(sum, g.mac(token[:at])) {
		return Session{}, false
	}
	parts := strings.Split(token[:at], ".")
	if len(parts) != 3 || !protocol.ValidName(parts[0]) {
		return Session{}, false
	}
	return Session{ID: parts[0], User: parts[1], Room: parts[2]}, true
}

func (g signer) mac(text string) []byte {
	mac := hmac.New(sha256.New, g.key)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}
