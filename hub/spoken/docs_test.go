package spoken_test

import (
	"encoding/json"
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/hub/spoken"
)

var update = flag.Bool("update", false, "write the grammar in docs/commands.md anew")

const page = "../../docs/commands.md"

func readPage(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	return string(text)
}

// inDocs is a command as the page shows it: without its sentence, and with short names in place of ids.
func inDocs(t *testing.T, cmd spoken.Command) string {
	t.Helper()
	text, err := json.Marshal(cmd)
	require.NoError(t, err)
	s := regexp.MustCompile(`,"say":"(\\.|[^"\\])*"`).ReplaceAllString(string(text), "")
	return strings.NewReplacer(
		picture, "R1", note, "R3", prompt, "R4", made, "R5", night, "B1", harbour, "J1", lost, "J3", `":`, `": `, `,"`, `, "`,
	).Replace(s)
}

func TestTheExamplesOfTheDocumentationAreUnderstood(t *testing.T) {
	g, c := grammar(t), studio(image(picture))
	text := readPage(t)
	section := text[strings.Index(text, "## What can be said"):strings.Index(text, "## Commands")]
	rows := regexp.MustCompile("(?m)^\\| (\\S[^|]*?) +\\| `(\\{.*\\})` +\\|$").FindAllStringSubmatch(section, -1)
	require.Greater(t, len(rows), 50)
	shown := map[spoken.Do]bool{spoken.Run: true, spoken.Yes: true, spoken.No: true} // of another context
	for _, row := range rows {
		cmd, err := g.Parse(row[1], c)
		require.NoError(t, err, row[1])
		require.Equal(t, row[2], inDocs(t, cmd), row[1])
		shown[cmd.Do] = true
	}
	for _, do := range spoken.All() {
		require.True(t, shown[do], "no example of %s", do)
	}
}

func TestTheDocumentationListsEveryCommandAndReason(t *testing.T) {
	text := readPage(t)
	for _, do := range spoken.All() {
		require.Regexp(t, "(?m)^\\|[^|]*`"+string(do)+"`", text)
	}
	for _, r := range []spoken.Reason{
		spoken.NotUnderstood, spoken.Unfinished, spoken.NothingMeant, spoken.UnknownName, spoken.Ambiguous, spoken.NotPossible,
		spoken.NotInCall, spoken.TooMuch, spoken.TooLong, spoken.NothingWasSaid,
	} {
		require.Contains(t, text, "| `"+string(r)+"` ")
	}
}

func TestTheDocumentationHasTheGrammar(t *testing.T) {
	text := readPage(t)
	at := strings.Index(text, "```text\n") + len("```text\n")
	end := at + strings.LastIndex(text[at:], "```")
	if *update {
		require.NoError(t, os.WriteFile(page, []byte(text[:at]+spoken.Reference()+text[end:]), 0o644))
		return
	}
	require.Equal(t, spoken.Reference(), text[at:end], "docs/commands.md is stale: go test ./hub/spoken -update")
}
