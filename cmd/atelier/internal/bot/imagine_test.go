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
