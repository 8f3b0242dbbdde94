package hub_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"io"
	"maps"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/hub/auth"
	"atelier/protocol"
)

func TestPeopleGetInByALinkWithItsRole(t *testing.T) {
	h := build(t, plan{})
	owner := h.as(protocol.RoleOwner)
	var made struct{ Token, URL string }
	owner.ok(http.MethodPost, "/v1/invites", map[string]any{"role": "commenter", "uses": 1}, &made)
	require.Equal(t, "http://studio.example/join#"+made.Token, made.URL)

	nobody := &person{house: h}
	req := nobody.request(http.MethodPost, "/v1/invites/accept", map[string]string{"token": made.Token, "name": "Ben"})
	res, body := nobody.do(req)
	require.Equal(t, http.StatusOK, res.StatusCode, "%s", body)
	cookie := res.Cookies[0]
	require.True(t, cookie.HttpOnly)
	require.Equal(t, http.SameSiteLaxMode, cookie.SameSite)
	ben := &person{house: h, cookie: cookie.Value}
	var me struct{ Role, Name string }
	ben.ok(http.MethodGet, "/v1/me", nil, &me)
	require.Equal(t, "commenter", me.Role)

	nobody.refused(protocol.CodeNotFound, http.MethodPost, "/v1/invites/accept", map[string]string{"token": made.Token, "name": "Eve"})
	ben.ok(http.MethodPost, "/v1/invites/accept", map[string]string{"token": made.Token}, nil)
	ben.ok(http.MethodPost, "/v1/logout", nil, nil)
	ben.refused(protocol.CodeAuthRequired, http.MethodGet, "/v1/me", nil)
}

func TestAnExpiredLinkLetsNobodyInAndMakesNoUser(t *testing.T) {
	late := time.Now().Add(auth.InviteLife + time.Minute)
	now := time.Now()
	h := build(t, plan{auth: func(c *auth.Config) { c.Now = func() time.Time { return now } }})
	_, token, err := h.auth.Invite(t.Context(), "", auth.NewInvite{Role: protocol.RoleEditor})
	require.NoError(t, err)
	now = late
	(&person{house: h}).refused(protocol.CodeNotFound, http.MethodPost, "/v1/invites/accept",
		map[string]string{"token": token, "name": "Late"})
	people, err := h.auth.People(t.Context())
	require.NoError(t, err)
	require.Empty(t, people)
}

func TestTheOwnerLinkIsGivenUntilThereIsAnOwner(t *testing.T) {
	h := build(t, plan{})
	first, err := h.auth.OwnerLink(t.Context())
	require.NoError(t, err)
	second, err := h.auth.OwnerLink(t.Context())
	require.NoError(t, err)
	nobody := &person{house: h}
	nobody.refused(protocol.CodeNotFound, http.MethodPost, "/v1/invites/accept", map[string]string{"token": first, "name": "Old"})
	nobody.ok(http.MethodPost, "/v1/invites/accept", map[string]string{"token": second, "name": "Owner"}, nil)
	third, err := h.auth.OwnerLink(t.Context())
	require.NoError(t, err)
	require.Empty(t, third)
}

func TestARoleReachesLiveSockets(t *testing.T) {
	h := build(t, plan{})
	owner, ben := h.as(protocol.RoleOwner), h.as(protocol.RoleEditor)
	room := owner.room(false)
	c, w := ben.join(room)
	c.change(1, note("as an editor"))

	owner.ok(http.MethodPatch, "/v1/people/"+ben.id, map[string]string{"role": "viewer"}, nil)
	c.command(protocol.TypeChange, 2, note("as a viewer"))
	_, refusal := c.reply(2)
	require.Equal(t, protocol.CodeForbidden, refusal.Code, "[P71] the role of now")
	c.command(protocol.TypeJobEnqueue, 3, protocol.JobRequest{ID: protocol.NewID(), Kind: "image", Prompt: "a hill"})
	_, refusal = c.reply(3)
	require.Equal(t, protocol.CodeForbidden, refusal.Code)

	owner.ok(http.MethodDelete, "/v1/people/"+ben.id, nil, nil)
	c.endsWith(protocol.CloseForbidden)
	again := ben.dial(room)
	_, refusal = again.reply(0)
	require.Equal(t, protocol.CodeNotFound, refusal.Code)
	require.NotEmpty(t, w.Session)
	owner.refused(protocol.CodeConflict, http.MethodDelete, "/v1/people/"+owner.id, nil)
}

