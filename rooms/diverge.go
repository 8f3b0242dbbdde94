package rooms

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"atelier/protocol"
)

// stayOf is the stay that a change belongs to. One without an episode is its own, together with those of its gesture.
func stayOf(session, episode, gesture, change string) stay {
	return stay{session, cmp.Or(episode, gesture, change)}
}

// stayBranch is the branch that a stay has diverged to, or "" when there is none or it was merged. An archived one comes
// back with the next write.
func (s *scratch) stayBranch(at stay) string {
	id := s.stayed(at)
	if r := s.record(id); r == nil || !r.value("merged").Absent() {
		return ""
	}
	return id
}

func (s *scratch) stayed(at stay) string {
	if id, ok := s.stays[at]; ok {
		return id
	}
	return s.base.stays[at]
}

// route finds where a change is made. One for main follows the branch of its stay when it writes a record of it or belongs
// to a gesture of it; every change follows the branch of its session that has a record which it names and which is nowhere
// else that it can see: what made the record has diverged.
func (s *scratch) route(by Author, c *protocol.Change) string {
	if skips(c) || c.Merge != nil {
		return c.Branch
	}
	at := stayOf(by.Session, c.Episode, c.Gesture, c.ID)
	made := make(map[string]bool)
	for i := range c.Writes {
		w := &c.Writes[i]
		if w.Prop == protocol.PropKind {
			made[w.Record] = true
		}
		to, _ := w.Value.AsString()
		for _, id := range [...]string{w.Record, to} {
			if made[id] || s.record(id) != nil || !s.onAnyBranch(id) || (c.Branch != "" && s.overlayOf(c.Branch, id) != nil) {
				continue
			}
			if home := s.homeOf(at, id); home != "" {
				return home
			}
		}
	}
	if id := s.stayBranch(at); id != "" && c.Branch == "" && s.follows(id, c) {
		return id
	}
	return c.Branch
}

func (s *scratch) follows(branch string, c *protocol.Change) bool {
	if b := s.base.branches[branch]; c.Gesture != "" &&
		(s.gestures[overlayKey{branch, c.Gesture}] || (b != nil && slices.Contains(b.gestures, c.Gesture))) {
		return true
	}
	return slices.ContainsFunc(c.Writes, func(w protocol.Write) bool { return s.overlayOf(branch, w.Record) != nil })
}

// homeOf is the branch that has a record, of those that the session diverged to: that of the stay, or the newest. "" when
// there is none.
func (s *scratch) homeOf(at stay, record string) (home string) {
	if id := s.stayed(at); s.overlayOf(id, record) != nil {
		return id
	}
	newest := int64(-1)
	consider := func(branch string) {
		r := s.record(branch)
		session, _ := r.value("session").AsString()
		if begun := r.begun(); session == at.session && !r.value("diverged").Absent() && begun > newest && s.overlayOf(branch, record) != nil {
			home, newest = branch, begun
		}
	}
	for branch := range s.base.branches {
		consider(branch)
	}
	for _, branch := range s.branches {
		consider(branch)
	}
	return home
}

// diverge judges a change anew that met what its author had not seen: on the branch of its stay, or when there is none or
// it conflicts there too, on a new one.
func (s *scratch) diverge(j *judgement) (*judgement, *protocol.Error) {
	c := j.change
	at := stayOf(j.by.Session, c.Episode, c.Gesture, c.ID)
	if id := s.stayBranch(at); id != "" && id != j.branch {
		on := s.judgement(j.by, c, j.at, id)
		on.because = j.met
		on.inherit(j.branch)
		if err := on.run(); err != nil || len(on.met) == 0 {
			return on, err
		}
	}
	on := s.judgement(j.by, c, j.at, protocol.DerivedID("branch", c.ID))
	on.because = j.met
	on.open()
	on.inherit(j.branch)
	err := on.run()
	return on, err
}

// open makes the branch that the change is placed on.
func (j *judgement) open() {
	kind := protocol.String(string(protocol.KindBranch))
	j.touched[j.branch] = &record{id: j.branch, kind: protocol.KindBranch}
	j.main = append(j.main, protocol.Write{Record: j.branch, Prop: protocol.PropKind, Value: kind})
	j.made = append(j.made, j.branch)
	j.added++
	j.setMain(j.touched[j.branch], protocol.Write{Record: j.branch, Prop: "diverged", Value: protocol.Bool(true)})
	j.setMain(j.touched[j.branch], protocol.Write{Record: j.branch, Prop: "fork", Value: protocol.Int(j.change.Base)})
}

