package spoken_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/hub/spoken"
	"atelier/protocol"
)

//go:fix inline
func TestCommandsThatCannotBeAreRefused(t *testing.T) {
	c := studio(image(picture), spoken.Item{ID: note, Kind: "note"})
	edit := spoken.Command{Do: spoken.Remix, Of: []string{picture}, Transform: "edit", Prompt: "darker", Count: 1}
	_, err := c.Complete(edit)
	require.NoError(t, err)
	with := func(change func(*spoken.Command)) spoken.Command {
		cmd := edit
		change(&cmd)
		return cmd
	}
	for name, cmd := range map[string]spoken.Command{
		"nothing to do":         {},
		"unknown":               {Do: "format"},
		"no records":            with(func(c *spoken.Command) { c.Of = nil }),
		"a record of nobody":    with(func(c *spoken.Command) { c.Of = []string{night} }),
		"a note is no picture":  with(func(c *spoken.Command) { c.Of = []string{note} }),
		"the same twice":        with(func(c *spoken.Command) { c.Of = []string{picture, picture} }),
		"unknown transform":     with(func(c *spoken.Command) { c.Transform = "melt" }),
		"an edit to what":       with(func(c *spoken.Command) { c.Prompt = "" }),
		"spaces":                with(func(c *spoken.Command) { c.Prompt = " \n" }),
		"none":                  with(func(c *spoken.Command) { c.Count = 0 }),
		"less than none":        with(func(c *spoken.Command) { c.Count = -1 }),
		"too many":              with(func(c *spoken.Command) { c.Count = 9 }),
		"a field of others":     with(func(c *spoken.Command) { c.Text = "hello" }),
		"a member of others":    with(func(c *spoken.Command) { c.Member = 3 }),
		"a note is generated":   {Do: spoken.Generate, Kind: "note", Prompt: "x", Count: 1},
		"a tall sound":          {Do: spoken.Generate, Kind: "audio", Prompt: "x", Count: 1, Shape: "tall"},
		"odd shape":             {Do: spoken.Generate, Kind: "image", Prompt: "x", Count: 1, Shape: "round"},
		"two are opened":        {Do: spoken.Open, Of: []string{picture, made}},
		"a note is opened":      {Do: spoken.Open, Of: []string{note}},
		"no prompt to run":      {Do: spoken.Run, Of: []string{picture}},
		"six stars":             {Do: spoken.Rate, Of: []string{picture}, Stars: new(6)},
		"stars below none":      {Do: spoken.Rate, Of: []string{picture}, Stars: new(-1)},
		"no stars":              {Do: spoken.Rate, Of: []string{picture}},
		"oneself":               {Do: spoken.Follow, Member: 1},
		"nobody":                {Do: spoken.Follow, Member: 99},
		"a branch of nobody":    {Do: spoken.GoBranch, Branch: picture},
		"main into main":        {Do: spoken.MergeBranch, Branch: "main"},
		"main beside main":      {Do: spoken.Compare, Branch: "main"},
		"a job of nobody":       {Do: spoken.Cancel, Job: picture},
		"undo for ever":         {Do: spoken.Undo, Times: 21},
		"undo never":            {Do: spoken.Undo},
		"a panel of nobody":     {Do: spoken.Show, Panel: "kitchen"},
		"zoom to nobody":        {Do: spoken.Zoom, To: "member"},
		"zoom out to somebody":  {Do: spoken.Zoom, To: "out", Member: 3},
		"zoom to no records":    {Do: spoken.Zoom, To: "records"},
		"zoom to none":          {Do: spoken.Zoom, To: "none"},
		"select none of a kind": {Do: spoken.Select, To: "none", Kind: "image"},
		"select an edge":        {Do: spoken.Select, To: "all", Kind: "edge"},
		"select all of these":   {Do: spoken.Select, To: "all", Of: []string{picture}},
	} {
		_, err := c.Complete(cmd)
		require.Equal(t, protocol.CodeInvalidInput, protocol.CodeOf(err), name)
	}
	c.InCall = false
	_, err = c.Complete(spoken.Command{Do: spoken.Mute})
	require.Error(t, err)
}

func TestWhatDestroysIsAskedAbout(t *testing.T) {
	c := studio(image(picture))
	for _, cmd := range []spoken.Command{
		{Do: spoken.Delete, Of: []string{picture}}, {Do: spoken.LeaveCall}, {Do: spoken.ClearQueue}, {Do: spoken.RemoveMember, Member: 3},
	} {
		got, err := c.Complete(cmd)
		require.NoError(t, err)
		require.True(t, got.Confirm, cmd.Do)
	}
	quiet := spoken.Command{Do: spoken.Undo, Times: 1, Confirm: true, Say: "Trust me."}
	got, err := c.Complete(quiet)
	require.NoError(t, err)
	require.Equal(t, spoken.Command{Do: spoken.Undo, Times: 1, Say: "Undoing."}, got, "neither is taken from elsewhere")
}