func TestAKeyLetsItsBotInUntilItIsDeleted(t *testing.T) {
	h := build(t, plan{})
	owner := h.as(protocol.RoleOwner)
	room, other := owner.room(false), owner.room(false)
	var made struct {
		Secret string
		Key    struct{ ID, User string }
	}
	owner.ok(http.MethodPost, "/v1/keys", map[string]any{"name": "Bot", "role": "editor", "rooms": []string{room}}, &made)
	require.True(t, strings.HasPrefix(made.Secret, auth.KeyPrefix))
	bot := &person{house: h, key: made.Secret}
	c, w := bot.join(room)
	require.True(t, w.Self.Bot)
	require.Equal(t, made.Key.User, w.Self.User)
	bot.refused(protocol.CodeNotFound, http.MethodGet, "/v1/rooms/"+other, nil)

	res, list := owner.do(owner.request(http.MethodGet, "/v1/keys", nil))
	require.Equal(t, http.StatusOK, res.StatusCode)
	require.NotContains(t, string(list), made.Secret)

	owner.ok(http.MethodDelete, "/v1/keys/"+made.Key.ID, nil, nil)
	c.endsWith(protocol.CloseForbidden)
	bot.refused(protocol.CodeAuthRequired, http.MethodGet, "/v1/rooms/"+room, nil)
}

func TestAKeyThatEndsClosesItsSockets(t *testing.T) {
	h := build(t, plan{})
	owner := h.as(protocol.RoleOwner)
	room := owner.room(false)
	var made struct{ Secret string }
	owner.ok(http.MethodPost, "/v1/keys", map[string]any{"name": "Bot", "role": "editor", "expires_in_s": 1}, &made)
	bot := &person{house: h, key: made.Secret}
	c, _ := bot.join(room)
	c.endsWith(protocol.CloseUnauthenticated)
	bot.refused(protocol.CodeAuthRequired, http.MethodGet, "/v1/rooms/"+room, nil)
}

func TestADeletedRoomClosesItsSockets(t *testing.T) {
	h := build(t, plan{})
	owner := h.as(protocol.RoleOwner)
	room := owner.room(false)
	c, _ := owner.join(room)
	owner.ok(http.MethodDelete, "/v1/rooms/"+room, nil, nil)
	c.endsWith(protocol.CloseRoomDeleted)
	owner.refused(protocol.CodeNotFound, http.MethodGet, "/v1/rooms/"+room, nil)
}

func TestARoomThatTurnsPrivateClosesOutsiders(t *testing.T) {
	h := build(t, plan{})
	owner, ben := h.as(protocol.RoleOwner), h.as(protocol.RoleEditor)
	room := owner.room(false)
	inside, _ := owner.join(room)
	outside, _ := ben.join(room)
	owner.ok(http.MethodPatch, "/v1/rooms/"+room, map[string]any{"private": true, "name": "Ours"}, nil)
	var info protocol.RoomInfo
	inside.body(protocol.TypeRoom, &info)
	require.Equal(t, protocol.RoomInfo{ID: room, Name: "Ours", Private: true}, info)
	outside.endsWith(protocol.CloseForbidden)
	ben.refused(protocol.CodeNotFound, http.MethodGet, "/v1/rooms/"+room, nil)
	inside.ping(1)
}

func TestAnInviteToARoomOpensThatRoomOnly(t *testing.T) {
	h := build(t, plan{})
	owner := h.as(protocol.RoleOwner)
	room, other := owner.room(true), owner.room(false)
	var made struct{ Token string }
	owner.ok(http.MethodPost, "/v1/invites", map[string]any{"role": "editor", "room": room}, &made)
	got, err := h.auth.Accept(t.Context(), auth.Identity{}, made.Token, "Ben")
	require.NoError(t, err)
	ben := &person{house: h, cookie: got.Cookie}
	ben.join(room)
	ben.refused(protocol.CodeNotFound, http.MethodGet, "/v1/rooms/"+other, nil)
	ben.refused(protocol.CodeForbidden, http.MethodGet, "/v1/people", nil)
	ben.ok(http.MethodGet, "/v1/providers", nil, nil)
	var list struct{ Rooms []struct{ ID, Role string } }
	ben.ok(http.MethodGet, "/v1/rooms", nil, &list)
	require.Len(t, list.Rooms, 1)
	require.Equal(t, "editor", list.Rooms[0].Role)
}

func TestBodiesAreStrict(t *testing.T) {
	h := build(t, plan{})
	ana := h.guest("Ana")
	for name, body := range map[string]any{
		"unknown field": `{"name":"Room","colour":"red"}`,
		"two values":    `{"name":"Room"} {}`,
		"no JSON":       `name`,
		"empty":         ``,
		"wrong type":    `{"name":1}`,
		"no name":       `{}`,
		"long name":     map[string]string{"name": strings.Repeat("x", 81)},
	} {
		t.Run(name, func(*testing.T) { ana.refused(protocol.CodeInvalidInput, http.MethodPost, "/v1/rooms", body) })
	}
	ana.refused(protocol.CodePayloadTooLarge, http.MethodPost, "/v1/rooms", `{"name":"`+strings.Repeat("x", 1<<20)+`"}`)
}

