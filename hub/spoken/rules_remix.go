package spoken

// mostInputs is how many results a remix takes together.
const mostInputs = 8

// remixWays are those of making something of results.
func remixWays() []ways {
	return []ways{
		{Remix, remixes(variation), []string{
			"(vary|remix|reimagine|riff on|redo|remake) [<this>]", "(vary|remix|reimagine|riff on) <this> [with|as|but|into|so that|to be] <prompt>",
			"[{make}] [<n>] [more|other|different|new] {version} [of <this>|on <this>|for <this>|like <this>]", "[{make}] (more|one more|another one|another|something|a few more) like <this>",
			"[{make}] <n> (more|more of <this>|more like <this>)", "[{make}] (another|another one|one more|again|more|some more)", "(do|run) (that|it|this) (again|once more)",
			"[{make}] [the] same [thing|image|picture|one] again", "[{make}] [the] same [thing|image|picture|one] [again] [but|only] <prompt>",
		}},
		{Remix, remixes(upscale), []string{
			"(upscale|upres|enlarge) [<this>]", "make <this> (bigger|larger|hd|high resolution|higher resolution|high res|higher res|4k|high definition)",
			"(increase|double|raise|improve) the (resolution|quality) [of <this>]",
		}},
		{Remix, remixes(soundtrack), []string{
			"score <this>", "(add|put|set|compose|write|{make}) [a|an|some|the] {music} (for|to|of|from|on|under|with) <this>", "give <this> [a|an|some] {music}",
			"(add|put|compose|write|{make}) [a|an|some|the] <prompt> {music} (for|to|on|under|with) <this>", "set <this> to music", "give <this> [a|an|some] <prompt> {music}",
		}},
		{Remix, remixes(animate), []string{
			"animate [<this>]", "animate <this> [with|so that|as|like|such that] <prompt>", "{make} [a|an|some|short|a short] {video} (of|from|out of|with|for) <this>",
			"(turn|make|convert|transform|change) <this> [in|into|to] [a|an] [short] {video}", "make <this> (move|moving|come alive|come to life)", "bring <this> to life",
		}},
		{Remix, remixes(describe), []string{
			"(describe|caption|explain) [<this>]", "(describe|explain) <this> <prompt>", "(what is|whats|what are|what do you see|what can you see) [in|on|shown in|shown on] <this>", "what do you see", "tell me about <this>",
			"({make}|write) [a|the|some] (description|caption) (of|for) <this>",
		}},
		{Remix, edits("prompt"), []string{
			"(make|render|get|paint|draw) <this> [look|be] <prompt>", "(turn|transform|convert|change) <this> (into|to|in to) <prompt>", "edit [<this>] [so that|to|and] <prompt>",
			"<this> (should|needs to|must|has to|ought to) (be|look|have) <prompt>",
		}},
		{Remix, edits("clause"), []string{"<clause> (to|into|in|on|from|onto|in to|of) <this>"}},
		{Remix, edits("whole"), []string{
			"{retouch} [<this>]", "{retouch} <this> <prompt>", "(give|put|place|draw|turn) <this> <prompt>", "(add|put|insert|place|remove|erase|take away|take out|replace|swap|change|recolor|recolour|colour|color) <prompt>",
			"make (the|her|his|its|their|everything|everyone) <prompt>", "[much|even|a bit|a little|slightly|way] ({shades}|more <prompt>|less <prompt>)",
		}},
	}
}

// remixes builds a remix without a prompt, or with what was asked for beyond it.
func remixes(transform string) func(*heard) (Command, error) {
	return func(h *heard) (Command, error) {
		cmd := Command{Transform: transform, Count: 1}
		if h.has("n") {
			cmd.Count, _ = numberOf(h.said("n"))
		}
		if h.has("prompt") {
			cmd.Prompt = h.phrase("prompt")
		}
		return h.remix(cmd)
	}
}

// edits builds an edit. What to change is a capture: the prompt; or a clause that begins with what an edit can do; or all
// that was said.
func edits(what string) func(*heard) (Command, error) {
	return func(h *heard) (Command, error) {
		cmd := Command{Transform: edit, Count: 1}
		switch what {
		case "whole":
			cmd.Prompt = h.line.phrase(0, len(h.words))
			if n := ends(h.folded(), polite()); n > 0 {
				cmd.Prompt = h.line.phrase(0, len(h.words)-n)
			}
		default:
			cmd.Prompt = h.phrase(what)
		}
		if what == "clause" && starts(h.folded(), phrases("add", "put", "insert", "place", "draw", "paint", "remove", "erase", "take", "delete", "write", "make")) == 0 {
			return Command{}, h.c.misunderstood(h.text)
		}
		return h.remix(cmd)
	}
}

func (h *heard) remix(cmd Command) (_ Command, err error) {
	if cmd.Count < 1 || cmd.Count > MostResults {
		return Command{}, doubt(TooMuch, "1 to %d results at a time.", MostResults)
	}
	if cmd.Of, err = h.meant(Remix); err != nil {
		return Command{}, err
	}
	if len(cmd.Of) > mostInputs {
		return Command{}, doubt(TooMuch, "%d are selected, and a remix is of at most %d.", len(cmd.Of), mostInputs)
	}
	return cmd, nil
}
