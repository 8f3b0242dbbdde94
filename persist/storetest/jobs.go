package storetest

import (
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/generation"
	"atelier/protocol"
)

// JobStores is the queue's part of a database. What an [Opener] opens for [Jobs] has it, too.
type JobStores interface {
	generation.QueueStore
	generation.LineStore
	generation.LeaseStore
	generation.PlacementStore
	generation.AssetStore
	generation.LineageStore
	generation.ShareStore
}

// jobFixture is a fixture with the queue in sight and a room to queue in.
type jobFixture struct {
	*fixture
	JobStores
	serial int
}

const lease = 30 * time.Second

func newJobFixture(t *testing.T, open Opener) *jobFixture {
	t.Helper()
	f := newFixture(t, open)
	f.room(t, "r")
	jobs, ok := f.Stores.(JobStores)
	require.True(t, ok, "%T keeps no jobs", f.Stores)
	return &jobFixture{fixture: f, JobStores: jobs}
}

// request is a job as the queue hands it over; each call makes another id.
func (f *jobFixture) request(user string) protocol.Job {
	f.serial++
	return protocol.Job{
		JobRequest: protocol.JobRequest{
			ID: protocol.DerivedID("job", strconv.Itoa(f.serial)), Kind: "image", Transform: "generate", Provider: "fake",
			Model: "m", Prompt: "a harbour at dusk", Params: map[string]any{"width": 640.0, "tiled": true, "look": "ink"},
			Seed: 7, Count: 1, Place: protocol.Place{X: 1.5, Y: -2, W: 320},
		},
		Room: "r", User: user, UserName: "Name of " + user, MaxAttempts: 2, Units: 1,
	}
}

func (f *jobFixture) enqueue(t *testing.T, job protocol.Job) protocol.Job {
	t.Helper()
	return f.enqueueAll(t, job)[0]
}

func (f *jobFixture) enqueueAll(t *testing.T, jobs ...protocol.Job) []protocol.Job {
	t.Helper()
	stored, created, err := f.Enqueue(t.Context(), workspace, jobs, generation.Caps{})
	require.NoError(t, err)
	require.True(t, created)
	require.Len(t, stored, len(jobs))
	return stored
}

// order carries a command out and returns the job that it named.
func (f *jobFixture) order(t *testing.T, id string, c generation.Command) protocol.Job {
	t.Helper()
	changed, err := f.Command(t.Context(), "r", id, c)
	require.NoError(t, err)
	require.Equal(t, id, changed[len(changed)-1].ID)
	return changed[len(changed)-1]
}

func (f *jobFixture) refuse(t *testing.T, code protocol.Code, id string, c generation.Command) {
	t.Helper()
	_, err := f.Command(t.Context(), "r", id, c)
	requireCode(t, code, err)
}

func (f *jobFixture) claim(t *testing.T) *generation.Lease {
	t.Helper()
	l, err := f.Claim(t.Context(), able("worker"), lease, generation.Caps{})
	require.NoError(t, err)
	return l
}

// run enqueues a job and brings it to running.
func (f *jobFixture) run(t *testing.T) *generation.Lease {
	t.Helper()
	f.enqueue(t, f.request("ana"))
	l := f.claim(t)
	require.NotNil(t, l)
	running, err := f.Renew(t.Context(), "r", l.Job.ID, l.Token, lease)
	require.NoError(t, err)
	l.Job = *running
	return l
}

func (f *jobFixture) finish(t *testing.T, l *generation.Lease, end generation.Ending) protocol.Job {
	t.Helper()
	changed, err := f.Finish(t.Context(), "r", l.Job.ID, l.Token, end)
	require.NoError(t, err)
	require.Equal(t, l.Job.ID, changed[0].ID)
	return changed[0]
}

func able(worker string) generation.Capabilities {
	return generation.Capabilities{Worker: worker, Routes: []string{"fake/m", "fake/never ran", "other/m"}}
}

func succeeded() generation.Ending {
	asset := generation.Asset{
		ID: fmt.Sprintf("%064x", 1), Workspace: workspace, Mime: "image/png", Bytes: 12, Width: 3, Height: 4,
		Thumb: fmt.Sprintf("%064x", 2), Placeholder: "LEHV6nWB2yk8", CreatedBy: "ana", CreatedAt: start(),
	}
	return generation.Ending{
		State: protocol.JobSucceeded, Assets: []generation.Asset{asset}, Cost: 0.25,
		Results: []protocol.JobResult{{Asset: asset.ID, Record: protocol.DerivedID("r"), Mime: asset.Mime, Bytes: 12}},
	}
}

func failed() generation.Ending {
	return generation.Ending{
		State: protocol.JobFailed, Error: protocol.Errorf(protocol.CodeProviderError, "no such style"),
	}
}

