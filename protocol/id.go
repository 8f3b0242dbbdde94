package protocol

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/google/uuid"
)

// NewID returns a UUID version 7 (RFC 9562 §5.7): changes, records and jobs are named by their makers.
func NewID() string { return uuid.Must(uuid.NewV7()).String() }

// DerivedID returns the UUID version 8 (RFC 9562 §5.8) that follows from its parts: the same parts, the same id, on any
// instance and after any crash. Parts are length-prefixed, so that ("ab", "c") and ("a", "bc") differ.
func DerivedID(parts ...string) string {
	h := sha256.New()
	var n [8]byte
	for _, p := range parts {
		binary.BigEndian.PutUint64(n[:], uint64(len(p)))
		h.Write(n[:])
		h.Write([]byte(p))
	}
	var id uuid.UUID
	copy(id[:], h.Sum(nil))
	id[6] = id[6]&0x0f | 0x80
	id[8] = id[8]&0x3f | 0x80
	return id.String()
}

// ValidID tells whether s is a UUID in its canonical lower-case form of 36 characters: the form of record, change and
// job ids.
func ValidID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if c != '-' {
				return false
			}
		case c >= '0' && c <= '9' || c >= 'a' && c <= 'f':
		default:
			return false
		}
	}
	return true
}

// ValidTopic tells whether s may be the topic of an event: 1 to 64 printable ASCII bytes without spaces.
func ValidTopic(s string) bool {
	if s == "" || len(s) > MaxIDLength {
		return false
	}
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// ValidName tells whether s may name a room, user or session: 1 to [MaxIDLength] of [A-Za-z0-9_-].
func ValidName(s string) bool {
	if s == "" || len(s) > MaxIDLength {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '_' && c != '-' {
			return false
		}
	}
	return true
}
