package spoken

// pageWays are those of the page itself.
func pageWays() []ways {
	return []ways{
		{StopListening, simply, []string{
			"stop (listening|voice control|voice commands|dictation|listening to me)", "(turn|switch) off voice (control|commands)",
			"(turn|switch) voice (control|commands) off", "thats all", "go to sleep", "goodbye",
		}},
		{Help, simply, []string{
			"help [me]", "what can (i|you) (say|do|understand)", "what commands are there", "(show|list|tell) [me] [the|all|all the] [voice] commands",
			"how does this work", "what do you understand",
		}},
		{Invite, simply, []string{
			"invite (somebody|someone|people|others|a friend|friends|my team|everyone|everybody) [to (this|the) room|here]", "invite [<who>]",
			"(open|show|make|create|get|give me) [me] [the|an|a] (invitation|invite|invite link|invitation link)", "share (this|the) room",
		}},
		{Show, panel, []string{
			"(open|show|see|display|bring up|pull up|go to|view) [me|up] [the|my] <panel> [panel|tab|list|sidebar]",
			"(who is|whos) (here|in the room|around|online)",
		}},
		{Hide, simply, []string{
			"(close|hide) [the|this|my] (panel|sidebar|side panel)", "(close|hide) [the|my] <panel> [panel|tab|list|sidebar]",
		}},
	}
}

func panel(h *heard) (Command, error) {
	if !h.has("panel") {
		return Command{Panel: "people"}, nil
	}
	name, _ := panelOf(h.said("panel"))
	return Command{Panel: name}, nil
}