// Jobs is the suite of the queue's stores.
func Jobs(t *testing.T, open Opener) {
	for name, test := range map[string]func(*testing.T, *jobFixture){
		"enqueue stores a job as it was asked for, and a reopened store has it":      enqueueStores,
		"enqueue again returns the job that is there":                                enqueueIsIdempotent,
		"enqueue refuses an id that stands for something else":                       enqueueRefusesOtherContent,
		"enqueue into no room of the workspace is refused":                           enqueueNeedsRoom,
		"caps hold against many at once":                                             capsHold,
		"every transition takes the room's next sequence":                            sequenceHasNoGaps,
		"jobs are read from any sequence, and whole from 0":                          jobsAreRead,
		"claims are first in first out over rooms and providers":                     claimsInOrder,
		"priority orders one's own jobs and passes nobody else's":                    priorityIsOnesOwn,
		"claims at once never give a job twice":                                      claimsAreExclusive,
		"a lease is renewed, and runs the job once":                                  renewRuns,
		"a stale token is refused whatever it reports":                               staleTokens,
		"a lapsed lease goes back to its place and counts the attempt":               lapseCounts,
		"the last lapse fails the job in words":                                      lastLapseFails,
		"a restarted worker's leases lapse at once, nobody else's":                   lapseOfWorker,
		"a lease given back does not count the attempt":                              givenBack,
		"a delayed job waits for its time and keeps the reason":                      delayed,
		"success stores results, assets and cost with the transition":                successIsWhole,
		"cancel ends any unfinished job and takes its lease":                         cancelEnds,
		"requeue takes failed and cancelled jobs to the end of the line":             requeueAgain,
		"what is not placed is found until it is marked, in pages":                   unplacedPages,
		"the line has busy jobs first, then waiting ones in order, with their paces": lineTells,
		"assets belong to a workspace and stay as they were first put":               assetsStay,
	} {
		t.Run(name, func(t *testing.T) { test(t, newJobFixture(t, open)) })
	}
	for name, test := range turnTests() {
		t.Run(name, func(t *testing.T) { test(t, newJobFixture(t, open)) })
	}
}

func enqueueStores(t *testing.T, f *jobFixture) {
	want := f.request("ana")
	stored := f.enqueue(t, want)
	want.State, want.Seq, want.CreatedAt = protocol.JobQueued, 1, f.clock.UnixMilli()
	require.Equal(t, want, stored)

	f.reopen(t)
	f.JobStores = f.Stores.(JobStores)
	read, err := f.Job(t.Context(), "r", want.ID)
	require.NoError(t, err)
	require.Equal(t, want, read)
}

func enqueueIsIdempotent(t *testing.T, f *jobFixture) {
	job := f.request("ana")
	first := f.enqueue(t, job)
	f.claim(t)
	again, created, err := f.Enqueue(t.Context(), workspace, []protocol.Job{job}, generation.Caps{Pending: 1})
	require.NoError(t, err)
	require.False(t, created)
	require.Equal(t, protocol.JobLeased, again[0].State)
	require.Equal(t, first.CreatedAt, again[0].CreatedAt)
}

func enqueueRefusesOtherContent(t *testing.T, f *jobFixture) {
	job := f.request("ana")
	f.enqueue(t, job)
	for _, change := range []func(*protocol.Job){
		func(j *protocol.Job) { j.User = "ben" },
		func(j *protocol.Job) { j.Prompt = "another" },
		func(j *protocol.Job) { j.Params = nil },
	} {
		other := job
		change(&other)
		_, _, err := f.Enqueue(t.Context(), workspace, []protocol.Job{other}, generation.Caps{})
		requireCode(t, protocol.CodeInvalidInput, err)
	}
}

func enqueueNeedsRoom(t *testing.T, f *jobFixture) {
	job := f.request("ana")
	_, _, err := f.Enqueue(t.Context(), "others", []protocol.Job{job}, generation.Caps{})
	requireCode(t, protocol.CodeNotFound, err)
	job.Room = "nowhere"
	_, _, err = f.Enqueue(t.Context(), workspace, []protocol.Job{job}, generation.Caps{})
	requireCode(t, protocol.CodeNotFound, err)
}

func capsHold(t *testing.T, f *jobFixture) {
	var wg sync.WaitGroup
	var mu sync.Mutex
	codes := make(map[protocol.Code]int)
	for range 12 {
		job := f.request("ana")
		wg.Go(func() {
			_, _, err := f.Enqueue(t.Context(), workspace, []protocol.Job{job}, generation.Caps{Pending: 5})
			mu.Lock()
			defer mu.Unlock()
			codes[protocol.CodeOf(err)]++
		})
	}
	wg.Wait()
	require.Equal(t, map[protocol.Code]int{"": 5, protocol.CodeRateLimited: 7}, codes)

	_, _, err := f.Enqueue(t.Context(), workspace, []protocol.Job{f.request("ben")}, generation.Caps{Pending: 5})
	require.NoError(t, err, "the cap is each user's own")
	f.finish(t, f.claim(t), failed())
	_, _, err = f.Enqueue(t.Context(), workspace, []protocol.Job{f.request("ana")}, generation.Caps{Pending: 5})
	require.NoError(t, err, "a finished job makes room")
}

func claimsAreExclusive(t *testing.T, f *jobFixture) {
	const jobs, workers = 60, 8
	for range jobs {
		f.enqueue(t, f.request("ana"))
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	given := make(map[string]int)
	var failure error
	for w := range workers {
		wg.Go(func() {
			for {
				l, err := f.Claim(t.Context(), able(fmt.Sprint("w", w)), lease, generation.Caps{})
				mu.Lock()
				failure = errors.Join(failure, err)
				if l != nil {
					given[l.Job.ID]++
				}
				mu.Unlock()
				if l == nil {
					return
				}
			}
		})
	}
	wg.Wait()
	require.NoError(t, failure)
	require.Len(t, given, jobs)
	for id, times := range given {
		require.Equal(t, 1, times, id)
	}
}
