package chat

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"atelier/hub/spoken"
	"atelier/protocol"
)

// What the model is told of a room is bounded: it costs money by length.
const (
	mostItems    = 32
	mostMembers  = 100
	mostBranches = 50
	mostJobs     = 20
	mostLabel    = 80 // characters
)

// book is what references of one kind stand for, in the order in which the model is told of them.
type book[V any] struct {
	order []string
	of    map[string]V
}

func (b *book[V]) add(ref string, v V) {
	if b.of == nil {
		b.of = make(map[string]V)
	}
	b.order = append(b.order, ref)
	b.of[ref] = v
}

func (b *book[V]) names() []string { return b.order }

// find resolves a reference; no reference is no value.
func (b *book[V]) find(ref string) (v V, ok bool) {
	if ref == "" {
		return v, true
	}
	v, ok = b.of[ref]
	return v, ok
}

// references are short names for what may be meant.
type references struct {
	about    spoken.Context
	items    book[string]
	members  book[uint32]
	branches book[string]
	jobs     book[string]
	told     told
}

// told is what the model learns of the context.
type told struct {
	Selection []toldItem  `json:"selection"`
	Last      *toldItem   `json:"last_result,omitempty"`
	Members   []toldOther `json:"members"`
	Branches  []toldOther `json:"branches"`
	Shown     string      `json:"branch_shown"`
	Jobs      []toldJob   `json:"jobs"`
	InCall    bool        `json:"in_call"`
}

type toldItem struct {
	Ref  string `json:"ref"`
	Kind string `json:"kind"`
	File bool   `json:"file"`
}

type toldOther struct {
	Ref  string `json:"ref"`
	Name string `json:"name"`
}

type toldJob struct {
	Ref    string            `json:"ref"`
	State  protocol.JobState `json:"state"`
	Prompt string            `json:"prompt"`
}

func refer(about spoken.Context) *references {
	r := &references{about: about, told: told{InCall: about.InCall, Shown: spoken.Main}}
	refs := make(map[string]string)
	name := func(it spoken.Item) toldItem {
		ref, known := refs[it.ID]
		if !known {
			ref = fmt.Sprint("r", len(refs)+1)
			refs[it.ID] = ref
			r.items.add(ref, it.ID)
		}
		return toldItem{ref, cut(it.Kind), it.Asset != ""}
	}
	for _, it := range first(about.Selection, mostItems) {
		r.told.Selection = append(r.told.Selection, name(it))
	}
	if about.Last != nil {
		last := name(*about.Last)
		r.told.Last = &last
	}
	for _, m := range first(about.Members, mostMembers) {
		if m.M != about.Self {
			ref := fmt.Sprint("m", m.M)
			r.members.add(ref, m.M)
			r.told.Members = append(r.told.Members, toldOther{ref, cut(m.Name)})
		}
	}
	r.branches.add(spoken.Main, spoken.Main)
	for i, b := range first(about.Branches, mostBranches) {
		ref := fmt.Sprint("b", i+1)
		r.branches.add(ref, b.ID)
		r.told.Branches = append(r.told.Branches, toldOther{ref, cut(b.Name)})
		if b.ID == about.Branch {
			r.told.Shown = ref
		}
	}
	for i, j := range first(about.Jobs, mostJobs) {
		ref := fmt.Sprint("j", i+1)
		r.jobs.add(ref, j.ID)
		r.told.Jobs = append(r.told.Jobs, toldJob{ref, j.State, cut(j.Prompt)})
	}
	return r
}

func first[V any](list []V, most int) []V { return list[:min(len(list), most)] }

func cut(s string) string {
	if r := []rune(s); len(r) > mostLabel {
		return string(r[:mostLabel])
	}
	return s
}

// answer is what the model says.
type answer struct {
	Do        string   `json:"do"`
	Of        []string `json:"of"`
	Kind      string   `json:"kind"`
	Transform string   `json:"transform"`
	Prompt    string   `json:"prompt"`
	Count     int      `json:"count"`
	Shape     string   `json:"shape"`
	Text      string   `json:"text"`
	Name      string   `json:"name"`
	To        string   `json:"to"`
	Member    string   `json:"member"`
	Branch    string   `json:"branch"`
	Job       string   `json:"job"`
	Times     int      `json:"times"`
	Stars     *int     `json:"stars"`
	Panel     string   `json:"panel"`
}

// read makes a command of an answer; INVALID_INPUT for one that cannot be.
func (r *references) read(content string) (spoken.Command, error) {
	var a answer
	dec := json.NewDecoder(bytes.NewReader([]byte(content)))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&a); err != nil {
		return spoken.Command{}, fmt.Errorf("read the answer: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return spoken.Command{}, errors.New("read the answer: more than one value")
	}
	if !mayAnswer(spoken.Do(a.Do)) {
		return spoken.Command{}, protocol.Errorf(protocol.CodeInvalidInput, "the endpoint answered for somebody")
	}
	cmd, ok := r.resolve(a)
	if !ok {
		return spoken.Command{}, protocol.Errorf(protocol.CodeInvalidInput, "the endpoint named what is not there")
	}
	cmd, err := r.about.Complete(cmd.Fitted())
	if err != nil {
		return spoken.Command{}, err //nolint:wrapcheck // coded
	}
	cmd.Guessed = true
	return cmd, nil
}

func (r *references) resolve(a answer) (cmd spoken.Command, ok bool) {
	cmd = spoken.Command{
		Do: spoken.Do(a.Do), Kind: a.Kind, Transform: a.Transform, Prompt: a.Prompt, Count: a.Count, Shape: a.Shape, Text: a.Text,
		Name: a.Name, To: a.To, Times: a.Times, Stars: a.Stars, Panel: a.Panel,
	}
	for _, ref := range a.Of {
		id, ok := r.items.find(ref)
		if !ok {
			return spoken.Command{}, false
		}
		cmd.Of = append(cmd.Of, id)
	}
	var member, branch, job bool
	cmd.Member, member = r.members.find(a.Member)
	cmd.Branch, branch = r.branches.find(a.Branch)
	cmd.Job, job = r.jobs.find(a.Job)
	return cmd, member && branch && job
}
