package auth

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/protocol"
)

func TestATokenIsReadBackAndNothingElseIs(t *testing.T) {
	g := newSigner(bytes.Repeat([]byte("k"), 32))
	want := Session{ID: "s1", User: "u1", Room: "r1"}
	token := g.sign(want)
	got, ok := g.verify(token)
	require.True(t, ok)
	require.Equal(t, want, got)

	for i := range token { // any one character changed
		b := []byte(token)
		b[i] ^= 1
		_, ok := g.verify(string(b))
		require.False(t, ok, "character %d of %s", i, b)
	}
	for _, bad := range []string{"", ".", "...", "a.b.c", token + "A", token[:len(token)-1], "x." + token} {
		_, ok := g.verify(bad)
		require.False(t, ok, bad)
	}
	_, ok = newSigner(bytes.Repeat([]byte("other"), 8)).verify(token)
	require.False(t, ok)
}

func FuzzVerifyNeverBelievesWhatItDidNotSign(f *testing.F) {
	g := newSigner(bytes.Repeat([]byte("k"), 32))
	mine := g.sign(Session{ID: "s1", User: "u1", Room: "r1"})
	f.Add(mine)
	f.Add("a.b.c.d")
	f.Fuzz(func(t *testing.T, token string) {
		if _, ok := g.verify(token); ok && token != mine {
			require.Fail(t, "believed", "%q", token)
		}
	})
}

func TestTicketsAreForgottenWhenTheirTimeIsOver(t *testing.T) {
	now := time.Unix(0, 0)
	k := newTickets(func() time.Time { return now })
	for i := range byte(100) {
		require.NoError(t, k.PutTicket(t.Context(), Hash{i}, Ticket{Expires: now.Add(TicketLife)}))
	}
	_, err := k.TakeTicket(t.Context(), Hash{7})
	require.NoError(t, err)
	now = now.Add(TicketLife)
	require.NoError(t, k.PutTicket(t.Context(), Hash{200}, Ticket{Expires: now.Add(TicketLife)}))
	require.Len(t, k.out, 1)
	require.Len(t, k.order, 1)
}

func TestTheLimiterRefusesMoreAddressesThanItCanRemember(t *testing.T) {
	now := time.Unix(0, 0)
	l := newLimiter(Rate{PerSecond: 1, Burst: 2}, "sign-ins", func() time.Time { return now })
	require.NoError(t, l.take("a"))
	require.NoError(t, l.take("a"))
	require.Equal(t, protocol.CodeRateLimited, protocol.CodeOf(l.take("a")))
	require.NoError(t, l.take("b"))
	for i := range maxAddresses - 2 {
		require.NoError(t, l.take(strings.Repeat("x", i)))
	}
	require.Equal(t, protocol.CodeRateLimited, protocol.CodeOf(l.take("one more")))
	now = now.Add(2 * time.Second)
	require.NoError(t, l.take("one more"), "those of before are forgotten")
	require.Len(t, l.buckets, 1)
}

func TestNamesAreTrimmedAndChecked(t *testing.T) {
	for in, want := range map[string]string{" Ana ": "Ana", "Zoë 🎨": "Zoë 🎨", strings.Repeat("é", MaxName): strings.Repeat("é", MaxName)} {
		got, err := CleanName(in)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	for _, in := range []string{"", "  ", "a\nb", "a\x00", "\xff", strings.Repeat("x", MaxName+1), "a\u202eb"} {
		_, err := CleanName(in)
		require.Equal(t, protocol.CodeInvalidInput, protocol.CodeOf(err), "%q", in)
	}
}

func TestOriginsAreComparedWhole(t *testing.T) {
	g := Guard{Origins: []string{"https://studio.example"}}
	for origin, allowed := range map[string]bool{
		"":                              true,
		"http://atelier.example:8080":   true,
		"https://atelier.example:8080":  true, // behind a proxy that speaks TLS
		"https://studio.example":        true,
		"https://studio.example.evil":   false,
		"http://atelier.example":        false,
		"http://evil.atelier.example":   false,
		"null":                          false,
		"http://":                       false,
		"https://atelier.example:8080.": false,
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://atelier.example:8080/", nil)
		r.Header.Set("Origin", origin)
		require.Equal(t, allowed, g.Origin(r) == nil, origin)
	}
}

func TestCookiesAreSecureOverTLSOnly(t *testing.T) {
	require.True(t, Cookie("x", TLS).Secure)
	require.False(t, Cookie("x", Plain).Secure)
	require.Negative(t, Cookie("", TLS).MaxAge)
}

func TestAShortSecretIsRefused(t *testing.T) {
	_, err := New(t.Context(), Config{Secret: []byte("short")})
	require.ErrorContains(t, err, "at least 32")
}
