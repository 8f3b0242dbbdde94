package spoken

// callWays are those of the call and of recording it.
func callWays() []ways {
	return []ways{
		{Mute, inCall, []string{
			"(mute|silence|quiet) [me|myself|my {mic}|the {mic}|{mic}]", "(turn|switch) off (my|the) {mic}", "(turn|switch) (my|the) {mic} off",
			"{mic} off", "(turn|switch) me off",
		}},
		{Unmute, inCall, []string{
			"(unmute|un mute) [me|myself|my {mic}|the {mic}|{mic}]", "(turn|switch) on (my|the) {mic}", "(turn|switch) (my|the) {mic} [back] on",
			"{mic} [back] on", "(turn|switch) me [back] on", "let me (speak|talk)",
		}},
		{Deafen, inCall, []string{
			"(deafen|deaf) [me|myself]", "(mute|silence) (everyone|everybody|everyone else|everybody else|the others|the call|them all|all)",
			"(turn|switch) off (the sound|everyone|everybody)", "stop listening to (everyone|everybody|the call)",
		}},
		{Undeafen, inCall, []string{
			"(undeafen|un deafen|undeaf) [me|myself]", "unmute (everyone|everybody|the others|the call|all)", "let me hear [everyone|everybody|the call]",
			"(turn|switch) on the sound", "(turn|switch) the sound [back] on",
		}},
		{JoinCall, simply, []string{
			"(join|enter|start|begin|open) [a|the|our] {call}", "call in", "connect [me] to [the] {call}", "put me in the {call}", "hop on the {call}",
		}},
		{LeaveCall, inCall, []string{
			"(leave|exit|quit|end|drop|drop off) [a|the|our|my|this] {call}", "hang up [the call]", "leave", "disconnect [me] [from the {call}]",
		}},
		{MuteMember, ofMember, []string{
			"turn off <who> {mic}", "(turn|switch) <who> {mic} off", "(mute|silence) <who> {mic}", "(mute|silence) <who>",
		}},
		{RemoveMember, ofMember, []string{
			"(remove|kick|throw|take|drop) <who> [out] (from|of|off|out of) [the|this] {call}", "kick [out] <who> [out]",
		}},
		{Unmute, notPossible, []string{"(unmute|un mute) <who>"}},
		{StartRecording, simply, []string{
			"(start|begin) [a|the] [call] recording [the {call}|this {call}|of the {call}|this|us]", "record (the|this|our) {call}",
			"(start|begin) to record [the {call}]", "record this",
		}},
		{StopRecording, simply, []string{
			"(stop|end|finish) [a|the|this] [call] recording [the {call}|this {call}|of the {call}|this|us]",
		}},
	}
}

// inCall builds what only somebody in the call can do.
func inCall(h *heard) (Command, error) {
	if !h.c.InCall {
		return Command{}, doubt(NotInCall, "You are not in the call.")
	}
	return Command{}, nil
}

func ofMember(h *heard) (Command, error) {
	m, _, err := h.c.findMember(h.said("who"), h.phrase("who"))
	return Command{Member: m}, err
}

func notPossible(h *heard) (Command, error) {
	if _, _, err := h.c.findMember(h.said("who"), h.phrase("who")); err != nil {
		return Command{}, err
	}
	return Command{}, doubt(NotPossible, "Only they can unmute themselves.")
}
