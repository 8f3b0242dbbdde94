package rooms

import (
	"cmp"
	"maps"
	"slices"

	"atelier/protocol"
)

// scratch is the committed state with the rows of a batch on top that are judged but not yet durable. Dropping it undoes
// them, so there is nothing to roll back.
type scratch struct {
	base *State
	rev  int64

	records  map[string]*record      // those the batch has touched, as copies
	overlays map[overlayKey]*overlay // likewise; without cells: gone from its branch
	cells    map[string]int          // cells that the batch adds to a branch or takes off it
	branches []string                // that the batch makes
	stays    map[stay]string
	gestures map[overlayKey]bool // of branches
	merges   map[string]*Row     // by change id; nil: taken back
	added    int                 // live records that the batch adds or removes
	author   map[uint32]author   // authors that the base does not know yet
}

// overlayKey names a record, or a gesture, of a branch.
type overlayKey struct{ branch, id string }

// newAuthor marks cells written within a batch by an author whom the state has not numbered yet.
const newAuthor = 1 << 31

func (s *State) scratch() *scratch {
	return &scratch{base: s, rev: s.rev, records: make(map[string]*record)}
}

// put sets an entry of a map that is made when it is needed: most batches need few of them.
func put[K comparable, V any](m *map[K]V, key K, value V) { //nolint:gocritic // it makes the map
	if *m == nil {
		*m = make(map[K]V)
	}
	(*m)[key] = value
}

func (s *scratch) record(id string) *record {
	if r, ok := s.records[id]; ok {
		return r
	}
	return s.base.records[id]
}

// overlayOf is what a branch has of a record, or nil.
func (s *scratch) overlayOf(branch, id string) *overlay {
	if len(s.overlays) > 0 {
		if o, ok := s.overlays[overlayKey{branch, id}]; ok {
			return present(o)
		}
	}
	if b := s.base.branches[branch]; b != nil {
		return b.records[id]
	}
	return nil
}

func present(o *overlay) *overlay {
	if o == nil || len(o.cells) == 0 {
		return nil
	}
	return o
}

func (s *scratch) authorOf(by uint32) author {
	if a, ok := s.author[by]; ok {
		return a
	}
	return s.base.authors[by]
}

func (s *scratch) number(a author) uint32 {
	if i, ok := s.base.authorOf[a]; ok {
		return i
	}
	for i, known := range s.author {
		if known == a {
			return i
		}
	}
	i := uint32(newAuthor + len(s.author)) //nolint:gosec // authors of one batch
	put(&s.author, i, a)
	return i
}

// take lays a judged change on top.
func (s *scratch) take(j *judgement, row *Row) {
	maps.Copy(s.records, j.touched)
	for key, o := range j.over {
		put(&s.overlays, key, o)
	}
	for branch, n := range j.cells {
		put(&s.cells, branch, s.cells[branch]+n)
	}
	at := stayOf(row.Session, row.Episode, row.Gesture, row.ID)
	for _, id := range j.made {
		if j.touched[id].kind != protocol.KindBranch {
			continue
		}
		s.branches = append(s.branches, id)
		if id == row.Branch && id != j.change.Branch {
			put(&s.stays, at, id)
		}
	}
	if row.Branch != "" && row.Gesture != "" {
		put(&s.gestures, overlayKey{row.Branch, row.Gesture}, true)
	}
	if row.Merged != "" {
		put(&s.merges, row.ID, row)
	}
	if row.Undo != "" {
		put(&s.merges, row.Undo, nil)
	}
	s.rev++
	s.added += j.added
}

func (j *judgement) record(id string) *record {
	if r, ok := j.touched[id]; ok {
		return r
	}
	return j.scratch.record(id)
}

// touch is the record as this change may write it.
func (j *judgement) touch(r *record) *record {
	if c, ok := j.touched[r.id]; ok {
		return c
	}
	c := r.clone(0)
	j.touched[r.id] = c
	return c
}

func (j *judgement) overlayOf(branch, id string) *overlay {
	if o, ok := j.over[overlayKey{branch, id}]; ok {
		return present(o)
	}
	return j.scratch.overlayOf(branch, id)
}

// touchOverlay is what a branch has of a record, as this change may write it.
func (j *judgement) touchOverlay(branch, id string) *overlay {
	key := overlayKey{branch, id}
	if o, ok := j.over[key]; ok {
		return o
	}
	o := j.scratch.overlayOf(branch, id)
	if o == nil {
		o = &overlay{id: id}
	} else {
		o = o.clone(0)
	}
	put(&j.over, key, o)
	return o
}

// overlays lists what a branch has, in the order of the records' ids.
func (j *judgement) overlays(branch string) []*overlay {
	ids := make(map[string]struct{})
	if b := j.scratch.base.branches[branch]; b != nil {
		for id := range b.records {
			ids[id] = struct{}{}
		}
	}
	for _, layer := range []map[overlayKey]*overlay{j.scratch.overlays, j.over} {
		for key := range layer {
			if key.branch == branch {
				ids[key.id] = struct{}{}
			}
		}
	}
	out := make([]*overlay, 0, len(ids))
	for id := range ids {
		if o := j.overlayOf(branch, id); o != nil {
			out = append(out, o)
		}
	}
	slices.SortFunc(out, func(x, y *overlay) int { return cmp.Compare(x.id, y.id) })
	return out
}

// count keeps how many cells a branch gains by this change.
func (j *judgement) count(branch string, n int) { put(&j.cells, branch, j.cells[branch]+n) }

// size is how many cells a branch has.
func (j *judgement) size(branch string) int {
	n := j.scratch.cells[branch] + j.cells[branch]
	if b := j.scratch.base.branches[branch]; b != nil {
		n += b.cells
	}
	return n
}
