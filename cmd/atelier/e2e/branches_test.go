package e2e

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/client"
	"atelier/protocol"
)

func str(s string) protocol.Value { return protocol.String(s) }

func changed(t *testing.T, v client.View, writes ...protocol.Write) protocol.ChangeResult {
	t.Helper()
	res, err := v.Change(soon(t), writes...)
	require.NoError(t, err)
	return res
}

func newPrompt(t *testing.T, v client.View, words string) string {
	t.Helper()
	id, writes := client.Create(protocol.KindPrompt, map[string]protocol.Value{
		"prompt": str(words), "seed": protocol.Int(1), "x": protocol.Int(10), "y": protocol.Int(20),
	})
	changed(t, v, writes...)
	return id
}

func promptOn(v client.View, id string) string {
	r, _ := v.Record(id)
	return r.Text("prompt")
}

// agreeOnBranches waits until what replicas show on every branch is what the server composes.
func agreeOnBranches(t *testing.T, rooms ...*client.Room) {
	t.Helper()
	agree(t, rooms...)
	_, branches, err := rooms[0].API().Branches(soon(t), rooms[0].Info().ID)
	require.NoError(t, err)
	for i, r := range rooms {
		require.Len(t, r.Branches(), len(branches))
		for _, b := range branches {
			have, ok := r.Branch(b.ID)
			require.True(t, ok)
			b.AuthorName, b.ActiveAt = "", 0 // which the API alone tells
			require.Equal(t, b, have)
			_, truth, err := r.API().RecordsAt(soon(t), r.Info().ID, client.Point{Branch: b.ID})
			require.NoError(t, err)
			require.Equal(t, byID(truth), byID(second(r.On(b.ID).Records())), "branch %s of replica %d", b.ID, i)
		}
	}
}

func second[A, B any](_ A, b B) B { return b }

func byID(records []client.Record) map[string]client.Record {
	out := make(map[string]client.Record, len(records))
	for _, r := range records {
		out[r.ID] = r
	}
	return out
}

func TestADraftIsMergedTakenBackAndMergedAgain(t *testing.T) {
	_, addr := serve(t, t.TempDir())
	url := "http://" + addr
	ana, ben := guest(t, url, "Ana"), guest(t, url, "Ben")
	id := newRoom(t, ana)
	anas, bens := enter(t, url, id, ana), enter(t, url, id, ben)
	fox := newPrompt(t, anas.On(""), "a fox in the snow")

	draft, err := bens.CreateBranch(soon(t), "Ben's draft")
	require.NoError(t, err)
	require.NoError(t, bens.Look(soon(t), draft.ID))
	changed(t, bens.On(draft.ID), client.Set(fox, "seed", protocol.Int(2)))
	owl := newPrompt(t, bens.On(draft.ID), "an owl")
	until(t, anas, "Ana sees the draft", func() bool { return promptOn(anas.On(draft.ID), owl) == "an owl" })
	until(t, anas, "Ana sees where Ben looks", func() bool { return anas.Members()[bens.Self().M].LooksAt() == draft.ID })
	_, ok := anas.Record(owl)
	require.False(t, ok)
	agreeOnBranches(t, anas, bens)

	changed(t, anas.On(""), client.Set(fox, "seed", protocol.Int(3)))
	_, err = bens.Merge(soon(t), draft.ID, nil)
	conflict, ok := errors.AsType[*client.ConflictError](err)
	require.True(t, ok, "%v", err)
	require.Len(t, conflict.Conflicts, 1)
	met := conflict.Conflicts[0]
	require.Equal(t, []any{fox, "seed", protocol.Int(1), protocol.Int(3), protocol.Int(2), anas.Self().User},
		[]any{met.Record, met.Prop, met.Base, met.Theirs, met.Mine, met.User})
	_, err = ben.Merge(soon(t), id, draft.ID, nil)
	same, ok := errors.AsType[*client.ConflictError](err)
	require.True(t, ok, "%v", err)
	require.Equal(t, conflict.Conflicts, same.Conflicts, "over HTTP it is the same conflict")

	merge := protocol.NewID()
	mine := []protocol.Resolution{{Choice: protocol.ChooseBranch}}
	first, err := bens.Merge(soon(t), draft.ID, &client.MergeOptions{ID: merge, Resolve: mine})
	require.NoError(t, err)
	again, err := bens.Merge(soon(t), draft.ID, &client.MergeOptions{ID: merge, Resolve: mine})
	require.NoError(t, err)
	require.Equal(t, first, again, "the same merge gets its first answer")
	require.Equal(t, "an owl", promptOn(bens.On(""), owl))
	b, _ := bens.Branch(draft.ID)
	require.False(t, b.Open())

	_, err = bens.Undo(soon(t), merge)
	require.NoError(t, err)
	b, _ = bens.Branch(draft.ID)
	require.True(t, b.Open())
	require.Positive(t, b.Cells)
	r, _ := bens.Record(fox)
	require.InDelta(t, 3, r.Number("seed"), 0)
	require.Equal(t, "an owl", promptOn(bens.On(draft.ID), owl))
	agreeOnBranches(t, anas, bens)

	_, err = ben.Merge(soon(t), id, draft.ID, &client.MergeOptions{Records: []string{owl}})
	require.NoError(t, err, "cherry-pick")
	until(t, anas, "Ana has the owl", func() bool { return promptOn(anas.On(""), owl) == "an owl" })
	agreeOnBranches(t, anas, bens)
}