func TestOtherSitesPagesAreRefused(t *testing.T) {
	h := build(t, plan{})
	ana := h.guest("Ana")
	room := ana.room(false)
	for name, header := range map[string]http.Header{
		"by Sec-Fetch-Site": {"Sec-Fetch-Site": {"cross-site"}},
		"by Origin":         {"Origin": {"https://evil.example"}},
	} {
		t.Run(name, func(t *testing.T) {
			req := ana.request(http.MethodPost, "/v1/rooms", map[string]string{"name": "Room"})
			maps.Copy(req.Header, header)
			res, _ := ana.do(req)
			require.Equal(t, http.StatusForbidden, res.StatusCode)
		})
	}
	_, status, err := ana.open(room, http.Header{"Origin": {"https://evil.example"}})
	require.Error(t, err)
	require.Equal(t, http.StatusForbidden, status)
	ws, _, err := ana.open(room, http.Header{"Origin": {h.url}})
	require.NoError(t, err)
	require.NoError(t, ws.CloseNow())
}

func TestOnLoopbackOnlyLocalNamesAreServed(t *testing.T) {
	h := build(t, plan{hub: loopbackOnly})
	ana := h.guest("Ana")
	for host, status := range map[string]int{
		"localhost": 200, "localhost:8080": 200, "127.0.0.1:1": 200, "[::1]:8080": 200, "[::1]": 200,
		"rebound.example": 403, "rebound.example:8080": 403, "127.0.0.1.rebound.example": 403,
	} {
		req := ana.request(http.MethodGet, "/v1/config", nil)
		req.Host = host
		res, _ := ana.do(req)
		require.Equal(t, status, res.StatusCode, host)
	}
}

func TestSignInsOfAnAddressAreLimited(t *testing.T) {
	h := build(t, plan{auth: func(c *auth.Config) { c.SignIns = auth.Rate{PerSecond: 0.001, Burst: 2} }})
	nobody := &person{house: h}
	for range 2 {
		nobody.ok(http.MethodPost, "/v1/guests", map[string]string{"name": "Ana"}, nil)
	}
	e := nobody.refused(protocol.CodeRateLimited, http.MethodPost, "/v1/guests", map[string]string{"name": "Ana"})
	require.Positive(t, e.RetryAfterMS)
	nobody.refused(protocol.CodeRateLimited, http.MethodPost, "/v1/invites/accept", map[string]string{"token": "guess"})
}

func TestWhereGuestsAreNotLetInTheyAreTold(t *testing.T) {
	h := build(t, plan{auth: func(c *auth.Config) { c.GuestRole = "" }})
	nobody := &person{house: h}
	nobody.refused(protocol.CodeForbidden, http.MethodPost, "/v1/guests", map[string]string{"name": "Ana"})
	var config struct{ Guests bool }
	nobody.ok(http.MethodGet, "/v1/config", nil, &config)
	require.False(t, config.Guests)
}

func TestAssetsAreUploadedAndServed(t *testing.T) {
	h := build(t, plan{})
	ana := h.guest("Ana")
	var picture bytes.Buffer
	require.NoError(t, png.Encode(&picture, image.NewGray(image.Rect(0, 0, 4, 3))))
	var asset struct {
		ID, Mime      string
		Width, Height int
	}
	ana.ok(http.MethodPut, "/v1/assets", bytes.NewReader(picture.Bytes()), &asset)
	require.Equal(t, "image/png", asset.Mime)
	require.Equal(t, []int{4, 3}, []int{asset.Width, asset.Height})

	req := ana.request(http.MethodGet, "/v1/assets/"+asset.ID+"?download="+`..%2Fmy%20"hill".png`, nil)
	req.Header.Set("Range", "bytes=1-3")
	res, body := ana.do(req)
	require.Equal(t, http.StatusPartialContent, res.StatusCode)
	require.Equal(t, "PNG", string(body))
	require.Equal(t, "nosniff", res.Header.Get("X-Content-Type-Options"))
	require.Contains(t, res.Header.Get("Cache-Control"), "immutable")
	require.Regexp(t, `^attachment; filename="?_my _hill_.png"?$`, res.Header.Get("Content-Disposition"))
	res, _ = ana.do(ana.request(http.MethodGet, "/v1/assets/"+asset.ID+"?download=My%20hill", nil))
	require.Equal(t, `attachment; filename="My hill.png"`, res.Header.Get("Content-Disposition"), "a name that ends in nothing")
	res, _ = ana.do(ana.request(http.MethodGet, "/v1/assets/"+asset.ID, nil))
	require.Equal(t, "inline", res.Header.Get("Content-Disposition"))

	req = ana.request(http.MethodPut, "/v1/assets", bytes.NewReader(picture.Bytes()))
	req.Header.Set("X-Content-SHA256", strings.Repeat("0", 64))
	res, _ = ana.do(req)
	require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
	ana.refused(protocol.CodeInvalidInput, http.MethodPut, "/v1/assets", strings.NewReader("<svg onload=alert(1)>"))
	ana.refused(protocol.CodeInvalidInput, http.MethodPut, "/v1/assets", io.MultiReader(strings.NewReader("no length")))
	(&person{house: h}).refused(protocol.CodeAuthRequired, http.MethodGet, "/v1/assets/"+asset.ID, nil)
	ana.refused(protocol.CodeNotFound, http.MethodGet, "/v1/assets/"+strings.Repeat("0", 64), nil)
}

