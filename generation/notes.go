package generation

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"atelier/generation/media"
	"atelier/protocol"
)

// Kinds of results.
const (
	kindImage = "image"
	kindAudio = "audio"
	kindText  = "text"
)

// notesOf is what a generated PNG says of itself.
func notesOf(req Request) []media.Note {
	made := provenanceOf(req)
	return []media.Note{
		made.note(),
		{Key: "Software", Text: "Atelier"},
		{Key: "Prompt", Text: req.Job.Prompt},
		{Key: "Provider", Text: req.Job.Provider},
		{Key: "Model", Text: req.Job.Model},
		{Key: "Seed", Text: strconv.FormatInt(req.Seed, 10)},
		{Key: "Job", Text: req.Job.ID},
	}
}

// fitsKind tells whether a file is what a job of a kind makes.
func fitsKind(kind, mime string) bool {
	family, _, _ := strings.Cut(mime, "/")
	return family == kind
}

// cutText bounds a text to what a prop holds, at a rune's end.
func cutText(text string) string {
	limit := protocol.DefaultLimits().ValueBytes - 16 // and the value's own header
	return cutTo(text, limit)
}

func cutTo(text string, limit int) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if len(text) <= limit {
		return text
	}
	end := limit - len("…")
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}
