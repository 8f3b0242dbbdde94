package spoken

import (
	"slices"
	"strings"
)

// whence says where what was meant has to be.
type whence int

const (
	anywhere whence = iota // selected, else the last result
	selected
	newest // the last result
)

// target is what “this” or “the last picture” asks for.
type target struct {
	whence whence
	kind   string // "" is any
}

// targetOf reads words that stand for records.
func targetOf(words []string) (t target, ok bool) {
	if len(words) > 1 && words[0] == "both" && words[1] != "of" {
		words = append([]string{"these"}, without(words[1:], "the", "these", "those")...)
	}
	words = without(words, "all", "both", "of")
	said := strings.Join(words, " ")
	switch said {
	case "it", "this", "that", "these", "those", "them", "this here", "that there":
		return target{}, true
	case "selection", "the selection", "my selection", "everything selected", "what is selected", "whats selected", "what i selected",
		"everything i selected", "everything thats selected":
		return target{whence: selected}, true
	case "what you just made", "what i just made", "what was just made":
		return target{whence: newest}, true
	}
	if len(words) < 2 {
		return target{}, false
	}
	first, rest := words[0], words[1:]
	switch first {
	case "selected":
		t.whence = selected
	case "this", "that", "these", "those", "the", "my":
		switch rest[0] {
		case "selected":
			t.whence, rest = selected, rest[1:]
		case "last", "latest", "newest", "previous", "recent", "new":
			t.whence, rest = newest, rest[1:]
		case "most":
			t.whence, rest = newest, without(rest, "most", "recent")
		}
	case "last", "latest":
		t.whence = newest
	default:
		return target{}, false
	}
	if len(rest) > 1 {
		if _, counted := numberOf(rest[:1]); counted {
			rest = rest[1:]
		}
	}
	t.kind, ok = nounOf(rest)
	return t, ok && (t.kind != "" || t.whence != anywhere || first != "the" && first != "my")
}

// without drops the words from the beginning.
func without(words []string, drop ...string) []string {
	for len(words) > 1 && slices.Contains(drop, words[0]) {
		words = words[1:]
	}
	return words
}

// nounOf is the kind of record that a noun stands for, "" for any.
func nounOf(words []string) (kind string, ok bool) {
	switch strings.Join(words, " ") {
	case "one", "ones", "thing", "things", "record", "records", "result", "results", "item", "items", "file", "files", "generation":
		return "", true
	case "note", "notes", "sticky note", "sticky notes", "sticky", "stickies":
		return kindNote, true
	case "prompt", "prompts":
		return kindPrompt, true
	case "frame", "frames":
		return kindFrame, true
	}
	n, ok := mediaNoun(words)
	return n.kind, ok
}

// noun is one for something that can be made.
type noun struct {
	kind  string
	plain bool // it says the kind and nothing else, so that a prompt loses nothing without it
	one   string
}

// mediaNoun finds a noun of one or two words, also in the plural.
func mediaNoun(words []string) (noun, bool) {
	said := strings.Join(words, " ")
	for _, singular := range []string{said, strings.TrimSuffix(said, "s"), strings.TrimSuffix(said, "es"), strings.TrimSuffix(said, "ies") + "y"} {
		for _, class := range []struct {
			kind  string
			plain bool
			nouns []string
		}{
			{kindImage, true, []string{"image", "picture", "pic", "visual"}},
			{kindImage, false, []string{
				"photo", "photograph", "drawing", "painting", "sketch", "illustration", "artwork", "portrait", "poster", "logo", "icon",
				"watercolor", "watercolour", "wallpaper", "rendering", "snapshot", "cartoon", "banner", "collage", "concept art", "shot",
			}},
			{kindVideo, true, []string{"video", "film", "clip", "movie", "video clip", "footage"}},
			{kindVideo, false, []string{"animation", "timelapse", "gif", "trailer"}},
			{kindAudio, true, []string{"audio", "sound", "audio clip"}},
			{kindAudio, false, []string{
				"music", "song", "melody", "tune", "track", "voice", "soundtrack", "sound effect", "jingle", "voiceover", "voice over",
				"beat", "soundscape", "speech", "score",
			}},
			{kindText, true, []string{"text"}},
			{kindText, false, []string{
				"poem", "story", "haiku", "slogan", "tagline", "paragraph", "description", "caption", "sentence", "script", "essay",
				"limerick", "headline", "summary", "lyrics",
			}},
		} {
			if slices.Contains(class.nouns, singular) {
				return noun{class.kind, class.plain, singular}, true
			}
		}
	}
	return noun{}, false
}

// meant finds the records of a target that fit. A selection that has none gives way to the last result, unless it was
// asked for.
func (c *Context) meant(t target, of records) ([]string, error) {
	fits := func(it Item) bool { return (t.kind == "" || it.Kind == t.kind) && (of.fits == nil || of.fits(it)) }
	var ids []string
	if t.whence != newest {
		for _, it := range c.Selection {
			if fits(it) && !slices.Contains(ids, it.ID) {
				ids = append(ids, it.ID)
			}
		}
	}
	if len(ids) == 0 && t.whence != selected && c.Last != nil && fits(*c.Last) {
		ids = []string{c.Last.ID}
	}
	switch {
	case len(ids) > 0 && (!of.one || len(ids) == 1):
		return ids, nil
	case len(ids) > 0:
		return nil, doubt(Ambiguous, "Several are selected: select one.")
	case t.whence == newest:
		return nil, doubt(NothingMeant, "There is no such result of yours yet.")
	case len(c.Selection) == 0 && (c.Last == nil || t.whence == selected):
		return nil, doubt(NothingMeant, "Nothing is selected: select what you mean first.")
	}
	return nil, doubt(NothingMeant, "Nothing that is selected fits: select what you mean first.")
}
