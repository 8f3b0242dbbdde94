package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/generation"
	"atelier/protocol"
)

// turnTests are those of whose turn it is and of what is done with the queue.
func turnTests() map[string]func(*testing.T, *jobFixture) {
	return map[string]func(*testing.T, *jobFixture){
		"requesters take turns by units, and workspaces do":                  turnsByUnits,
		"who begins to wait has saved nothing up":                            nothingIsSaved,
		"a lapse and a lease given back cost nobody anything":                refunds,
		"caps on running jobs make others' turn come":                        runningCaps,
		"a worker of one room serves that room":                              roomWorker,
		"a paused room's jobs are not claimed, and it saves nothing up":      pausing,
		"move puts a job before another of the same person":                  moving,
		"approval lets a job into the line":                                  approving,
		"clear cancels what waits, and nothing else":                         clearing,
		"commands of somebody else are refused where an owner is named":      owners,
		"a chain's steps wait, are queued with their inputs, and are placed": chains,
		"a step may work from the request's own inputs, too":                 chainsFromInputs,
		"a failed step cancels what goes on from it, until it runs again":    brokenChains,
		"a cancelled step cancels what goes on from it":                      cancelledChains,
		"a chain is stored whole or not at all":                              chainsAreWhole,
		"ratings are each user's own, and one result is the winner":          ratings,
		"settings are those of a room":                                       settings,
		"lineage is walked both ways, breadth first, as far as it is asked":  lineage,
		"shares are found by their hash until they are revoked":              shares,
	}
}

// claimFor claims under caps and returns the job's id; "" when there is none.
func (f *jobFixture) next(t *testing.T, c generation.Capabilities, caps generation.Caps) string {
	t.Helper()
	l, err := f.Claim(t.Context(), c, lease, caps)
	require.NoError(t, err)
	if l == nil {
		return ""
	}
	return l.Job.ID
}

func (f *jobFixture) costing(user string, units float64) protocol.Job {
	job := f.request(user)
	job.Units = units
	return job
}

func turnsByUnits(t *testing.T, f *jobFixture) {
	_, err := f.EnsureWorkspace(t.Context(), "others", "Others")
	require.NoError(t, err)
	f.roomOf(t, "others", "elsewhere")
	who := make(map[string]string)
	for range 8 {
		who[f.enqueue(t, f.costing("ana", 8)).ID] = "ana"
	}
	for range 8 {
		who[f.enqueue(t, f.costing("ben", 1)).ID] = "ben"
	}
	for range 8 {
		job := f.costing("cleo", 4)
		job.Room = "elsewhere"
		stored, _, err := f.Enqueue(t.Context(), "others", []protocol.Job{job}, generation.Caps{})
		require.NoError(t, err)
		who[stored[0].ID] = "cleo"
	}
	var order []string
	for range 14 {
		order = append(order, who[f.next(t, able("w"), generation.Caps{})])
	}
	require.Equal(t, []string{
		"ana",          // 8 : 0
		"cleo", "cleo", // 8 : 8
		"ben",               // 9 : 8
		"cleo",              // 9 : 12
		"ben", "ben", "ben", // 12 : 12
		"ben", "cleo", // 13 : 16
		"ben", "ben", "ben", // 16 : 16; ana and ben had 8 each
		"ana",
	}, order)
}

func nothingIsSaved(t *testing.T, f *jobFixture) {
	f.enqueue(t, f.request("cleo"))
	f.next(t, able("w"), generation.Caps{})
	for range 10 {
		f.enqueue(t, f.request("ana"))
	}
	for range 6 {
		f.next(t, able("w"), generation.Caps{})
	}
	for range 4 {
		f.enqueue(t, f.request("ben"))
	}
	users := make(map[string]int)
	for range 4 {
		l := f.claim(t)
		users[l.Job.User]++
	}
	require.LessOrEqual(t, users["ben"], 3, "not all of ben's first, although ben had nothing yet")
	require.Positive(t, users["ana"])
}

