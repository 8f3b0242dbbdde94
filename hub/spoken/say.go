package spoken

import (
	"fmt"
	"strings"
)

// mostSpoken is how many characters of somebody's words a sentence repeats.
const mostSpoken = 80

// brief cuts what a sentence repeats.
func brief(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > mostSpoken {
		return strings.TrimSpace(string(r[:mostSpoken-1])) + "…"
	}
	return s
}

// sentence is what to say about a command that is complete.
func (c *Context) sentence(cmd *Command) string {
	switch cmd.Do {
	case Generate:
		return generating(cmd)
	case Remix:
		return c.remixing(cmd)
	case Select:
		return selecting(cmd)
	case Zoom:
		return c.zooming(cmd)
	case Run, Download, Open, Lineage, Rate, Pick, Delete, Duplicate:
		return c.handling(cmd)
	case AddNote, AddText, AddPrompt, Comment:
		return writing(cmd)
	case Undo, Redo:
		return doing(map[Do]string{Undo: "Undoing", Redo: "Redoing"}[cmd.Do], cmd.Times)
	case Follow, MuteMember, RemoveMember:
		name, _ := c.member(cmd.Member)
		return fmt.Sprintf(map[Do]string{
			Follow: "Following %s.", MuteMember: "Muting %s.", RemoveMember: "Take %s out of the call?",
		}[cmd.Do], brief(name))
	case MakeBranch, GoBranch, MergeBranch, Compare, NameVersion:
		return c.branching(cmd)
	case Cancel, Retry:
		return c.queueing(cmd)
	case Show:
		return map[string]string{
			"queue": "The queue.", "inspector": "The details.", "history": "The history.", "comments": "The comments.",
			"people": "The people here.", "keys": "The keyboard map.",
		}[cmd.Panel]
	default:
		return plainly(cmd.Do)
	}
}

// plainly is the sentence of what has no fields.
func plainly(do Do) string {
	return map[Do]string{
		Unfollow: "Not following anymore.", Hide: "Closing the panel.",
		ClearQueue: "Cancel all your waiting jobs?", PauseQueue: "Pausing the queue.", ResumeQueue: "The queue goes on.",
		JoinCall: "Joining the call.", LeaveCall: "Leave the call?", Mute: "You are muted.", Unmute: "You are not muted anymore.",
		Deafen: "You do not hear the call now.", Undeafen: "You hear the call again.",
		StartRecording: "Starting a recording.", StopRecording: "Stopping the recording.",
		Help: "This is what you can say.", Invite: "Opening the invitation.", StopListening: "Not listening anymore.",
		Yes: "Yes.", No: "No.",
	}[do]
}

func doing(what string, times int) string {
	if times == 1 {
		return what + "."
	}
	return fmt.Sprintf("%s %d times.", what, times)
}

// nameOf is what a kind is called: one of it, and several.
func nameOf(kind string) (one, several string) {
	switch kind {
	case kindImage:
		return "an image", "images"
	case kindVideo:
		return "a video", "videos"
	case kindAudio:
		return "a sound", "sounds"
	case kindText:
		return "a text", "texts"
	}
	return "a " + kind, kind + "s"
}

func counted(n int, kind string) string {
	one, several := nameOf(kind)
	if n == 1 {
		return one
	}
	return fmt.Sprint(n, " ", several)
}

func generating(cmd *Command) string {
	what := counted(cmd.Count, cmd.Kind)
	if cmd.Shape != "" {
		_, several := nameOf(cmd.Kind)
		what = fmt.Sprint(cmd.Count, " ", cmd.Shape, " ", several)
		if cmd.Count == 1 {
			what = "a " + cmd.Shape + " " + cmd.Kind
		}
	}
	of := ": "
	if first := split(cmd.Prompt).folded(); len(first) > 0 && cmd.Kind != kindAudio && cmd.Kind != kindText {
		if _, ok := numberOf(first[:1]); ok || first[0] == "the" {
			of = " of "
		}
	}
	return "Generating " + what + of + brief(cmd.Prompt) + "."
}

