package spoken

// canvasWays are those of records.
func canvasWays() []ways {
	return []ways{
		{Undo, times, []string{
			"undo [that|it|this|the last (change|edit|thing|step)|my last (change|edit|step)|what i [just] did] [<times>]", "undo (that|it|the last) <times>",
			"(take|put) (that|it|this) back", "revert (that|it|this|my last change|the last change)", "undo the redo",
		}},
		{Redo, times, []string{"redo [that|it|this|the last (change|edit|thing|step)|my last (change|edit|step)] [<times>]", "undo the undo", "undo my undo"}},
		{Select, fixed(Command{To: toNone}), []string{
			"(deselect|unselect) [it|this|that|all|everything|them]", "select (nothing|none)", "(clear|drop|cancel) (the|my) selection", "let go",
		}},
		{Select, ofKind, []string{"select (all|every|all of|all of the|all the|the|all my) <kinds>"}},
		{Select, fixed(Command{To: toAll}), []string{"select (all|everything|all of it)"}},
		{Select, theseSelected, []string{"select <this>"}},
		{Delete, of(Delete), []string{"(delete|remove|erase|trash|discard|get rid of|throw away|throw out|bin) [<this>]", "(throw|take) <this> (away|out)", "(delete|remove|erase) <this> from [the|this] (room|canvas|board)"}},
		{Duplicate, of(Duplicate), []string{"(duplicate|copy|clone) [<this>]", "(make|create) (a copy|copies|a duplicate|duplicates|another copy) [of <this>]"}},
		{Comment, commenting, []string{
			"(add|leave|write|make|post|put) [a|another] comment (on|to|about|under) <this> [saying|that says|that] <text>",
			"comment (on|about|under) <this> [saying|that says|that] <text>", "(comment|reply) [here] [saying|that says|that] <text>",
			"(add|leave|write|make|post|put) [a|another] comment [here] [saying|that says|that] <text>", "(leave|write|post) <text> (as|in) a comment",
		}},
		{AddNote, writes, []string{
			"{add} [{a}] [sticky|quick|new] note [here|on the canvas|for me|down] {saying} <text>", "(make|take) a note [that|of|to] <text>",
			"(write|put|add|stick) <text> (on|in|as|to) [{a}] [sticky] note", "{add} [{a}] [sticky|quick|new] note [here|on the canvas|for me]",
			"{add} [{a}] [sticky|quick|new] note <text>", "(make|take) a note", "(note|sticky|sticky note) [that|to self|saying|down] <text>", "(note|sticky note)",
		}},
		{AddText, writes, []string{
			"{add} [{a}] [new] (text|label|heading|title) [here|on the canvas] (saying|that says|which says|that reads|reading|with the words) <text>",
			"(add|put|place|insert|new) [{a}] [new] (text|label|heading|title) [here|on the canvas]", "(add|put|place|insert|new) [{a}] [new] (text|label|heading|title) <text>",
			"type <text>",
		}},
		{AddPrompt, writes, []string{
			"{add} [{a}] [new] prompt [here|on the canvas] ({saying}|for|of) <text>", "{add} [{a}] [new] prompt [here|on the canvas]",
			"{add} [{a}] [new] prompt <text>",
		}},
	}
}

func times(h *heard) (Command, error) {
	if !h.has("times") {
		return Command{Times: 1}, nil
	}
	n, _ := timesOf(h.said("times"))
	if n < 1 || n > MostTimes {
		return Command{}, doubt(TooMuch, "That can be done 1 to %d times.", MostTimes)
	}
	return Command{Times: n}, nil
}

func ofKind(h *heard) (Command, error) {
	kind, _ := nounOf(h.said("kinds"))
	return Command{To: toAll, Kind: kind}, nil
}

func theseSelected(h *heard) (Command, error) {
	ids, err := h.meant(Select)
	return Command{To: toRecords, Of: ids}, err
}

func writes(h *heard) (Command, error) {
	if !h.has("text") {
		return Command{}, nil
	}
	return Command{Text: h.verbatim("text")}, nil
}

// commenting is about what was named, else about the one record that is selected, else about nothing.
func commenting(h *heard) (cmd Command, err error) {
	cmd.Text = h.verbatim("text")
	switch {
	case h.has("this"):
		cmd.Of, err = h.meant(Comment)
	case len(h.c.Selection) == 1:
		cmd.Of = []string{h.c.Selection[0].ID}
	}
	return cmd, err
}