func refunds(t *testing.T, f *jobFixture) {
	f.enqueue(t, f.costing("ana", 5))
	f.enqueue(t, f.costing("ben", 5))
	first := f.claim(t)
	require.Equal(t, "ana", first.Job.User)
	f.finish(t, first, generation.Ending{State: protocol.JobQueued})
	again := f.claim(t)
	require.Equal(t, "ana", again.Job.User, "as if nothing had been")
	f.clock = f.clock.Add(lease)
	swept, err := f.Sweep(t.Context())
	require.NoError(t, err)
	require.Len(t, swept, 1)
	require.Contains(t, swept[0].Error.Message, "lost", "the reason in words")
	require.Equal(t, "ana", f.claim(t).Job.User)
}

func runningCaps(t *testing.T, f *jobFixture) {
	for range 4 {
		f.enqueue(t, f.request("ana"))
	}
	other := f.request("ben")
	other.Provider = "other"
	f.enqueue(t, other)
	caps := generation.Caps{Running: 2, Providers: map[string]int{"other": 1}}
	first := f.next(t, able("w"), caps)
	require.NotEmpty(t, first)
	require.NotEmpty(t, f.next(t, able("w"), caps))
	third := f.next(t, able("w"), caps)
	require.NotEmpty(t, third)
	require.Empty(t, f.next(t, able("w"), caps), "ana has two, ben waits for nothing")
	another := f.request("cleo")
	another.Provider = "other"
	f.enqueue(t, another)
	require.Empty(t, f.next(t, able("w"), caps), "the provider is at its cap")
	f.order(t, first, cancel())
	require.NotEmpty(t, f.next(t, able("w"), caps), "one of ana's ended")
}

func roomWorker(t *testing.T, f *jobFixture) {
	f.room(t, "s")
	mine := f.request("ana")
	mine.Room = "s"
	f.enqueue(t, f.request("ana"))
	id := f.enqueue(t, mine).ID
	c := able("w")
	c.Room = "s"
	require.Equal(t, id, f.next(t, c, generation.Caps{}))
	require.Empty(t, f.next(t, c, generation.Caps{}))
}

func pausing(t *testing.T, f *jobFixture) {
	f.room(t, "s")
	f.enqueue(t, f.request("ana"))
	_, err := f.Settings(t.Context(), "r", &generation.SettingsPatch{QueuePatch: protocol.QueuePatch{Paused: new(true)}, By: "Ana"})
	require.NoError(t, err)
	for range 3 {
		f.enqueue(t, f.request("ana"))
		job := f.request("ben")
		job.Room = "s"
		f.enqueue(t, job)
	}
	require.Equal(t, "ben", f.claim(t).Job.User)
	require.Equal(t, "ben", f.claim(t).Job.User)
	s, err := f.Settings(t.Context(), "r", &generation.SettingsPatch{QueuePatch: protocol.QueuePatch{Paused: new(false)}})
	require.NoError(t, err)
	require.Equal(t, generation.Settings{}, s)
	users := make(map[string]int)
	for range 4 {
		users[f.claim(t).Job.User]++
	}
	require.Equal(t, 1, users["ben"], "ana did not come to three in a row")
	require.Equal(t, "ana", f.claim(t).Job.User)
	require.Nil(t, f.claim(t))
}

func moving(t *testing.T, f *jobFixture) {
	var ids []string
	for _, priority := range []int{0, 0, 5, 0} {
		job := f.request("ana")
		job.Priority = priority
		ids = append(ids, f.enqueue(t, job).ID)
	}
	bens := f.enqueue(t, f.request("ben")).ID
	move := func(before string) generation.Command { return generation.Command{Move: &before} }
	moved := f.order(t, ids[3], move(ids[2]))
	require.Equal(t, 5, moved.Priority, "it takes the other's priority")
	f.order(t, ids[0], move(""))
	f.refuse(t, protocol.CodeConflict, ids[0], move(bens))
	f.refuse(t, protocol.CodeConflict, ids[0], move(protocol.DerivedID("none")))
	var order []string
	for range 5 {
		if l := f.claim(t); l.Job.User == "ana" {
			order = append(order, l.Job.ID)
		}
	}
	require.Equal(t, []string{ids[3], ids[2], ids[1], ids[0]}, order)
	f.refuse(t, protocol.CodeConflict, ids[0], move(""))
}

