package spoken

import "slices"

// vocabulary are the word classes of patterns.
func vocabulary() map[string][]string {
	return map[string][]string{
		"make":    {"generate [me|us|for me]", "create [me|us|for me]", "make [me|us|for me]", "produce", "design [me|us]", "render", "give me", "get me", "do", "try", "start", "i want", "i need", "show me", "id like", "i would like", "we need"},
		"a":       {"a", "an", "the", "some", "another", "one", "a new", "another new", "new"},
		"add":     {"add", "make [me]", "create", "put [down|up]", "place", "leave", "drop", "insert", "write [down]", "start", "open", "new", "stick"},
		"saying":  {"saying", "that says", "which says", "that reads", "reading", "with the text", "with the words", "with text", "says", "that", "with", "about", "to"},
		"called":  {"called", "named", "with the name", "call it", "titled", "as", "name it"},
		"goto":    {"zoom [in|over|back]", "go [over|back]", "jump", "fly", "scroll", "move", "navigate", "take me", "bring me", "pan", "get me", "lead me"},
		"image":   {"image", "picture", "photo", "drawing"},
		"video":   {"video", "videos", "movie", "film", "clip", "animation", "gif", "video clip"},
		"music":   {"music", "soundtrack", "sound", "audio", "song", "score", "background music", "sound effects", "tune", "sounds", "melody"},
		"version": {"variation", "variations", "variant", "variants", "version", "versions", "alternative", "alternatives", "take", "takes"},
		"mic":     {"mic", "mike", "microphone", "audio"},
		"call":    {"[voice] call", "voice [chat|channel]", "meeting", "conversation", "conference", "audio call"},
		"branch":  {"branch", "draft"},
		"job":     {"job", "generation", "request", "render", "rendering", "one", "task"},
		"shades":  {"darker", "brighter", "lighter", "warmer", "colder", "cooler", "softer", "sharper", "bolder", "simpler", "calmer", "happier", "sadder", "bluer", "redder", "greener", "moodier", "cleaner", "louder", "slower", "faster", "funnier", "prettier", "scarier", "crisper"},
		"retouch": {"darken", "brighten", "lighten", "blur", "sharpen", "soften", "simplify", "stylize", "colorize", "colourize", "desaturate", "flip", "mirror", "rotate", "invert", "crop", "recolor", "recolour"},
	}
}

// panelOf finds what a panel is called.
func panelOf(words []string) (string, bool) {
	for _, p := range []struct {
		panel string
		names [][]string
	}{
		{"queue", phrases("queue", "jobs", "job queue", "generation queue", "my jobs", "job list")},
		{"inspector", phrases("inspector", "details", "properties", "settings of this", "inspection")},
		{"history", phrases("history", "timeline", "changes", "change history", "versions")},
		{"comments", phrases("comments", "threads", "comment threads", "discussion")},
		{"people", phrases("people", "members", "participants", "people here", "everybody here", "everyone here")},
		{"keys", phrases("keyboard shortcuts", "shortcuts", "keyboard map", "key map", "keys", "keyboard", "hotkeys")},
	} {
		if slices.ContainsFunc(p.names, func(name []string) bool { return slices.Equal(name, words) }) {
			return p.panel, true
		}
	}
	return "", false
}
