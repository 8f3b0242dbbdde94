package hub_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/generation"
	"atelier/protocol"
)

// asks sends a command and decodes the reply.
func (c *peer) asks(t protocol.Type, req uint64, body, into any) {
	c.t.Helper()
	c.command(t, req, body)
	answer, refusal := c.reply(req)
	require.Nil(c.t, refusal, "%v", refusal)
	if into != nil {
		require.NoError(c.t, protocol.DecodeBody(answer, into))
	}
}

func (c *peer) refused(code protocol.Code, t protocol.Type, req uint64, body any) {
	c.t.Helper()
	c.command(t, req, body)
	_, refusal := c.reply(req)
	require.NotNil(c.t, refusal)
	require.Equal(c.t, code, refusal.Code, "%v", refusal)
}

func dot(t *testing.T, w int) *bytes.Reader {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, png.Encode(&out, image.NewGray(image.Rect(0, 0, w, 10))))
	return bytes.NewReader(out.Bytes())
}

func wanted(prompt string) protocol.JobRequest {
	return protocol.JobRequest{ID: protocol.NewID(), Kind: "image", Prompt: prompt}
}

func offer(slots int) protocol.WorkOffer {
	return protocol.WorkOffer{Name: "Box", Slots: slots, Routes: []string{"still/one"}}
}

func TestAMemberRunsTheRoomsJobs(t *testing.T) {
	h := build(t, plan{})
	ana, box := h.as(protocol.RoleOwner), h.as(protocol.RoleEditor)
	room := ana.room(false)
	a, _ := ana.join(room)
	w, _ := box.join(room)
	w.asks(protocol.TypeWorkOffer, 1, offer(1), nil)
	var info protocol.QueueInfo
	for len(info.Workers) == 0 {
		a.body(protocol.TypeQueue, &info)
	}
	require.Equal(t, "Box", info.Workers[0].Name, "[P69] [P75] the room sees its workers")

	var job, second protocol.Job
	a.asks(protocol.TypeJobEnqueue, 1, wanted("a hill"), &job)
	a.asks(protocol.TypeJobEnqueue, 2, wanted("a second hill"), &second)
	var work protocol.Work
	w.body(protocol.TypeWork, &work)
	require.Equal(t, job.ID, work.Job.ID, "[P76]")
	require.Positive(t, work.LeaseMS)
	w.asks(protocol.TypeWorkReport, 2, protocol.WorkReport{Job: job.ID, Token: work.Token, Fraction: 0.5}, nil)
	for job.State != protocol.JobRunning {
		a.body(protocol.TypeJob, &job)
	}
	require.Equal(t, "Box", job.Worker, "[P77] the first report says that it runs")

	path := fmt.Sprintf("/v1/rooms/%s/jobs/%s/results/", room, job.ID)
	token := fmt.Sprintf("?token=%d", work.Token)
	box.refused(protocol.CodeConflict, http.MethodPut, path+"0?token=99", dot(t, 10))
	ana.refused(protocol.CodeConflict, http.MethodPut, path+"0"+token, dot(t, 10))
	box.refused(protocol.CodeInvalidInput, http.MethodPut, path+"1"+token, dot(t, 10))
	wrong := box.request(http.MethodPut, path+"0"+token, dot(t, 10))
	wrong.Header.Set("X-Content-SHA256", fmt.Sprintf("%064d", 0))
	res, _ := box.do(wrong)
	require.Equal(t, protocol.CodeInvalidInput.HTTPStatus(), res.StatusCode)
	box.refused(protocol.CodeProviderError, http.MethodPut, path+"0"+token, bytes.NewReader([]byte("<html>")))
	var asset struct{ ID string }
	box.ok(http.MethodPut, path+"0"+token, dot(t, 10), &asset)

	w.refused(protocol.CodeInvalidInput, protocol.TypeWorkEnd, 3, protocol.WorkEnd{Job: job.ID, Token: work.Token, Results: []string{fmt.Sprintf("%064d", 1)}})
	w.refused(protocol.CodeConflict, protocol.TypeWorkEnd, 4, protocol.WorkEnd{Job: job.ID, Token: work.Token + 1, Results: []string{asset.ID}})
	end := protocol.WorkEnd{Job: job.ID, Token: work.Token, Results: []string{asset.ID}}
	var ended, again protocol.Job
	w.asks(protocol.TypeWorkEnd, 5, end, &ended)
	require.Equal(t, protocol.JobSucceeded, ended.State)
	w.asks(protocol.TypeWorkEnd, 6, end, &again)
	require.Equal(t, ended.Results, again.Results, "[P78] the same again is answered as the first")
	for !job.Placed {
		a.body(protocol.TypeJob, &job)
	}
	require.Len(t, h.records(room), 1)
	w.refused(protocol.CodeConflict, protocol.TypeWorkReport, 7, protocol.WorkReport{Job: job.ID, Token: work.Token})
}

