package rtc

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // what the scheme asks for
	"encoding/base64"
	"fmt"
	"time"

	"atelier/protocol"
)

// credentialLife is how long TURN credentials hold: calls last.
const credentialLife = 12 * time.Hour

// ICEServers are what clients may use beside the relay's own ports.
type ICEServers struct {
	STUN   []string // URLs (RFC 7064)
	TURN   []string // URLs (RFC 7065)
	Secret string   // shared with the TURN servers
}

// For makes the servers for a user, with TURN credentials of the shared-secret scheme that coturn knows
// (draft-uberti-behave-turn-rest-00): the name is the end of its life in unix seconds and the user, the password its HMAC-SHA1.
func (s ICEServers) For(user string, now time.Time) (servers []protocol.ICEServer) {
	if len(s.STUN) > 0 {
		servers = append(servers, protocol.ICEServer{URLs: s.STUN})
	}
	if len(s.TURN) > 0 {
		name := fmt.Sprintf("%d:%s", now.Add(credentialLife).Unix(), user)
		mac := hmac.New(sha1.New, []byte(s.Secret))
		mac.Write([]byte(name))
		servers = append(servers, protocol.ICEServer{
			URLs: s.TURN, Username: name, Credential: base64.StdEncoding.EncodeToString(mac.Sum(nil)),
		})
	}
	return servers
}
