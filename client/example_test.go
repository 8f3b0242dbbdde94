package client_test

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"atelier/client"
	"atelier/protocol"
)

func Example() {
	server := studio()
	defer server.Close()
	ctx := context.Background()
	room, err := client.Join(ctx, client.Options{URL: server.URL, Room: "room", Key: "atl_…"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer room.Close() //nolint:errcheck // never fails

	note, writes := client.Create(protocol.KindNote, map[string]protocol.Value{
		"x": protocol.Int(100), "y": protocol.Int(80), "text": protocol.String("hello"),
	})
	if _, err := room.Change(ctx, writes...); err != nil {
		fmt.Println(err)
		return
	}
	res, err := room.Change(ctx, client.Set(note, "x", protocol.Int(120)))
	if err != nil {
		fmt.Println(err)
		return
	}
	rec, _ := room.Record(note)
	fmt.Println("revision", res.Rev, "at", rec.Number("x"), rec.Text("text"))
	// Output: revision 2 at 120 hello
}

func ExampleRoom_Enqueue() {
	server := studio()
	defer server.Close()
	ctx := context.Background()
	room, err := client.Join(ctx, client.Options{URL: server.URL, Room: "room", Key: "atl_…"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer room.Close() //nolint:errcheck // never fails

	job, err := room.Enqueue(ctx, protocol.JobRequest{Kind: "image", Prompt: "a harbour at dusk, rain"})
	if err != nil {
		fmt.Println(err)
		return
	}
	job, err = room.AwaitJob(ctx, job.ID)
	fmt.Println(job.State, err)
	// Output: succeeded <nil>
}

func ExampleRoom_Subscribe() {
	server := studio()
	defer server.Close()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	room, err := client.Join(ctx, client.Options{URL: server.URL, Room: "room", Key: "atl_…"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer room.Close() //nolint:errcheck // never fails

	events := room.Subscribe()
	defer events.Close()
	_, writes := client.Create(protocol.KindNote, map[string]protocol.Value{"text": protocol.String("hello")})
	if _, err := room.Change(ctx, writes...); err != nil {
		fmt.Println(err)
		return
	}
	for e := range events.All(ctx) {
		if changed, ok := e.(client.Changed); ok {
			fmt.Println("revision", changed.Change.Rev, "with", len(changed.Change.Writes), "writes")
			break
		}
	}
	// Output: revision 1 with 2 writes
}

// A bot that works on a draft: others see it as it goes, and nothing of it is on main before it is merged.
func ExampleRoom_Merge() {
	server := studio()
	defer server.Close()
	ctx := context.Background()
	room, err := client.Join(ctx, client.Options{URL: server.URL, Room: "room", Key: "atl_…"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer room.Close() //nolint:errcheck // never fails

	branch, err := room.CreateBranch(ctx, "Robot's draft")
	if err != nil {
		fmt.Println(err)
		return
	}
	draft := room.On(branch.ID)
	id, writes := client.Create(protocol.KindPrompt, map[string]protocol.Value{"prompt": protocol.String("a harbour at dusk")})
	if _, err := draft.Change(ctx, writes...); err != nil {
		fmt.Println(err)
		return
	}
	_, onMain := room.Record(id)
	_, onDraft := draft.Record(id)
	fmt.Println("on main:", onMain, "on the draft:", onDraft)

	_, err = room.Merge(ctx, branch.ID, nil)
	if conflict, ok := errors.AsType[*client.ConflictError](err); ok {
		// Somebody changed the same on main: say for each cell, or for all, whose value stands.
		fmt.Println("met", len(conflict.Conflicts), "changes of others")
		_, err = room.Merge(ctx, branch.ID, &client.MergeOptions{
			Resolve: []protocol.Resolution{{Choice: protocol.ChooseBoth}},
		})
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	prompt, _ := room.Record(id)
	branch, _ = room.Branch(branch.ID)
	fmt.Println("merged:", prompt.Text("prompt"), "- open:", branch.Open())
	// Output:
	// on main: false on the draft: true
	// merged: a harbour at dusk - open: false
}

// What has become of a room, without joining it.
func ExampleAPI_History() {
	server := studio()
	defer server.Close()
	ctx := context.Background()
	api, err := client.NewAPI(server.URL, client.Identity{Key: "atl_…"}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for change, err := range api.History(ctx, "room", client.HistoryQuery{Branch: client.Main}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, w := range change.Writes {
			before, _ := w.Before.AsString()
			after, _ := w.After.AsString()
			fmt.Printf("%d: %s wrote %s: %q instead of %q\n", change.Rev, change.UserName, w.Prop, after, before)
		}
	}
	// Output:
	// 2: Ben wrote prompt: "a red fox" instead of "a fox"
	// 1: Ana wrote prompt: "a fox" instead of ""
}

// One request: a photo becomes music, both become a film, and the film words.
func ExampleRoom_AwaitChain() {
	server := studio()
	defer server.Close()
	ctx := context.Background()
	room, err := client.Join(ctx, client.Options{URL: server.URL, Room: "room", Key: "atl_…"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer room.Close() //nolint:errcheck // never fails

	const photo = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d" // of [API.PutAsset]
	job, err := room.Enqueue(ctx, protocol.JobRequest{
		Kind: "audio", Transform: "soundtrack", Prompt: "a calm evening", Inputs: []string{photo},
		Then: []protocol.Step{
			{Kind: "video", Transform: "animate", From: []int{-1, 0}}, // the photo itself, and the music
			{Kind: "text", Transform: "describe"},
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	steps, err := room.AwaitChain(ctx, job.ID)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, step := range steps {
		fmt.Println(step.Step, step.Kind, step.State)
	}
	// Output:
	// 0 audio succeeded
	// 1 video succeeded
	// 2 text succeeded
}

// What a result came from, by how much, and a link that shows it to anybody.
func ExampleAPI_Share() {
	server := studio()
	defer server.Close()
	ctx := context.Background()
	api, err := client.NewAPI(server.URL, client.Identity{Key: "atl_…"}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	tree, err := api.Lineage(ctx, "room", "film", &client.Reach{Up: 8})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range tree.Sources {
		fmt.Printf("%.0f %% %s%s\n", 100*s.Share, s.Asset, s.Prompt)
	}
	_, link, err := api.Share(ctx, "room", "film", nil)
	fmt.Println(link, err)
	// Output:
	// 75 % photo
	// 25 % a calm evening
	// https://studio.example/shared/token <nil>
}

// A worker that answers every request with the same picture, until its context ends.
func ExampleWorker() {
	server := studio()
	defer server.Close()
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	room, err := client.Join(ctx, client.Options{URL: server.URL, Room: "room", Key: "atl_…"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer room.Close() //nolint:errcheck // never fails

	events := room.Subscribe()
	defer events.Close()
	worker := client.Worker{Name: "Studio GPU", Routes: []string{"sketch/landscape"}, Run: func(ctx context.Context, t *client.Task) error {
		for i := range t.Wanted() {
			t.Report(float64(i)/float64(t.Wanted()), nil)
			if err := t.Put(ctx, i, strings.NewReader("a picture of "+t.Job.Prompt)); err != nil {
				return err
			}
		}
		return nil
	}}
	served := make(chan error, 1)
	go func() { served <- worker.Serve(ctx, room) }()
	for e := range events.All(ctx) {
		if e, ok := e.(client.JobChanged); ok {
			fmt.Println(e.Job.State)
			stop()
			break
		}
	}
	fmt.Println(<-served)
	// Output:
	// succeeded
	// <nil>
}