func TestWhatIsCancelledIsTakenFromItsWorker(t *testing.T) {
	h := build(t, plan{})
	ana := h.as(protocol.RoleOwner)
	room := ana.room(false)
	a, _ := ana.join(room)
	box := h.as(protocol.RoleEditor)
	w, welcome := box.join(room)
	w.asks(protocol.TypeWorkOffer, 1, offer(2), nil)
	var job, other protocol.Job
	a.asks(protocol.TypeJobEnqueue, 1, wanted("a hill"), &job)
	a.asks(protocol.TypeJobEnqueue, 2, wanted("a sea"), &other)
	var work protocol.Work
	w.body(protocol.TypeWork, &work)
	w.body(protocol.TypeWork, &work)
	a.asks(protocol.TypeJobCancel, 3, protocol.JobRef{Job: job.ID}, &job)
	require.Equal(t, protocol.JobCancelled, job.State)
	var ref protocol.WorkRef
	w.body(protocol.TypeWorkStop, &ref)
	require.Equal(t, job.ID, ref.Job, "[P79]")

	// It comes back over another socket and is told what it has.
	require.NoError(t, w.ws.CloseNow())
	again := box.dial(room)
	again.command(protocol.TypeHello, 0, protocol.Hello{V: protocol.Version, Session: welcome.Session})
	again.body(protocol.TypeWork, &work)
	require.Equal(t, other.ID, work.Job.ID, "[P76] what it has, without what was cancelled")
	again.asks(protocol.TypeWorkReport, 1, protocol.WorkReport{Job: other.ID, Token: work.Token, Fraction: 0.1}, nil)
}

func TestAViewerMayNotWorkAndARoleThatIsLostEndsIt(t *testing.T) {
	h := build(t, plan{})
	ana, ben := h.as(protocol.RoleOwner), h.as(protocol.RoleEditor)
	room := ana.room(false)
	a, _ := ana.join(room)
	v, _ := h.as(protocol.RoleViewer).join(room)
	v.refused(protocol.CodeForbidden, protocol.TypeWorkOffer, 1, offer(1))
	w, _ := ben.join(room)
	w.asks(protocol.TypeWorkOffer, 1, offer(1), nil)
	var job protocol.Job
	a.asks(protocol.TypeJobEnqueue, 1, wanted("a hill"), &job)
	w.await(protocol.TypeWork)
	ana.ok(http.MethodPatch, "/v1/people/"+ben.id, map[string]string{"role": "viewer"}, nil)
	for job.State != protocol.JobQueued || job.Error == nil {
		a.body(protocol.TypeJob, &job)
	}
	require.Contains(t, job.Error.Message, "lost", "it says why it waits again")
	require.Equal(t, 1, job.Attempt)
}

func TestTheQueueIsOrderedPausedAndCleared(t *testing.T) {
	h := build(t, plan{})
	ana, ben := h.as(protocol.RoleOwner), h.as(protocol.RoleEditor)
	room := ana.room(false)
	a, _ := ana.join(room)
	b, _ := ben.join(room)
	var info protocol.QueueInfo
	b.refused(protocol.CodeForbidden, protocol.TypeQueueSet, 1, protocol.QueuePatch{Paused: new(true)})
	a.asks(protocol.TypeQueueSet, 1, protocol.QueuePatch{Paused: new(true), ApprovalOver: new(2.0)}, &info)
	require.True(t, info.Paused)
	require.NotEmpty(t, info.PausedBy)
	require.InDelta(t, 2, info.ApprovalOver, 0, "[P66]")

	var first, second, large protocol.Job
	b.asks(protocol.TypeJobEnqueue, 2, wanted("one"), &first)
	b.asks(protocol.TypeJobEnqueue, 3, wanted("two"), &second)
	require.Equal(t, []int{1, 2}, []int{first.Position, second.Position})
	require.Zero(t, second.ExpectedStart, "nobody knows when a paused queue goes on")
	b.asks(protocol.TypeJobMove, 4, protocol.JobMove{Job: second.ID, Before: first.ID}, &second)
	require.Equal(t, 1, second.Position, "[P65]")
	big := wanted("three")
	big.Count = 3
	b.asks(protocol.TypeJobEnqueue, 5, big, &large)
	require.Equal(t, protocol.JobAwaitingApproval, large.State, "[P66] it counts more than passes by itself")
	b.refused(protocol.CodeForbidden, protocol.TypeJobApprove, 6, protocol.JobRef{Job: large.ID})
	a.asks(protocol.TypeJobApprove, 7, protocol.JobRef{Job: large.ID}, &large)
	require.Equal(t, protocol.JobQueued, large.State)

	var mine protocol.Job
	a.asks(protocol.TypeJobEnqueue, 8, wanted("mine"), &mine)
	b.refused(protocol.CodeForbidden, protocol.TypeQueueClear, 9, protocol.QueueClear{})
	var out struct {
		Jobs int `msgpack:"jobs"`
	}
	b.asks(protocol.TypeQueueClear, 10, protocol.QueueClear{User: ben.id}, &out)
	require.Equal(t, 3, out.Jobs, "[P65] one's own")
	a.asks(protocol.TypeQueueClear, 11, protocol.QueueClear{}, &out)
	require.Equal(t, 1, out.Jobs)
}

