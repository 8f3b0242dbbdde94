package spoken

import (
	"cmp"
	"slices"
	"strings"

	"atelier/protocol"
)

// Complete checks a command against what may be meant and gives it its sentence. What it returns has the fields of its Do
// and no others, within their bounds, and names nothing that the context does not. INVALID_INPUT otherwise.
func (c *Context) Complete(cmd Command) (Command, error) {
	f, ok := cmd.Do.form()
	if !ok {
		return Command{}, cmd.wrong("do")
	}
	if have := cmd.fields(); have&f.needs != f.needs || have&^(f.needs|f.may) != 0 {
		return Command{}, cmd.wrong("its fields")
	}
	if err := c.checkMeant(cmd, f.of); err != nil {
		return Command{}, err
	}
	if err := cmd.checkValues(); err != nil {
		return Command{}, err
	}
	if err := cmd.checkEnds(); err != nil {
		return Command{}, err
	}
	cmd.Confirm = f.confirm
	cmd.Say = strings.ReplaceAll(c.sentence(&cmd), "….", "…")
	return cmd, nil
}

func (cmd *Command) wrong(what string) error {
	return protocol.Errorf(protocol.CodeInvalidInput, "command %s: %s cannot be so", cmd.Do, what)
}

// Fitted is the command without the fields that do not belong to its Do, and once where it does not say how often: as it is
// meant by who knows the form less well than the grammar.
func (cmd *Command) Fitted() Command {
	f, _ := cmd.Do.form()
	may := f.needs | f.may
	out := Command{Do: cmd.Do}
	for _, one := range []struct {
		field field
		copy  func()
	}{
		{fOf, func() { out.Of = cmd.Of }},
		{fKind, func() { out.Kind = cmd.Kind }},
		{fTransform, func() { out.Transform = cmd.Transform }},
		{fPrompt, func() { out.Prompt = cmd.Prompt }},
		{fCount, func() { out.Count = cmp.Or(cmd.Count, 1) }},
		{fShape, func() { out.Shape = cmd.Shape }},
		{fText, func() { out.Text = cmd.Text }},
		{fName, func() { out.Name = cmd.Name }},
		{fTo, func() { out.To = cmd.To }},
		{fMember, func() { out.Member = cmd.Member }},
		{fBranch, func() { out.Branch = cmd.Branch }},
		{fJob, func() { out.Job = cmd.Job }},
		{fTimes, func() { out.Times = cmp.Or(cmd.Times, 1) }},
		{fStars, func() { out.Stars = cmd.Stars }},
		{fPanel, func() { out.Panel = cmd.Panel }},
	} {
		if may&one.field != 0 {
			one.copy()
		}
	}
	return out
}

// fields are those that have a value.
func (cmd *Command) fields() (have field) {
	for _, one := range []struct {
		field field
		has   bool
	}{
		{fOf, len(cmd.Of) > 0},
		{fKind, cmd.Kind != ""},
		{fTransform, cmd.Transform != ""},
		{fPrompt, cmd.Prompt != ""},
		{fCount, cmd.Count != 0},
		{fShape, cmd.Shape != ""},
		{fText, cmd.Text != ""},
		{fName, cmd.Name != ""},
		{fTo, cmd.To != ""},
		{fMember, cmd.Member != 0},
		{fBranch, cmd.Branch != ""},
		{fJob, cmd.Job != ""},
		{fTimes, cmd.Times != 0},
		{fStars, cmd.Stars != nil},
		{fPanel, cmd.Panel != ""},
	} {
		if one.has {
			have |= one.field
		}
	}
	return have
}

