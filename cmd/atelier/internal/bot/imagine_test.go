package bot

import (
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/client"
	"atelier/protocol"
)

func TestANoteAsksForAPictureOnceAndByACommandWithWords(t *testing.T) {
	for text, want := range map[string]string{
		"/imagine a boat":           "a boat",
		"  /imagine\na boat at sea": "a boat at sea",
		"/imagine":                  "",
		"/imagine   ":               "",
		"/imaginea boat":            "",
		"please /imagine a boat":    "",
	} {
		note := client.Record{Kind: protocol.KindNote, Props: map[string]protocol.Value{"text": protocol.String(text)}}
		prompt, ok := asked(note)
		require.Equal(t, want != "", ok, text)
		if ok {
			require.Equal(t, want, prompt)
		}
		note.Props["job"] = protocol.String("done")
		_, ok = asked(note)
		require.False(t, ok, "an answered note asks no more")
	}
	_, ok := asked(client.Record{Kind: protocol.KindText, Props: map[string]protocol.Value{"text": protocol.String("/imagine x")}})
	require.False(t, ok, "only notes ask")
}

func TestACommentIsToWhomItNames(t *testing.T) {
	self := protocol.Member{User: "u7", Name: "Imago"}
	for text, want := range map[string]bool{
		"@Imago please": true, "hello @imago, paint": true, "ask @Imago": true, "@Imagos and @IMAGO!": true,
		"Imago": false, "@Imagos": false, "@Imago2": false, "": false,
	} {
		comment := client.Record{Kind: protocol.KindComment, Props: map[string]protocol.Value{"text": protocol.String(text)}}
		require.Equal(t, want, mentions(comment, self), text)
		comment.Props["mentions"] = protocol.Strings([]string{"u1", "u7"})
		require.True(t, mentions(comment, self))
	}
}
