package spoken

// branchWays are those of branches and versions.
func branchWays() []ways {
	return []ways{
		{MakeBranch, named, []string{
			"{add} [me] [{a}] [new] {branch} ({called}|for) <name>", "(branch off|fork) [from here|this] ({called}|into) <name>",
			"{add} [me] [{a}] [new] {branch}", "branch off [from here]", "fork [this|from here]",
			"(make|create|new|start) [{a}] [new] {branch} <name>",
		}},
		{GoBranch, ofBranch, []string{
			"(go|switch|change|move|jump|get|take me) [me] [back|over] to [the] {branch} [{called}] <branch>",
			"(go|switch|change|move|jump|get|take me) [me] [back|over] to [the] <branch> {branch}",
			"(checkout|check out|open|show|view) [me] [the] {branch} [{called}] <branch>", "(checkout|check out|open|show|view) [me] [the] <branch> {branch}",
			"(switch|change) [me] [back|over] to [the] <branch>", "(checkout|check out) <branch>", "back to <branch>",
		}},
		{MergeBranch, shownBranch, []string{"merge [it|this|this {branch}|the {branch}|my {branch}|the current {branch}] [(into|to|with|back into) [the] main [branch]]"}},
		{MergeBranch, ofBranch, []string{"merge [the] [{branch}] <branch> [{branch}] [(into|to|with|back into) [the] main [branch]]"}},
		{Compare, shownBranch, []string{
			"compare [it|this|this {branch}|the {branch}|my {branch}|the current {branch}] [(with|to|and|against) [the] main [branch]]",
			"(what changed|what has changed|show [me] what changed|show [me] the (differences|changes)) (on|in|of) (this|the|my) {branch}",
		}},
		{Compare, ofBranch, []string{
			"compare [the] [{branch}] <branch> [{branch}] [(with|to|and|against) [the] main [branch]]",
			"compare main (with|to|and|against) [the] [{branch}] <branch> [{branch}]",
		}},
		{NameVersion, versionNamed, []string{
			"(name|call) (this|the) (version|revision|state|moment) [as] <name>",
			"{add} [{a}] [named] (version|checkpoint|snapshot|milestone) {called} <name>", "(save|bookmark|mark) [{a}|this|current|the current] (version|checkpoint|snapshot|milestone|state) {called} <name>",
			"(save|bookmark) (this|it|everything|the room|the canvas) as [{a}] [version|checkpoint] [{called}] <name>",
		}},
	}
}

func named(h *heard) (Command, error) {
	if !h.has("name") {
		return Command{}, nil
	}
	name := h.phrase("name")
	if !short(name, MostName) {
		return Command{}, doubt(TooMuch, "A name has at most %d characters.", MostName)
	}
	return Command{Name: name}, nil
}

func versionNamed(h *heard) (Command, error) {
	switch name := h.said("name"); {
	case len(name) == 1 && (name[0] == "file" || name[0] == "png" || name[0] == "jpeg" || name[0] == "picture" || name[0] == "image"):
		return Command{}, doubt(NotUnderstood, "“%s” is no name for a version.", name[0])
	default:
		return named(h)
	}
}

func ofBranch(h *heard) (Command, error) {
	id, _, err := h.c.findBranch(h.said("branch"), h.phrase("branch"))
	return Command{Branch: id}, err
}

// shownBranch is the branch that the speaker looks at.
func shownBranch(h *heard) (Command, error) {
	if _, ok := h.c.branch(h.c.Branch); !ok {
		return Command{}, unfinished("You are on main: which branch?", "merge the branch night")
	}
	return Command{Branch: h.c.Branch}, nil
}