// checkMeant sees that everything named is in the context.
func (c *Context) checkMeant(cmd Command, of records) error {
	for i, id := range cmd.Of {
		it, ok := c.item(id)
		if !ok || slices.Contains(cmd.Of[:i], id) || (of.fits != nil && !of.fits(it)) {
			return cmd.wrong("of")
		}
	}
	if of.one && len(cmd.Of) > 1 {
		return cmd.wrong("of")
	}
	if cmd.Do == Remix && len(cmd.Of) > mostInputs {
		return cmd.wrong("of")
	}
	switch cmd.Do {
	case Mute, Unmute, Deafen, Undeafen, LeaveCall:
		if !c.InCall {
			return cmd.wrong("do")
		}
	default:
	}
	if _, ok := c.member(cmd.Member); cmd.Member != 0 && (!ok || cmd.Member == c.Self) {
		return cmd.wrong("member")
	}
	if _, ok := c.branch(cmd.Branch); cmd.Branch != "" && !ok {
		return cmd.wrong("branch")
	}
	if cmd.Branch == Main && (cmd.Do == MergeBranch || cmd.Do == Compare) {
		return cmd.wrong("branch")
	}
	if cmd.Job != "" && !slices.ContainsFunc(c.Jobs, func(j Job) bool { return j.ID == cmd.Job }) {
		return cmd.wrong("job")
	}
	return nil
}

// checkValues sees that values are within their bounds.
func (cmd *Command) checkValues() error {
	for _, one := range []struct {
		name string
		ok   bool
	}{
		{"kind", among(cmd.Kind, Selectable()) && (cmd.Do != Generate || among(cmd.Kind, Media()))},
		{"transform", among(cmd.Transform, Transforms())},
		{"prompt", said(cmd.Prompt, MostText) && (cmd.Prompt != "" || cmd.Transform != edit)},
		{"count", within(cmd.Count, MostResults)},
		{"shape", among(cmd.Shape, Shapes()) && (cmd.Shape == "" || cmd.Kind == kindImage || cmd.Kind == kindVideo)},
		{"text", said(cmd.Text, MostText)},
		{"name", said(cmd.Name, MostName)},
		{"times", within(cmd.Times, MostTimes)},
		{"stars", cmd.Stars == nil || (*cmd.Stars >= 0 && *cmd.Stars <= MostStars)},
		{"panel", among(cmd.Panel, Panels())},
	} {
		if !one.ok {
			return cmd.wrong(one.name)
		}
	}
	return nil
}

// checkEnds sees that where a zoom or a selection goes and what it names belong together.
func (cmd *Command) checkEnds() error {
	ok := true
	switch cmd.Do {
	case Zoom:
		ok = slices.Contains([]string{toAll, toIn, toOut, toRecords, toMember}, cmd.To) &&
			(cmd.To == toMember) == (cmd.Member != 0) && (cmd.To == toRecords) == (len(cmd.Of) > 0)
	case Select:
		ok = slices.Contains([]string{toAll, toNone, toRecords}, cmd.To) &&
			(cmd.To == toRecords) == (len(cmd.Of) > 0) && (cmd.Kind == "" || cmd.To == toAll)
	default:
	}
	if !ok {
		return cmd.wrong("to")
	}
	return nil
}

// The zero value is checked by [Command.fields] alone.
func among(s string, list []string) bool { return s == "" || slices.Contains(list, s) }
func within(n, most int) bool            { return n >= 0 && n <= most }

func said(s string, most int) bool {
	return s == "" || (short(s, most) && strings.TrimSpace(s) != "")
}

// item finds a record of the selection, or the last result.
func (c *Context) item(id string) (Item, bool) {
	if i := slices.IndexFunc(c.Selection, func(it Item) bool { return it.ID == id }); i >= 0 {
		return c.Selection[i], true
	}
	if c.Last != nil && c.Last.ID == id {
		return *c.Last, true
	}
	return Item{}, false
}

func (c *Context) member(m uint32) (string, bool) {
	i := slices.IndexFunc(c.Members, func(one Member) bool { return one.M == m })
	if i < 0 {
		return "", false
	}
	return c.Members[i].Name, true
}

// branch is the name of a branch.
func (c *Context) branch(id string) (string, bool) {
	if id == Main {
		return Main, true
	}
	i := slices.IndexFunc(c.Branches, func(one Branch) bool { return one.ID == id })
	if i < 0 {
		return "", false
	}
	return c.Branches[i].Name, true
}