// inherit takes over what another branch has of the records that the change writes, and from wherever they are those that
// it names and could not see there: no branch floats on a branch.
func (j *judgement) inherit(from string) {
	c := j.change
	at := stayOf(j.by.Session, c.Episode, c.Gesture, c.ID)
	for i := range c.Writes {
		to, _ := c.Writes[i].Value.AsString()
		for _, id := range [...]string{c.Writes[i].Record, to} {
			if j.overlayOf(j.branch, id) != nil || (id == to && j.record(id) != nil) {
				continue
			}
			o := j.overlayOf(from, id)
			if o == nil && j.record(id) == nil && j.onAnyBranch(id) {
				o = j.overlayOf(j.scratch.homeOf(at, id), id)
			}
			if o != nil {
				j.takeOver(o)
			}
		}
	}
}

func (j *judgement) takeOver(o *overlay) {
	for i := range o.cells {
		c := &o.cells[i]
		j.setBranch(o.id, protocol.Write{Record: o.id, Prop: c.prop, Value: c.value, Basis: cmp.Or(c.base, protocol.Nil)})
	}
}

// branchName is what a branch is called that nobody named: the author and the time on the author's clock.
func (j *judgement) branchName() string {
	at := time.UnixMilli(j.at).UTC().Add(time.Duration(j.by.Zone) * time.Minute)
	return fmt.Sprintf("%s %02d:%02d", cmp.Or(j.by.Name, "Somebody"), at.Hour(), at.Minute())
}

// closeEqual closes branches that main has caught up with: those with cells of the records that this change writes, and
// the diverged one that it is placed on.
func (j *judgement) closeEqual() {
	if j.brings() {
		return
	}
	seen := make(map[string]bool)
	for i := range j.main {
		id := j.main[i].Record
		if seen[id] || !j.onAnyBranch(id) {
			continue
		}
		seen[id] = true
		for branch := range j.scratch.base.branches {
			j.closeIfEqual(branch, id)
		}
		for _, branch := range j.scratch.branches {
			j.closeIfEqual(branch, id)
		}
	}
	if len(j.overlay) > 0 {
		if is, _ := j.record(j.branch).value("diverged").AsBool(); is {
			j.closeIfEqual(j.branch, j.overlay[0].Record)
		}
	}
}

// closeIfEqual closes a branch when all its cells equal main; first is a record to look at first.
func (j *judgement) closeIfEqual(branch, first string) {
	if o := j.overlayOf(branch, first); o == nil || !j.equalsMain(o) {
		return
	}
	for _, o := range j.overlays(branch) {
		if !j.equalsMain(o) {
			return
		}
	}
	if branch == j.branch { // what this change wrote there is what main has
		maps.DeleteFunc(j.over, func(key overlayKey, _ *overlay) bool { return key.branch == branch })
		delete(j.cells, branch)
		j.overlay = nil
	}
	j.drop(branch, j.overlays(branch))
	j.setMain(j.record(branch), protocol.Write{Record: branch, Prop: "merged", Value: protocol.Int(j.rev())})
}

func (j *judgement) equalsMain(o *overlay) bool {
	r := j.record(o.id)
	if r == nil {
		return false
	}
	for i := range o.cells {
		if c := &o.cells[i]; c.prop != protocol.PropKind && !same(c.value, r.value(c.prop)) {
			return false
		}
	}
	_, own := o.kind()
	return !own || !r.deleted()
}

// drop takes overlays off their branch.
func (j *judgement) drop(branch string, all []*overlay) {
	t := protocol.Target{Branch: branch}
	for _, o := range all {
		for i := range o.cells {
			c := &o.cells[i]
			t.Writes = append(t.Writes, protocol.Write{
				Record: o.id, Prop: c.prop, Before: c.value, Basis: cmp.Or(c.base, protocol.Nil), Dropped: true,
			})
		}
		j.touchOverlay(branch, o.id).cells = nil
		j.count(branch, -len(o.cells))
	}
	if len(t.Writes) > 0 {
		j.also = append(j.also, t)
	}
}