func TestEditsThatMeetMergeOrDivergeAndNothingIsOverwritten(t *testing.T) {
	_, addr := serve(t, t.TempDir())
	url := "http://" + addr
	ana, ben := guest(t, url, "Ana"), guest(t, url, "Ben")
	id := newRoom(t, ana)
	anas, bens := enter(t, url, id, ana), enter(t, url, id, ben)
	fox := newPrompt(t, anas.On(""), "a fox in the snow")
	until(t, bens, "Ben has the fox", func() bool { return promptOn(bens.On(""), fox) != "" })

	words := bens.Prepare(protocol.Change{Writes: []protocol.Write{client.Set(fox, "prompt", str("a fox in the snow at dusk"))}})
	seed := bens.Prepare(protocol.Change{Episode: "ben", Writes: []protocol.Write{client.Set(fox, "seed", protocol.Int(7))}})
	changed(t, anas.On(""), client.Set(fox, "prompt", str("a red fox in the snow")), client.Set(fox, "seed", protocol.Int(9)))
	res, err := bens.Submit(soon(t), words)
	require.NoError(t, err)
	require.Nil(t, res.Branched)
	require.Equal(t, "a red fox in the snow at dusk", promptOn(bens.On(""), fox))
	res, err = bens.Submit(soon(t), seed)
	require.NoError(t, err)
	require.NotNil(t, res.Branched)
	require.Equal(t, "seed", res.Branched.Cells[0].Prop)
	b, ok := bens.Branch(res.Branched.Branch)
	require.True(t, ok)
	require.True(t, b.Diverged)
	require.Equal(t, res.Branched.Name, b.Name)
	require.Contains(t, b.Name, "Ben ")
	again, err := bens.Submit(soon(t), seed)
	require.NoError(t, err)
	require.Equal(t, res, again)
	next := changed(t, bens.On("").In("ben"), client.Set(fox, "model", str("x")))
	require.Equal(t, b.ID, next.Branched.Branch, "the episode stays on its branch")
	agreeOnBranches(t, anas, bens)
}