func approving(t *testing.T, f *jobFixture) {
	job := f.request("ana")
	job.State = protocol.JobAwaitingApproval
	id := f.enqueue(t, job).ID
	require.Nil(t, f.claim(t))
	require.Equal(t, protocol.JobQueued, f.order(t, id, generation.Command{Approve: true}).State)
	f.refuse(t, protocol.CodeConflict, id, generation.Command{Approve: true})
	require.Equal(t, id, f.claim(t).Job.ID)
}

func clearing(t *testing.T, f *jobFixture) {
	running := f.run(t)
	for range 2 {
		f.enqueue(t, f.request("ana"))
		f.enqueue(t, f.request("ben"))
	}
	changed, err := f.Command(t.Context(), "r", "", generation.Command{Clear: true, Owner: "ben"})
	require.NoError(t, err)
	require.Len(t, changed, 2)
	for _, job := range changed {
		require.Equal(t, "ben", job.User)
		require.Equal(t, protocol.JobCancelled, job.State)
	}
	changed, err = f.Command(t.Context(), "r", "", generation.Command{Clear: true})
	require.NoError(t, err)
	require.Len(t, changed, 2)
	require.Nil(t, f.claim(t))
	f.finish(t, running, succeeded())
}

func owners(t *testing.T, f *jobFixture) {
	id := f.enqueue(t, f.request("ana")).ID
	for _, c := range []generation.Command{cancel(), requeue(0), {Move: new("")}} {
		c.Owner = "ben"
		f.refuse(t, protocol.CodeForbidden, id, c)
	}
}

func ratings(t *testing.T, f *jobFixture) {
	l := f.run(t)
	rate := func(user string, r protocol.JobRating) generation.Command {
		r.Job = l.Job.ID
		return generation.Command{Rate: &generation.Rate{User: user, JobRating: r}}
	}
	f.refuse(t, protocol.CodeConflict, l.Job.ID, rate("ana", protocol.JobRating{Stars: 3}))
	f.finish(t, l, succeeded())
	f.order(t, l.Job.ID, rate("ana", protocol.JobRating{Stars: 3}))
	f.order(t, l.Job.ID, rate("ana", protocol.JobRating{Stars: 5}))
	job := f.order(t, l.Job.ID, rate("ben", protocol.JobRating{Stars: 1}))
	require.Equal(t, map[string]int{"ana": 5, "ben": 1}, job.Results[0].Ratings)
	job = f.order(t, l.Job.ID, rate("ben", protocol.JobRating{}))
	require.Equal(t, map[string]int{"ana": 5}, job.Results[0].Ratings)
	f.refuse(t, protocol.CodeInvalidInput, l.Job.ID, rate("ana", protocol.JobRating{Stars: 6}))
	f.refuse(t, protocol.CodeInvalidInput, l.Job.ID, rate("ana", protocol.JobRating{Index: 1, Stars: 2}))
	job = f.order(t, l.Job.ID, rate("ben", protocol.JobRating{Pick: true}))
	require.Equal(t, []any{1, "ben"}, []any{job.Winner, job.WinnerBy})
	job = f.order(t, l.Job.ID, rate("ana", protocol.JobRating{Pick: true}))
	require.Zero(t, job.Winner)
	f.reopen(t)
	f.JobStores = f.Stores.(JobStores)
	job, err := f.Job(t.Context(), "r", l.Job.ID)
	require.NoError(t, err)
	require.Equal(t, map[string]int{"ana": 5}, job.Results[0].Ratings)
}