func TestAChainOverTheSocket(t *testing.T) {
	h := build(t, plan{})
	ana := h.as(protocol.RoleOwner)
	room := ana.room(false)
	a, _ := ana.join(room)
	req := wanted("a hill")
	req.Then = []protocol.Step{{Kind: "image", Transform: "generate", Prompt: "and a sea"}}
	var head protocol.Job
	a.asks(protocol.TypeJobEnqueue, 1, req, &head)
	require.Equal(t, []any{head.ID, 0, 2}, []any{head.Chain, head.Step, head.Steps}, "[P68]")
	w, _ := h.as(protocol.RoleEditor).join(room)
	var states []protocol.JobState
	for _, j := range h.jobs(room) {
		states = append(states, j.State)
	}
	require.Equal(t, []protocol.JobState{protocol.JobQueued, protocol.JobWaiting}, states)
	w.asks(protocol.TypeWorkOffer, 1, offer(1), nil)
	a.refused(protocol.CodeConflict, protocol.TypeJobRate, 2, protocol.JobRating{Job: head.ID, Stars: 3})
	a.refused(protocol.CodeInvalidInput, protocol.TypeJobEnqueue, 3, protocol.JobRequest{ID: protocol.NewID(), Kind: "image", Prompt: "x", Then: []protocol.Step{{Kind: "smell", Transform: "sniff"}}})
}

func (h *house) jobs(room string) []protocol.Job {
	h.t.Helper()
	jobs, err := h.queue.Jobs(h.t.Context(), room, 0, 100)
	require.NoError(h.t, err)
	return jobs
}

// A link shows one lineage to anybody, and nothing once it is revoked.
func TestALineageIsSharedByALink(t *testing.T) {
	h := build(t, plan{})
	ana, ben := h.as(protocol.RoleOwner), h.as(protocol.RoleEditor)
	room := ana.room(true)
	var up struct{ ID string }
	ana.ok(http.MethodPut, "/v1/assets?room="+room, dot(t, 12), &up)
	child := fmt.Sprintf("%064d", 7)
	require.NoError(t, h.db.PutOrigins(t.Context(), generation.Origin{Workspace: "studio", Room: room, Asset: child, Parent: up.ID, Weight: 1}))
	var g generation.Lineage
	ana.ok(http.MethodGet, "/v1/rooms/"+room+"/lineage/"+up.ID, nil, &g)
	require.Len(t, g.Nodes, 2)
	ben.refused(protocol.CodeNotFound, http.MethodGet, "/v1/rooms/"+room+"/lineage/"+up.ID, nil)
	ana.refused(protocol.CodeInvalidInput, http.MethodGet, "/v1/rooms/"+room+"/lineage/"+up.ID+"?up=99", nil)

	var made struct {
		Share generation.Share
		URL   string
	}
	ana.ok(http.MethodPost, "/v1/rooms/"+room+"/shares", map[string]any{"asset": up.ID}, &made)
	token := made.URL[len("http://studio.example/shared/"):]
	stranger := &person{house: h}
	stranger.ok(http.MethodGet, "/v1/shared/"+token, nil, &g)
	require.Equal(t, up.ID, g.Asset)
	res, _ := stranger.do(stranger.request(http.MethodGet, "/v1/shared/"+token+"/assets/"+up.ID, nil))
	require.Equal(t, http.StatusOK, res.StatusCode)
	require.Equal(t, "nosniff", res.Header.Get("X-Content-Type-Options"))
	stranger.refused(protocol.CodeNotFound, http.MethodGet, "/v1/shared/"+token+"/assets/"+fmt.Sprintf("%064d", 9), nil)
	stranger.refused(protocol.CodeAuthRequired, http.MethodGet, "/v1/assets/"+up.ID, nil)
	ana.ok(http.MethodDelete, "/v1/rooms/"+room+"/shares/"+made.Share.ID, nil, nil)
	stranger.refused(protocol.CodeNotFound, http.MethodGet, "/v1/shared/"+token, nil)
}