func TestJobsAreSeenOverHTTPAndTheSocketAlike(t *testing.T) {
	h := build(t, plan{})
	ana, ben := h.guest("Ana"), h.guest("Ben")
	room := ana.room(false)
	a, _ := ana.join(room)
	id := protocol.NewID()
	a.command(protocol.TypeJobEnqueue, 1, protocol.JobRequest{ID: id, Kind: "image", Prompt: "a hill"})
	var job protocol.Job
	body, refusal := a.reply(1)
	require.Nil(t, refusal)
	require.NoError(t, protocol.DecodeBody(body, &job))
	require.Equal(t, protocol.JobQueued, job.State)

	b := ben.dial(room)
	w := b.helloOnly(protocol.Hello{V: protocol.Version})
	require.Equal(t, job.Seq, w.Jobs)
	var seen protocol.Job
	b.body(protocol.TypeJob, &seen)
	require.Equal(t, id, seen.ID)
	b.await(protocol.TypeLive)

	ben.refused(protocol.CodeForbidden, http.MethodPost, "/v1/rooms/"+room+"/jobs/"+id+"/cancel", nil)
	b.command(protocol.TypeJobCancel, 2, protocol.JobRef{Job: id})
	_, refusal = b.reply(2)
	require.Equal(t, protocol.CodeForbidden, refusal.Code, "[P63] others' jobs ask for job.manage")
	owner := h.as(protocol.RoleOwner)
	owner.ok(http.MethodPost, "/v1/rooms/"+room+"/jobs/"+id+"/cancel", nil, &job)
	require.Equal(t, protocol.JobCancelled, job.State)
	for seen.State != protocol.JobCancelled {
		b.body(protocol.TypeJob, &seen)
	}
	var list struct {
		Seq  int64
		Jobs []protocol.Job
	}
	ben.ok(http.MethodGet, "/v1/rooms/"+room+"/jobs", nil, &list)
	require.Equal(t, job.Seq, list.Seq)
	require.Len(t, list.Jobs, 1)
}

func TestAStoppingServerSendsEverybodyAwayToComeBack(t *testing.T) {
	h := build(t, plan{})
	ana := h.guest("Ana")
	room := ana.room(false)
	c, _ := ana.join(room)
	silent := ana.dial(room) // no hello yet
	stopped := make(chan error, 1)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	go func() { stopped <- h.hub.Shutdown(ctx) }()
	require.Regexp(t, `"retry_after_ms":\d+`, c.endsWith(protocol.CloseDraining))
	silent.endsWith(protocol.CloseDraining)
	require.NoError(t, <-stopped)
	nobody := &person{house: h}
	nobody.refused(protocol.CodeUnavailable, http.MethodGet, "/readyz", nil)
	nobody.ok(http.MethodGet, "/healthz", nil, nil)
	ana.refused(protocol.CodeUnavailable, http.MethodGet, "/v1/rooms/"+room+"/socket", nil)
}

func TestTheRoutesAreThoseOfTheDocumentation(t *testing.T) {
	text, err := os.ReadFile("../docs/http.md")
	require.NoError(t, err)
	rows := regexp.MustCompile("(?m)^\\| `([A-Z]+) (/v1/\\S+)`.*\\| (\\S+) +\\|$").FindAllStringSubmatch(string(text), -1)
	require.NotEmpty(t, rows)
	documented := map[string]string{}
	for _, row := range rows {
		path := regexp.MustCompile(`\{(\w+)\}`).ReplaceAllString(row[2], ":$1")
		documented[row[1]+" "+path] = row[3]
	}
	h := build(t, plan{})
	require.Equal(t, documented, h.hub.RouteActions())
}
