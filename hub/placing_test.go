package hub_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/generation"
	"atelier/hub"
	"atelier/protocol"
)

func finished(room string, place protocol.Place) protocol.Job {
	id := protocol.NewID()
	return protocol.Job{
		JobRequest: protocol.JobRequest{ID: id, Kind: "text", Prompt: "a hill", Place: place}, Room: room,
		State: protocol.JobSucceeded, Results: []protocol.JobResult{{Record: generation.RecordID(id, 0), Text: "It is green."}},
	}
}

func (h *house) records(room string) map[string]string {
	h.t.Helper()
	r, err := h.registry.Room(h.t.Context(), room)
	require.NoError(h.t, err)
	_, records, err := r.Records(h.t.Context())
	require.NoError(h.t, err)
	out := map[string]string{}
	for _, rec := range records {
		out[rec.ID] = rec.Kind
	}
	return out
}

func TestPlacingTwicePlacesOnce(t *testing.T) {
	h := build(t, plan{})
	room := h.guest("Ana").room(false)
	placer := hub.NewPlacer(h.registry)
	job := finished(room, protocol.Place{})
	require.NoError(t, placer.Place(t.Context(), job)) // nobody is in the room: it is loaded
	require.NoError(t, placer.Place(t.Context(), job))
	require.Equal(t, map[string]string{job.Results[0].Record: "text"}, h.records(room), "[P64] once")
}

func TestAResultIsPlacedWithoutWhatIsGone(t *testing.T) {
	h := build(t, plan{})
	room := h.guest("Ana").room(false)
	job := finished(room, protocol.Place{Source: protocol.NewID(), Parent: protocol.NewID()})
	require.NoError(t, hub.NewPlacer(h.registry).Place(t.Context(), job))
	require.Equal(t, map[string]string{job.Results[0].Record: "text"}, h.records(room), "no edge from a record that is not there")
}

func TestPlacingInARoomThatIsNotThereSettlesTheJob(t *testing.T) {
	h := build(t, plan{})
	err := hub.NewPlacer(h.registry).Place(t.Context(), finished("nowhere", protocol.Place{}))
	require.Equal(t, protocol.CodeNotFound, protocol.CodeOf(err))
}

func TestProgressIsShownToWhoIsThere(t *testing.T) {
	h := build(t, plan{})
	ana := h.guest("Ana")
	room := ana.room(false)
	announcer := hub.NewAnnouncer(h.registry)
	announcer.Progress(room, protocol.Progress{Job: protocol.NewID(), Fraction: 0.5}) // nobody is there, and nothing breaks
	c, _ := ana.join(room)
	id := protocol.NewID()
	announcer.Progress(room, protocol.Progress{Job: id, Attempt: 1, Fraction: 0.5})
	require.Contains(t, string(c.await(protocol.TypeProgress)), id)
}
