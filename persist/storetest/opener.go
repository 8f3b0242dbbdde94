package storetest

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/hub/auth"
	"atelier/protocol"
	"atelier/rooms"
)

// Stores is what a database has: the suites use it whole, because rooms are made by one port and used by another.
type Stores interface {
	rooms.Store
	auth.UserStore
	auth.KeyStore
	auth.InviteStore
	auth.PeopleStore
	auth.RoomStore
}

// Opener opens a database that is kept under dir, or makes an empty one there, whose clock is now. The test closes it by
// close; an Opener may register a cleanup too.
type Opener func(t *testing.T, dir string, now func() time.Time) (s Stores, closeStore func())

// fixture is an open database with one workspace in it.
type fixture struct {
	Stores
	dir   string
	open  Opener
	clock time.Time
	close func()
}

const workspace = "team"

// start is when the clock of every fixture begins.
func start() time.Time { return time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC) }

func newFixture(t *testing.T, open Opener) *fixture {
	t.Helper()
	f := &fixture{dir: t.TempDir(), open: open, clock: start()}
	f.Stores, f.close = open(t, f.dir, f.now)
	t.Cleanup(func() { f.close() })
	created, err := f.EnsureWorkspace(t.Context(), workspace, "Team")
	require.NoError(t, err)
	require.True(t, created)
	return f
}

func (f *fixture) now() time.Time { return f.clock }

// reopen closes the database and opens it again.
func (f *fixture) reopen(t *testing.T) {
	t.Helper()
	f.close()
	f.Stores, f.close = f.open(t, f.dir, f.now)
}

// room makes a room that is open to the workspace.
func (f *fixture) room(t *testing.T, id string) string {
	t.Helper()
	return f.roomOf(t, workspace, id)
}

func (f *fixture) roomOf(t *testing.T, workspace, id string) string {
	t.Helper()
	r := auth.Room{ID: id, Workspace: workspace, Name: "Room " + id, CreatedBy: "nobody", CreatedAt: f.clock}
	require.NoError(t, f.CreateRoom(t.Context(), r, protocol.RoleOwner))
	return id
}

// user makes a person.
func (f *fixture) user(t *testing.T, id string) auth.User {
	t.Helper()
	u := auth.User{ID: id, Name: "Name of " + id, Kind: auth.UserPerson, CreatedAt: f.clock}
	require.NoError(t, f.CreateUser(t.Context(), u))
	return u
}

// member makes a person with a role in the workspace.
func (f *fixture) member(t *testing.T, id string, role protocol.Role) auth.User {
	t.Helper()
	u := f.user(t, id)
	require.NoError(t, f.SetRole(t.Context(), auth.Membership{Workspace: workspace, User: u, Role: role}))
	return u
}

// hash is a stand-in for the hash of a secret.
func hash(secret string) (h auth.Hash) {
	copy(h[:], bytes.Repeat([]byte(secret), 32))
	return h
}

func requireCode(t *testing.T, code protocol.Code, err error) {
	t.Helper()
	require.Error(t, err)
	require.Equal(t, code, protocol.CodeOf(err), "%v", err)
}
