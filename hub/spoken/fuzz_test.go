package spoken_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/hub/spoken"
	"atelier/protocol"
)

// Whatever is said where anything may be selected: no panic, a coded error with a reason, or a command that is whole by
// itself, of the context alone.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"generate three wide images of a lighthouse, please", "make it darker", "undo two times", "zoom to Ana", "rate it 5 stars",
		"add a note saying “hello”", "go to night", "cancel the harbour", "comment on this: ok", "three more like this", "put it in a forest",
		"select all the notes", "um, uh", "add calm piano music to it", "İstanbul ﬁﬂ ǅ", "a\x00b\xff", "yes please", "show me what Ana is doing",
		"image image of of", "make a a a", "for me for me please please", "name this version v1",
	} {
		f.Add(text, uint8(0b10111))
	}
	g := grammar(f)
	f.Fuzz(func(t *testing.T, text string, room uint8) {
		c := spoken.Context{}
		if room&1 != 0 {
			c = studio()
		}
		if room&2 != 0 {
			c.Selection = append(c.Selection, image(picture))
		}
		if room&4 != 0 {
			c.Selection = append(c.Selection, spoken.Item{ID: note, Kind: "note"}, spoken.Item{ID: prompt, Kind: "prompt"})
		}
		c.Asked, c.InCall = room&8 != 0, room&16 != 0
		require.NoError(t, c.Validate())
		cmd, err := g.Parse(text, c)
		if err != nil {
			require.Equal(t, protocol.CodeInvalidInput, protocol.CodeOf(err))
			require.NotEmpty(t, spoken.ReasonOf(err), "%v", err)
			return
		}
		again, err := c.Complete(cmd)
		require.NoError(t, err)
		require.Equal(t, cmd, again, "complete is complete")
		require.Equal(t, cmd.Do, cmd.Fitted().Do)
		require.NotEmpty(t, cmd.Say)
		require.Less(t, len([]rune(cmd.Say)), 200)
		requireMeant(t, c, cmd)
	})
}

// requireMeant looks for every id in the context, in its own way.
func requireMeant(t *testing.T, c spoken.Context, cmd spoken.Command) {
	t.Helper()
	known := map[string]bool{"": true, "main": true}
	for _, it := range c.Selection {
		known["record "+it.ID] = true
	}
	if c.Last != nil {
		known["record "+c.Last.ID] = true
	}
	for _, b := range c.Branches {
		known["branch "+b.ID] = true
	}
	for _, j := range c.Jobs {
		known["job "+j.ID] = true
	}
	for _, m := range c.Members {
		known[fmt.Sprint("member ", m.M)] = m.M != c.Self
	}
	for _, id := range cmd.Of {
		require.True(t, known["record "+id], "%+v", cmd)
	}
	require.True(t, cmd.Branch == "" || cmd.Branch == "main" || known["branch "+cmd.Branch], "%+v", cmd)
	require.True(t, cmd.Job == "" || known["job "+cmd.Job], "%+v", cmd)
	require.True(t, cmd.Member == 0 || known[fmt.Sprint("member ", cmd.Member)], "%+v", cmd)
}

// crowd is as large as a context may be.
func crowd() spoken.Context {
	c := studio()
	for i := len(c.Members); i < 500; i++ {
		c.Members = append(c.Members, spoken.Member{M: uint32(100 + i), Name: strings.Repeat("an ", 66)})
	}
	for i := len(c.Branches); i < 200; i++ {
		c.Branches = append(c.Branches, spoken.Branch{ID: fmt.Sprintf("00000000-0000-7000-8000-%012d", i), Name: strings.Repeat("an ", 66)})
	}
	return c
}

func BenchmarkParse(b *testing.B) {
	g := grammar(b)
	for name, text := range map[string]string{
		"short":      "make it darker, please",
		"last":       "a picture of a lighthouse",
		"nothing":    "what time is it",
		"name":       "zoom to Ana",
		"letters":    strings.Repeat("a ", 250),
		"politeness": "undo " + strings.Repeat("for me please ", 35) + "x",
		"names":      "show me " + strings.Repeat("an ", 150),
		"captures":   "add " + strings.Repeat("to this ", 60),
	} {
		b.Run(name, func(b *testing.B) {
			c := crowd()
			for b.Loop() {
				_, _ = g.Parse(text, c)
			}
		})
	}
}
