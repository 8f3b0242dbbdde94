package auth

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
)

// secretBytes is the entropy of every secret: 256 bits need no salt and no slow hash.
const secretBytes = 32

// KeyPrefix begins every API key, so that scanners of leaked secrets know it.
const KeyPrefix = "atl_"

// newSecret returns a random secret in a form fit for URLs, cookies and headers.
func newSecret(random io.Reader, prefix string) (string, error) {
	b := make([]byte, secretBytes)
	if _, err := io.ReadFull(random, b); err != nil {
		return "", fmt.Errorf("make a secret: %w", err)
	}
	return prefix + base64.RawURLEncoding.EncodeToString(b), nil
}

// newID returns the public id of a user, invite, key or room.
func newID(random io.Reader, prefix string) (string, error) {
	b := make([]byte, 12)
	if _, err := io.ReadFull(random, b); err != nil {
		return "", fmt.Errorf("make an id: %w", err)
	}
	return prefix + base64.RawURLEncoding.EncodeToString(b), nil
}

// HashOf is what the stores keep of a secret.
func HashOf(secret string) Hash { return sha256.Sum256([]byte(secret)) }