// these names records in a sentence: “the image”, “3 things”.
func (c *Context) these(ids []string) string {
	if len(ids) != 1 {
		return fmt.Sprintf("%d things", len(ids))
	}
	it, _ := c.item(ids[0])
	switch it.Kind {
	case kindAudio:
		return "the sound"
	case kindImage, kindVideo, kindText, kindNote, kindPrompt, kindFrame:
		return "the " + it.Kind
	}
	return "it"
}

func (c *Context) remixing(cmd *Command) string {
	these := c.these(cmd.Of)
	var s string
	switch cmd.Transform {
	case variation:
		s = "Making a variation of " + these
		if cmd.Count > 1 {
			s = fmt.Sprintf("Making %d variations of %s", cmd.Count, these)
		}
	case edit:
		s = "Changing " + these
	case upscale:
		s = "Making " + these + " larger"
	case soundtrack:
		s = "Making a soundtrack for " + these
	case animate:
		s = "Making a video of " + these
	case describe:
		s = "Describing " + these
	}
	if cmd.Prompt != "" {
		return s + ": " + brief(cmd.Prompt) + "."
	}
	return s + "."
}

func selecting(cmd *Command) string {
	switch {
	case cmd.To == toNone:
		return "Nothing is selected."
	case cmd.To == toRecords:
		return "Selected."
	case cmd.Kind == "":
		return "Selecting everything."
	}
	_, several := nameOf(cmd.Kind)
	return "Selecting all " + several + "."
}

func (c *Context) zooming(cmd *Command) string {
	switch cmd.To {
	case toAll:
		return "Showing everything."
	case toIn:
		return "Zooming in."
	case toOut:
		return "Zooming out."
	case toRecords:
		return "Going to " + c.these(cmd.Of) + "."
	}
	name, _ := c.member(cmd.Member)
	return "Going to " + brief(name) + "."
}

func (c *Context) handling(cmd *Command) string {
	these := c.these(cmd.Of)
	switch cmd.Do {
	case Run:
		return "Generating what " + these + map[bool]string{true: " asks for.", false: " ask for."}[len(cmd.Of) == 1]
	case Download:
		return "Downloading " + these + "."
	case Open:
		return "Opening " + these + "."
	case Lineage:
		return "What " + these + " was made from."
	case Rate:
		return rating(*cmd.Stars)
	case Pick:
		return "Picked as the winner."
	case Duplicate:
		return "Duplicating " + these + "."
	default:
		return "Delete " + these + "?"
	}
}

func rating(stars int) string {
	switch stars {
	case 0:
		return "Taking your rating back."
	case 1:
		return "Rated 1 star."
	}
	return fmt.Sprintf("Rated %d stars.", stars)
}

func writing(cmd *Command) string {
	what := map[Do]string{AddNote: "Adding a note", AddText: "Adding a text", AddPrompt: "Adding a prompt", Comment: "Commenting"}[cmd.Do]
	if cmd.Text == "" {
		return what + "."
	}
	return what + ": " + brief(cmd.Text)
}

func (c *Context) branching(cmd *Command) string {
	name, _ := c.branch(cmd.Branch)
	name = brief(name)
	switch cmd.Do {
	case MakeBranch:
		if cmd.Name == "" {
			return "Making a branch."
		}
		return "Making the branch " + brief(cmd.Name) + "."
	case GoBranch:
		return "Going to " + name + "."
	case MergeBranch:
		return "Merging " + name + "."
	case Compare:
		return "Comparing " + name + " with main."
	default:
		return "This version is called " + brief(cmd.Name) + "."
	}
}

func (c *Context) queueing(cmd *Command) string {
	what := map[Do]string{Cancel: "Cancelling", Retry: "Trying again"}[cmd.Do]
	for _, j := range c.Jobs {
		if j.ID == cmd.Job && strings.TrimSpace(j.Prompt) != "" {
			return what + ": " + brief(j.Prompt) + "."
		}
	}
	return what + "."
}