func TestHistoryIsReadComparedAndBroughtBack(t *testing.T) {
	_, addr := serve(t, t.TempDir())
	url := "http://" + addr
	ana := guest(t, url, "Ana")
	id := newRoom(t, ana)
	anas := enter(t, url, id, ana)
	fox := newPrompt(t, anas.On(""), "a fox")
	made := anas.Rev()
	v, err := anas.NameVersion(soon(t), "the first fox", 0)
	require.NoError(t, err)
	require.Equal(t, made, v.Rev)
	plan, err := ana.CreateBranch(soon(t), id, client.NewBranch{Name: "Plan"})
	require.NoError(t, err)
	require.Equal(t, "Plan", plan.Name)
	until(t, anas, "the branch came", func() bool { _, ok := anas.Branch(plan.ID); return ok })
	changed(t, anas.On(plan.ID), client.Set(fox, "prompt", str("a blue fox")))
	change := anas.Prepare(protocol.Change{Writes: []protocol.Write{client.Set(fox, "prompt", str("a fox at night"))}})
	_, err = anas.Submit(soon(t), change)
	require.NoError(t, err)

	var told []client.HistoryEntry
	for e, err := range ana.History(soon(t), id, client.HistoryQuery{Limit: 2}) {
		require.NoError(t, err)
		told = append(told, e)
	}
	require.Len(t, told, int(anas.Rev()), "every revision, over several pages")
	newest := told[0].Writes[0]
	require.Equal(t, "Ana", told[0].UserName)
	require.Equal(t, []protocol.Value{str("a fox"), str("a fox at night")}, []protocol.Value{newest.Before, newest.After})
	require.Equal(t, []client.Words{{Op: "same", Text: "a fox"}, {Op: "new", Text: " at night"}}, newest.Words)
	page, err := ana.HistoryPage(soon(t), id, client.HistoryQuery{Branch: plan.ID, Record: fox, User: anas.Self().User})
	require.NoError(t, err)
	require.Len(t, page.Changes, 1)
	require.Equal(t, plan.ID, page.Changes[0].Branch)

	diff, err := ana.Diff(soon(t), id, client.Point{}, client.Point{Branch: plan.ID})
	require.NoError(t, err)
	require.Len(t, diff.Records, 1)
	require.Equal(t, "prompt", diff.Records[0].Props[0].Prop)
	p := diff.Records[0].Props[0]
	require.Equal(t, []protocol.Value{str("a fox"), str("a fox at night"), str("a blue fox")}, []protocol.Value{p.Base, p.A, p.B})
	_, past, err := ana.RecordsAt(soon(t), id, client.Point{Rev: v.Rev})
	require.NoError(t, err)
	require.Equal(t, "a fox", byID(past)[fox].Text("prompt"))

	undone, err := ana.Undo(soon(t), id, change.ID, "")
	require.NoError(t, err)
	until(t, anas, "the undo came", func() bool { return anas.Rev() >= undone.Rev })
	require.Equal(t, "a fox", promptOn(anas.On(""), fox))
	changed(t, anas.On(""), client.Set(fox, "prompt", str("a cat")), client.Set(fox, "seed", protocol.Int(4)))
	restored, err := ana.Restore(soon(t), id, v.Rev, "", fox)
	require.NoError(t, err)
	require.Equal(t, 1, restored.Restored)
	until(t, anas, "the fox is back", func() bool { return anas.Rev() >= restored.Rev })
	require.Equal(t, "a fox", promptOn(anas.On(""), fox))

	name, yes := "Plan of old", true
	b, err := ana.UpdateBranch(soon(t), id, plan.ID, client.BranchPatch{Name: &name, Archived: &yes})
	require.NoError(t, err)
	require.Equal(t, name, b.Name)
	require.False(t, b.Open())
	_, err = ana.NameVersion(soon(t), id, client.Version{Name: "the end"})
	require.NoError(t, err)
	versions, err := ana.Versions(soon(t), id)
	require.NoError(t, err)
	require.Equal(t, []string{"the end", "the first fox"}, []string{versions[0].Name, versions[1].Name})
	until(t, anas, "both versions came", func() bool { return len(anas.Versions()) == 2 })
	agreeOnBranches(t, anas)
}

func TestASessionsWorkIsMovedToABranch(t *testing.T) {
	_, addr := serve(t, t.TempDir())
	url := "http://" + addr
	ana, ben := guest(t, url, "Ana"), guest(t, url, "Ben")
	id := newRoom(t, ana)
	anas, bens := enter(t, url, id, ana), enter(t, url, id, ben)
	fox := newPrompt(t, anas.On(""), "a fox")
	until(t, bens, "Ben has the fox", func() bool { return promptOn(bens.On(""), fox) != "" })
	changed(t, bens.On(""), client.Set(fox, "prompt", str("a cat")))
	branch := client.NewBranch{ID: protocol.NewID(), Name: "Cats"}
	moved, err := ben.MoveSession(soon(t), id, "", branch)
	require.NoError(t, err)
	require.Equal(t, 1, moved.Moved)
	again, err := ben.MoveSession(soon(t), id, "", branch)
	require.NoError(t, err)
	require.Equal(t, moved, again, "the same call again does nothing more")
	until(t, bens, "the move came", func() bool { return bens.Rev() >= moved.Rev })
	require.Equal(t, "a fox", promptOn(bens.On(""), fox))
	require.Equal(t, "a cat", promptOn(bens.On(moved.ID), fox))
	agreeOnBranches(t, anas, bens)
}

