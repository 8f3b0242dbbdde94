package e2e

import (
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/client"
	"atelier/protocol"
)

func ofKind(r *client.Room, kind protocol.Kind) []client.Record {
	var out []client.Record
	_, records := r.Records()
	for _, rec := range records {
		if rec.Kind == kind {
			out = append(out, rec)
		}
	}
	return out
}

func TestABotDraftsOnItsBranchAndPaintsWhatIsMerged(t *testing.T) {
	_, addr := serve(t, t.TempDir())
	url := "http://" + addr
	ana := guest(t, url, "Ana")
	id := newRoom(t, ana)
	anas := enter(t, url, id, ana)
	run(t, "bot", "--url="+url, "--room="+id, "--name=Imago", "--draft")
	until(t, anas, "the bot watches", func() bool { return statusOf(anas, "Imago") != "" })

	note, writes := client.Create(protocol.KindNote, map[string]protocol.Value{"text": str("/imagine a lighthouse")})
	changed(t, anas.On(""), writes...)
	until(t, anas, "it offers a draft", func() bool { return len(ofKind(anas, protocol.KindComment)) == 1 })
	offer := ofKind(anas, protocol.KindComment)[0]
	require.Equal(t, note, offer.Text("target"))
	require.Contains(t, offer.Text("text"), "Imago's drafts")
	require.Len(t, anas.Branches(), 1)
	branch := anas.Branches()[0]
	require.Equal(t, "Imago's drafts", branch.Name)
	require.Empty(t, ofKind(anas, protocol.KindPrompt), "nothing is on main")
	require.Empty(t, anas.Jobs())
	until(t, anas, "it shows where it works", func() bool {
		for _, m := range anas.Members() {
			if m.LooksAt() == branch.ID {
				return true
			}
		}
		return false
	})

	var draft string
	for _, c := range anas.On(branch.ID).Cells() {
		draft = c.Record
	}
	require.Equal(t, "a lighthouse", promptOn(anas.On(branch.ID), draft))
	changed(t, anas.On(branch.ID), client.Set(draft, "prompt", str("a lighthouse in a storm")))
	_, err := anas.Merge(soon(t), branch.ID, nil)
	require.NoError(t, err)
	picture := awaitPicture(t, anas, note)
	require.Equal(t, "a lighthouse in a storm", picture.Text("prompt"), "as people left it")
}

func TestABotAnswersACommentThatMentionsItOnce(t *testing.T) {
	_, addr := serve(t, t.TempDir())
	url := "http://" + addr
	ana := guest(t, url, "Ana")
	id := newRoom(t, ana)
	anas := enter(t, url, id, ana)
	run(t, "bot", "--url="+url, "--room="+id, "--name=Imago")
	until(t, anas, "the bot watches", func() bool { return statusOf(anas, "Imago") != "" })
	say := func(words string) string {
		comment, writes := client.Create(protocol.KindComment, map[string]protocol.Value{"text": str(words)})
		changed(t, anas.On(""), writes...)
		return comment
	}
	say("what a nice canvas")
	asked := say("@imago what can you do?")
	until(t, anas, "it answers", func() bool { return len(ofKind(anas, protocol.KindComment)) == 3 })
	changed(t, anas.On(""), client.Set(asked, "text", str("@imago, what can you do?")))
	last := say("@Imago thanks")
	answers := func(thread string) (n int) {
		for _, c := range ofKind(anas, protocol.KindComment) {
			if c.Text("thread") == thread {
				n++
			}
		}
		return n
	}
	until(t, anas, "it answers again", func() bool { return answers(last) == 1 })
	require.Equal(t, 1, answers(asked))
	require.Len(t, ofKind(anas, protocol.KindComment), 5)
}
