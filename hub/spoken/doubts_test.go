package spoken_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/hub/spoken"
	"atelier/protocol"
)

func TestWhatCannotBeMeantIsToldWithItsReason(t *testing.T) {
	g := grammar(t)
	alone := spoken.Context{}
	many := studio()
	for i := range 9 {
		many.Selection = append(many.Selection, image(strings.Replace(picture, "1", string(rune('1'+i)), 1)))
	}
	for _, tc := range []struct {
		said   string
		c      spoken.Context
		reason spoken.Reason
		words  string
	}{
		{"what time is it", studio(), spoken.NotUnderstood, "I did not understand “what time is it”"},
		{"a cat", studio(), spoken.NotUnderstood, ""},
		{"delete everything", studio(image(picture)), spoken.NotUnderstood, ""},
		{"yes", studio(), spoken.NotUnderstood, ""},
		{"make a branch off somewhere else entirely and more", studio(), "", ""},
		{"generate an image", studio(), spoken.Unfinished, "generate an image of a lighthouse"},
		{"merge this branch", studio(), spoken.Unfinished, "You are on main"},
		{"make it darker", alone, spoken.NothingMeant, "Nothing is selected"},
		{"download this", alone, spoken.NothingMeant, "Nothing is selected"},
		{"delete the selection", studio(), spoken.NothingMeant, "Nothing is selected"},
		{"download this note", studio(spoken.Item{ID: note, Kind: "note"}), spoken.NothingMeant, "fits"},
		{"zoom to the last result", alone, spoken.NothingMeant, "no such result"},
		{"download the last video", studio(), spoken.NothingMeant, "no such result"},
		{"cancel", alone, spoken.NothingMeant, "no job"},
		{"retry", alone, spoken.NothingMeant, "failed"},
		{"zoom to Herbert", studio(), spoken.UnknownName, "“Herbert”"},
		{"switch to autumn", studio(), spoken.UnknownName, "No branch"},
		{"cancel the submarine", studio(), spoken.UnknownName, "submarine"},
		{"follow Ben", studio(), spoken.Ambiguous, "Ben Ali or Ben Weber"},
		{"cancel the", studio(), spoken.NotUnderstood, ""},
		{"open this", studio(image(picture), image(picture2)), spoken.Ambiguous, "select one"},
		{"zoom to Zoë", studio(), spoken.NotPossible, "That is you"},
		{"unmute Ana", studio(), spoken.NotPossible, ""},
		{"mute me", alone, spoken.NotInCall, "not in the call"},
		{"hang up", alone, spoken.NotInCall, ""},
		{"generate nine images of foxes", studio(), spoken.TooMuch, "1 to 8"},
		{"generate 0 images of foxes", studio(), spoken.TooMuch, "1 to 8"},
		{"undo fifty times", studio(), spoken.TooMuch, "1 to 20"},
		{"rate it nine stars", studio(), spoken.TooMuch, "5 stars"},
		{"make these darker", many, spoken.TooMuch, "at most 8"},
		{"make a branch called " + strings.Repeat("x", 101), studio(), spoken.TooMuch, "100 characters"},
		{strings.Repeat("x", 501), studio(), spoken.TooLong, "501"},
		{" ?! ", studio(), spoken.NothingWasSaid, ""},
		{"um", studio(), spoken.NothingWasSaid, ""},
		{"", studio(), spoken.NothingWasSaid, ""},
	} {
		t.Run(brief(tc.said), func(t *testing.T) {
			cmd, err := g.Parse(tc.said, tc.c)
			if tc.reason == "" {
				require.NoError(t, err)
				return
			}
			require.Error(t, err, "%+v", cmd)
			require.Equal(t, tc.reason, spoken.ReasonOf(err), "%v", err)
			require.Equal(t, protocol.CodeInvalidInput, protocol.CodeOf(err))
			require.Contains(t, err.Error(), tc.words)
		})
	}
}

func brief(s string) string { return s[:min(len(s), 40)] }

func TestAnAmbiguousNameTellsWhoItMayBe(t *testing.T) {
	_, err := grammar(t).Parse("zoom to ben", studio())
	require.Equal(t, spoken.Doubt{Reason: spoken.Ambiguous, Candidates: []spoken.Candidate{
		{Member: 5, Name: "Ben Ali"}, {Member: 6, Name: "Ben Weber"},
	}}, protocol.AsError(err).Details)

	twice := studio()
	twice.Jobs = append(twice.Jobs, spoken.Job{ID: lost[:35] + "f", State: protocol.JobRunning, Prompt: "another harbour"})
	_, err = grammar(t).Parse("cancel the harbour", twice)
	require.Equal(t, spoken.Doubt{Reason: spoken.Ambiguous, Candidates: []spoken.Candidate{
		{Job: harbour, Name: "A harbour in fog"}, {Job: lost[:35] + "f", Name: "another harbour"},
	}}, protocol.AsError(err).Details)

	_, err = grammar(t).Parse("gobbledygook", studio())
	details, _ := protocol.AsError(err).Details.(spoken.Doubt)
	require.NotEmpty(t, details.Try)
	for _, try := range details.Try {
		_, err := grammar(t).Parse(try, studio())
		require.NoError(t, err, "what to try is understood: %s", try)
	}
}

func TestTheNearestNameIsMeant(t *testing.T) {
	g := grammar(t)
	for said, want := range map[string]string{
		"zoom to An":           "", // too short to be a beginning
		"zoom to Anna Souza":   "Ana Sousa",
		"zoom to jsoe":         "José",
		"zoom to kath":         "Katharina",
		"zoom to Katarina":     "Katharina",
		"zoom to Ben Webber":   "Ben Weber",
		"zoom to JOSÉ, please": "José",
		"zoom to Hans":         "",
	} {
		cmd, err := g.Parse(said, studio())
		if want == "" {
			require.Error(t, err, said)
			continue
		}
		require.NoError(t, err, said)
		require.Equal(t, "Going to "+want+".", cmd.Say, said)
	}
}

func TestSentencesTellWhatWillBeDone(t *testing.T) {
	g := grammar(t)
	for said, want := range map[string]string{
		"generate an image of a lighthouse":                                 "Generating an image of a lighthouse.",
		"generate two tall pictures of foxes":                               "Generating 2 tall images: foxes.",
		"generate an image of a " + strings.Repeat("very ", 40) + "old dog": "Generating an image of a very very very very very very very very very very very very very very very ve…",
		"delete this":       "Delete 2 things?",
		"zoom to Ana":       "Going to Ana Sousa.",
		"undo three times":  "Undoing 3 times.",
		"describe these":    "Describing 2 things.",
		"cancel":            "Cancelling: A harbour in fog.",
		"leave the call":    "Leave the call?",
		"go to main please": "Going to main.",
	} {
		cmd, err := g.Parse(said, studio(image(picture), image(picture2)))
		require.NoError(t, err, said)
		require.Equal(t, want, cmd.Say)
		require.Equal(t, strings.HasSuffix(cmd.Say, "?"), cmd.Confirm, "only questions are asked")
	}
}
