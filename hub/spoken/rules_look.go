package spoken

// lookWays are those of where one looks.
func lookWays() []ways {
	return []ways{
		{Zoom, fixed(Command{To: toIn}), []string{"zoom in [closer|more|further]", "(come|go|get|zoom) closer", "closer"}},
		{Zoom, fixed(Command{To: toAll}), []string{
			"(zoom|go|jump) [out] to (everything|all|fit|fit everything|the whole canvas|the whole room|the overview|everybody)",
			"(fit|show|see|view) [me] (everything|all|the whole canvas|the whole room|the overview) [on the screen|on screen]", "zoom all the way out",
		}},
		{Zoom, fixed(Command{To: toOut}), []string{"zoom [back] out [more|further]", "step back", "further away"}},
		{Unfollow, simply, []string{"(stop following|unfollow|stop watching) [<who>]"}},
		{Follow, ofMember, []string{"(follow|watch|spectate|shadow|keep following|start following) [along with] <who>"}},
		{Zoom, toThese, []string{"{goto} (to|on|onto|at) <this>", "(find|focus|center|centre|locate) [on] <this>", "zoom <this>", "(where is|wheres|where are) <this>"}},
		{Zoom, toSomebody, []string{
			"show me (what|where) <who> (is|is doing|is at|is looking|is looking at|sees|does|is working on|works on)",
			"(what is|whats) <who> (doing|looking at|working on|up to|seeing)", "[{goto} to|look at] (where|what) <who> (is|is doing|is looking|is looking at|sees|is working on)",
			"{goto} to <who> (view|cursor|place|screen)", "(where is|wheres) <who> [looking|working|at]", "(find|locate) <who>", "(zoom|take me|bring me|fly) [in|over|back] (to|on|onto) <who>",
		}},
		{GoBranch, toBranchPlace, []string{"{goto} to [the] <place>"}},
		{Zoom, toMemberPlace, []string{"{goto} to <place>"}},
	}
}

func toThese(h *heard) (Command, error) {
	ids, err := h.meant(Zoom)
	return Command{To: toRecords, Of: ids}, err
}

func toSomebody(h *heard) (Command, error) {
	m, _, err := h.c.findMember(h.said("who"), h.phrase("who"))
	return Command{To: toMember, Member: m}, err
}

// lateLookWays are tried when nothing else is meant.
func lateLookWays() []ways {
	return []ways{{Zoom, toSomebody, []string{"show me <who>"}}}
}

// toBranchPlace takes a place for a branch when no member's name is nearer.
func toBranchPlace(h *heard) (Command, error) {
	place, shown := h.said("place"), h.phrase("place")
	id, far, err := h.c.findBranch(place, shown)
	if err != nil {
		return Command{}, nowhere(shown)
	}
	if _, other, err := h.c.findMember(place, shown); (err == nil || ReasonOf(err) == Ambiguous) && other <= far {
		return Command{}, nowhere(shown)
	}
	return Command{Branch: id}, nil
}

func toMemberPlace(h *heard) (Command, error) {
	m, _, err := h.c.findMember(h.said("place"), h.phrase("place"))
	return Command{To: toMember, Member: m}, err
}

func nowhere(shown string) error {
	return doubt(UnknownName, "Nobody here and no branch is called “%s”.", brief(shown))
}