func TestReplicasAgreeOnBranchesAfterConnectionsWereCut(t *testing.T) {
	_, addr := serve(t, t.TempDir())
	people := []*client.API{guest(t, "http://"+addr, "Ana"), guest(t, "http://"+addr, "Ben"), guest(t, "http://"+addr, "Cem")}
	for seed := range uint64(cutSeeds) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			gate := newProxy(t, addr)
			branchesAgree(t, gate, people, seed)
		})
	}
}

func branchesAgree(t *testing.T, gate *proxy, people []*client.API, seed uint64) {
	t.Helper()
	id := newRoom(t, people[0])
	var members []*client.Room
	for _, api := range people {
		members = append(members, enter(t, gate.url(), id, api))
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
	defer cancel()
	errs, done := make(chan error, len(members)), make(chan struct{}, len(members)*steps)
	for i, m := range members {
		dice := rand.New(rand.NewPCG(seed, uint64(i)))
		go func() {
			for range steps {
				if err := branchStep(ctx, m, dice); err != nil {
					errs <- err
					return
				}
				done <- struct{}{}
			}
			errs <- nil
		}()
	}
	dice := rand.New(rand.NewPCG(seed, 99))
	for left := len(members); left > 0; {
		select {
		case <-done:
			if dice.IntN(8) == 0 {
				gate.cut(func() bool { return dice.IntN(2) == 0 })
			}
		case err := <-errs:
			require.NoError(t, err)
			left--
		}
	}
	agreeOnBranches(t, members...)
	merges, undone := 0, 0
	for e, err := range people[0].History(ctx, id, client.HistoryQuery{}) {
		require.NoError(t, err)
		if e.Merged != "" {
			merges++
		}
		if e.Undo != "" {
			undone++
		}
	}
	t.Logf("revision %d, %d branches, %d merges, %d taken back", members[0].Rev(), len(members[0].Branches()), merges, undone)
	require.Positive(t, merges)
	require.NotEmpty(t, members[0].Branches())
}

// branchStep does anything to main or a branch, whatever others do. What meets theirs may be refused or diverge.
func branchStep(ctx context.Context, m *client.Room, dice *rand.Rand) error {
	on := m.On("")
	branches := m.Branches()
	if len(branches) > 0 && dice.IntN(3) > 0 {
		on = m.On(branches[dice.IntN(len(branches))].ID)
	}
	all := byID(second(on.Records()))
	maps.DeleteFunc(all, func(_ string, r client.Record) bool { return r.Kind != protocol.KindPrompt })
	ids := slices.Sorted(maps.Keys(all))
	var err error
	switch n := dice.IntN(20); {
	case n == 0 && len(branches) < 6:
		_, err = m.CreateBranch(ctx, "")
	case n < 3 && on.Branch() != "":
		o := &client.MergeOptions{ID: protocol.NewID(), Resolve: []protocol.Resolution{{Choice: protocol.ChooseBoth}}}
		if _, err = m.Merge(ctx, on.Branch(), o); err == nil && n == 1 {
			_, err = m.Undo(ctx, o.ID)
		}
	case len(ids) < 3 || n < 6:
		props := map[string]protocol.Value{"prompt": str(fmt.Sprint("prompt ", n)), "x": protocol.Int(int64(n))}
		if len(ids) > 0 {
			props["parent"] = str(ids[dice.IntN(len(ids))])
		}
		_, writes := client.Create(protocol.KindPrompt, props)
		_, err = on.Change(ctx, writes...)
	case n == 6:
		_, err = on.Change(ctx, client.Delete(ids[dice.IntN(len(ids))]))
	case n < 10:
		_, err = on.Change(ctx, client.Set(ids[dice.IntN(len(ids))], "parent", str(ids[dice.IntN(len(ids))])))
	default:
		r := all[ids[dice.IntN(len(ids))]]
		_, err = on.In(fmt.Sprint("stay-", n)).Change(ctx, client.Set(r.ID, "prompt", str(fmt.Sprint(r.Text("prompt"), " and ", n))),
			client.Set(r.ID, "seed", protocol.Int(int64(dice.IntN(5)))))
	}
	if code := protocol.CodeOf(err); code == protocol.CodeConflict || code == protocol.CodeNotFound {
		return nil
	}
	return err
}
