package spoken

// resultWays are those of what was made.
func resultWays() []ways {
	return []ways{
		{Download, of(Download), []string{
			"(download|save|export|get) [me] <this> [as {a} (file|png|jpeg|jpg|picture|image|video|mp4|wav)] [(to|on) (disk|my computer|the computer|my disk|my device)]",
			"(download|save|export)",
		}},
		{Rate, rates, []string{
			"rate <this> [with|at|as] <n> [star|stars|out of five|out of 5]", "give <this> [a|an] [rating of] <n> [star|stars|out of five|out of 5] [rating]",
			"<n> (star|stars) [for <this>]", "rate [it] <n> [star|stars|out of five|out of 5]",
		}},
		{Rate, unrates, []string{"(remove|delete|clear|take back) (the|my) rating [of <this>|from <this>]", "unrate <this>"}},
		{Pick, of(Pick), []string{
			"(pick|choose|crown|take) <this> [as [the|a] winner|as the best [one]|as [my] (favourite|favorite)]", "make <this> the (winner|favourite|favorite)",
			"<this> (is|wins) [the] [winner|best|best one|favourite]", "<this> wins", "mark <this> as [the|a] winner",
		}},
		{Lineage, of(Lineage), []string{
			"(show|open|see) [me] [the] (lineage|origin|origins|ancestry|family tree|provenance|sources) [of <this>]", "(where does|where did|where do) <this> come from",
			"(what|how) (was|were) <this> made [of|from|out of]", "(what is|whats) <this> made (of|from|out of)", "lineage [of <this>]",
		}},
		{Open, of(Open), []string{
			"(open|view|look at|show [me]|preview|play|watch|listen to|play back) <this> [large|big|bigger|full screen|fullscreen|in full screen]", "(full screen|fullscreen|open|play)",
		}},
		{Run, of(Run), []string{
			"(run|generate|start|submit|execute|go|create|render) [<this>]", "(run|submit|execute) (this|the|my) prompt",
		}},
	}
}

func rates(h *heard) (Command, error) {
	stars, _ := numberOf(h.said("n"))
	if stars > MostStars {
		return Command{}, doubt(TooMuch, "At most %d stars.", MostStars)
	}
	return starred(h, stars)
}

func unrates(h *heard) (Command, error) { return starred(h, 0) }

func starred(h *heard, stars int) (Command, error) {
	ids, err := h.meant(Rate)
	return Command{Of: ids, Stars: &stars}, err
}
