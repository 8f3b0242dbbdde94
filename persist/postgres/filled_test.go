package postgres

import (
	"crypto/sha256"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/generation"
	"atelier/hub/auth"
	"atelier/persist/storetest"
	"atelier/protocol"
)

// teamOf fills every table with something of a workspace: one room, and what belongs to it. All names begin with that of
// the workspace.
func teamOf(t *testing.T, db *DB, team string) (room string) {
	t.Helper()
	ctx, later := t.Context(), time.Now().AddDate(1, 0, 0)
	_, err := db.EnsureWorkspace(ctx, team, team)
	require.NoError(t, err)
	ana := auth.User{ID: team + " ana", Name: "Ana", Kind: auth.UserPerson}
	require.NoError(t, db.CreateUser(ctx, ana))
	require.NoError(t, db.CreateLogin(ctx, auth.Login{Hash: hashOf(team + " login"), User: ana.ID, Expires: later}))
	require.NoError(t, db.SetRole(ctx, auth.Membership{Workspace: team, User: ana, Role: protocol.RoleOwner}))
	room = team + " room"
	private := auth.Room{ID: room, Workspace: team, Private: true, CreatedBy: ana.ID}
	require.NoError(t, db.CreateRoom(ctx, private, protocol.RoleOwner))
	invite := auth.Invite{
		ID: team + " invite", Hash: hashOf(team + " invite"), Workspace: team, Room: room, Role: protocol.RoleViewer, UsesLeft: 2,
		Expires: later,
	}
	require.NoError(t, db.CreateInvite(ctx, invite))
	ben := auth.User{ID: team + " ben", Kind: auth.UserGuest}
	require.NoError(t, db.CreateUser(ctx, ben))
	_, err = db.AcceptInvite(ctx, invite.Hash, ben.ID, time.Now())
	require.NoError(t, err)
	key := auth.Key{ID: team + " key", Hash: hashOf(team + " key"), Workspace: team, User: team + " bot", Role: protocol.RoleEditor}
	require.NoError(t, db.CreateKey(ctx, key, auth.User{ID: key.User, Kind: auth.UserBot}))
	fillCanvas(t, db, room)
	fillQueue(t, db, team, room)
	require.NoError(t, db.PutRecording(ctx, room, protocol.Recording{ID: team + " recording", State: protocol.RecordingEnded}))
	return room
}

func hashOf(text string) auth.Hash { return sha256.Sum256([]byte(text)) }

func fillCanvas(t *testing.T, db *DB, room string) {
	t.Helper()
	ctx := t.Context()
	require.NoError(t, db.Commit(ctx, room, 0, storetest.Rows(room, 0, 40)))
	require.NoError(t, db.SaveSnapshot(ctx, room, 20, []byte("a state")))
	require.NoError(t, db.SaveSnapshot(ctx, room, 40, []byte("a newer state"))) // the older one becomes a checkpoint
}

// fillQueue leaves one job that waits and one that has succeeded.
func fillQueue(t *testing.T, db *DB, team, room string) {
	t.Helper()
	ctx := t.Context()
	_, err := db.Settings(ctx, room, &generation.SettingsPatch{QueuePatch: protocol.QueuePatch{ApprovalOver: new(4.5)}})
	require.NoError(t, err)
	job := func() protocol.Job {
		return protocol.Job{
			JobRequest: protocol.JobRequest{ID: protocol.NewID(), Provider: "fake", Model: "m", Count: 1},
			Room:       room, User: team + " ana", State: protocol.JobQueued, Units: 1,
		}
	}
	_, _, err = db.Enqueue(ctx, team, []protocol.Job{job()}, generation.Caps{})
	require.NoError(t, err)
	able := generation.Capabilities{Worker: team, Routes: []string{"fake/m"}, Room: room}
	l, err := db.Claim(ctx, able, time.Minute, generation.Caps{})
	require.NoError(t, err)
	require.NotNil(t, l)
	asset := generation.Asset{ID: team + " asset", Workspace: team, Mime: "image/png"}
	origin := generation.Origin{Workspace: team, Room: room, Asset: asset.ID, Parent: team + " parent", Job: l.Job.ID, Weight: 1}
	_, err = db.Finish(ctx, room, l.Job.ID, l.Token, generation.Ending{
		State: protocol.JobSucceeded, Assets: []generation.Asset{asset}, Origins: []generation.Origin{origin},
		Results: []protocol.JobResult{{Asset: asset.ID, Record: protocol.DerivedID("r")}},
	})
	require.NoError(t, err)
	hash := hashOf(team + " share")
	share := generation.Share{ID: team + " share", Workspace: team, Room: room, Asset: asset.ID, Hash: hash[:]}
	require.NoError(t, db.PutShare(ctx, share))
	_, _, err = db.Enqueue(ctx, team, []protocol.Job{job()}, generation.Caps{})
	require.NoError(t, err)
}