func settings(t *testing.T, f *jobFixture) {
	f.room(t, "s")
	s, err := f.Settings(t.Context(), "r", &generation.SettingsPatch{QueuePatch: protocol.QueuePatch{ApprovalOver: new(4.5)}})
	require.NoError(t, err)
	require.Equal(t, generation.Settings{ApprovalOver: 4.5}, s)
	s, err = f.Settings(t.Context(), "r", &generation.SettingsPatch{QueuePatch: protocol.QueuePatch{Paused: new(true)}, By: "Ana"})
	require.NoError(t, err)
	require.Equal(t, generation.Settings{ApprovalOver: 4.5, Paused: true, PausedBy: "Ana"}, s)
	s, err = f.Settings(t.Context(), "s", nil)
	require.NoError(t, err)
	require.Equal(t, generation.Settings{}, s)
	_, err = f.Settings(t.Context(), "nowhere", nil)
	requireCode(t, protocol.CodeNotFound, err)
	_, err = f.Settings(t.Context(), "nowhere", &generation.SettingsPatch{})
	requireCode(t, protocol.CodeNotFound, err)
}

func lineage(t *testing.T, f *jobFixture) {
	edge := func(asset, parent string) generation.Origin {
		return generation.Origin{Workspace: workspace, Room: "r", Asset: asset, Parent: parent, Job: "j" + asset, Weight: 1.5}
	}
	edges := []generation.Origin{edge("b", "a"), edge("c", "b"), edge("d", "b"), edge("d", "c"), edge("a", "")}
	require.NoError(t, f.PutOrigins(t.Context(), edges...))
	require.NoError(t, f.PutOrigins(t.Context(), edges[0]), "again")
	walk := func(asset string, up, down, limit int) ([]generation.Origin, bool) {
		found, more, err := f.Lineage(t.Context(), "r", asset, up, down, limit)
		require.NoError(t, err)
		return found, more
	}
	found, more := walk("d", 9, 0, 10)
	require.Equal(t, []generation.Origin{edges[2], edges[3], edges[0], edges[1], edges[4]}, found)
	require.False(t, more)
	found, _ = walk("d", 1, 0, 10)
	require.Equal(t, []generation.Origin{edges[2], edges[3]}, found)
	found, _ = walk("a", 0, 1, 10)
	require.Equal(t, []generation.Origin{edges[0]}, found)
	found, _ = walk("a", 0, 9, 10)
	require.Equal(t, []generation.Origin{edges[0], edges[1], edges[2], edges[3]}, found)
	found, more = walk("d", 9, 9, 2)
	require.Len(t, found, 2)
	require.True(t, more)
	require.NoError(t, f.PutOrigins(t.Context(), edge("a", "d")))
	found, _ = walk("a", 64, 64, 100)
	require.Len(t, found, 6, "a circle ends")
	f.room(t, "s")
	found, _, err := f.Lineage(t.Context(), "s", "d", 9, 9, 10)
	require.NoError(t, err)
	require.Empty(t, found, "a room knows its own")
}

func shares(t *testing.T, f *jobFixture) {
	s := generation.Share{
		ID: protocol.DerivedID("s"), Workspace: workspace, Room: "r", Asset: fmt.Sprintf("%064x", 1), Up: 3, Down: 1,
		CreatedBy: "ana", CreatedAt: time.UnixMilli(f.clock.UnixMilli()), Hash: []byte("hash of a token"),
	}
	require.NoError(t, f.PutShare(t.Context(), s))
	found, err := f.ShareByHash(t.Context(), s.Hash)
	require.NoError(t, err)
	require.Equal(t, s, found)
	list, err := f.Shares(t.Context(), "r")
	require.NoError(t, err)
	require.Equal(t, []generation.Share{s}, list)
	requireCode(t, protocol.CodeNotFound, f.RevokeShare(t.Context(), "s", s.ID))
	require.NoError(t, f.RevokeShare(t.Context(), "r", s.ID))
	requireCode(t, protocol.CodeNotFound, f.RevokeShare(t.Context(), "r", s.ID))
	_, err = f.ShareByHash(t.Context(), s.Hash)
	requireCode(t, protocol.CodeNotFound, err)
}
