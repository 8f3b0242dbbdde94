package generation

import (
	"strconv"

	"atelier/protocol"
)

// How results lie on the canvas, in canvas units.
const (
	usualWidth = 320
	gap        = 24
	textHeight = 160
	barHeight  = 96 // of an audio record
)

// RecordID is the id of the record that shows a job's result.
func RecordID(job string, index int) string {
	return protocol.DerivedID(job, "record", strconv.Itoa(index))
}

// Placements returns the changes that put a succeeded job's results on the canvas, best first: the whole, then without
// the edges from the source (it is gone), without the parent (it is gone), without both; those that would be the same as
// an earlier one are left out. The first that the room does not refuse with CONFLICT is the placement. Every one has its
// own change id derived from the job, and all have the same record ids: so the same change sent again is the same change,
// and nothing is ever there twice.
func Placements(job protocol.Job) []protocol.Change {
	whole := placement{job: job, edges: len(sourcesOf(job)) > 0, parent: job.Place.Parent != ""}
	out := []protocol.Change{whole.change("whole")}
	if whole.edges {
		alone := whole
		alone.edges = false
		out = append(out, alone.change("no edges"))
	}
	if whole.parent {
		top := whole
		top.parent = false
		out = append(out, top.change("no parent"))
	}
	if whole.edges && whole.parent {
		out = append(out, placement{job: job}.change("alone"))
	}
	return out
}

// PlacementChange is the first of [Placements].
func PlacementChange(job protocol.Job) protocol.Change { return Placements(job)[0] }

// placement is a job with what of its surroundings is still there.
type placement struct {
	job    protocol.Job
	edges  bool
	parent bool
}

func (p placement) change(variant string) protocol.Change {
	c := protocol.Change{ID: protocol.DerivedID(p.job.ID, "place", variant)}
	for i, box := range layOut(p.job) {
		c.Writes = append(c.Writes, p.record(i, box)...)
		if p.edges {
			c.Writes = append(c.Writes, p.edgesOf(i)...)
		}
	}
	return c
}

type box struct{ x, y, w, h float64 }

// layOut arranges the results in rows from the place's corner: up to three in one row, four in two, more in rows of four.
func layOut(job protocol.Job) []box {
	columns := columnsOf(len(job.Results))
	w := job.Place.W
	if w <= 0 {
		w = usualWidth
	}
	boxes := make([]box, len(job.Results))
	row := 0.0
	for i, r := range job.Results {
		boxes[i] = box{w: w, h: height(job.Kind, w, r)}
		row = max(row, boxes[i].h)
	}
	for i := range boxes {
		boxes[i].x = job.Place.X + float64(i%columns)*(w+gap)
		boxes[i].y = job.Place.Y + float64(i/columns)*(row+gap)
	}
	return boxes
}

func columnsOf(results int) int {
	switch {
	case results == 4:
		return 2
	case results > 4:
		return 4
	}
	return results
}

func height(kind string, w float64, r protocol.JobResult) float64 {
	switch {
	case kind == kindText:
		return textHeight
	case kind == kindAudio:
		return barHeight
	case r.Width > 0 && r.Height > 0:
		return w * float64(r.Height) / float64(r.Width)
	}
	return w * 9 / 16
}

func (p placement) record(i int, at box) []protocol.Write {
	job, r := p.job, p.job.Results[i]
	w := writer{record: r.Record}
	w.text(protocol.PropKind, job.Kind)
	if p.parent {
		w.text(protocol.PropParent, job.Place.Parent)
	}
	w.number("x", at.x)
	w.number("y", at.y)
	w.number("w", at.w)
	w.number("h", at.h)
	w.text("job", job.ID)
	if job.Kind == kindText {
		w.text("text", r.Text)
		return w.writes
	}
	w.text("asset", r.Asset)
	w.text("thumb", r.Thumb)
	w.text("mime", r.Mime)
	w.text("placeholder", r.Placeholder)
	w.count("nw", int64(r.Width))
	w.count("nh", int64(r.Height))
	w.count("duration", r.DurationMS)
	w.text("prompt", job.Prompt)
	w.text("negative", job.Negative)
	w.text("provider", job.Provider)
	w.text("model", job.Model)
	w.count("seed", SeedOf(job, i))
	if asked := ParamsOf(job.JobRequest, i); len(asked) > 0 {
		if params, err := protocol.ValueOf(asked); err == nil {
			w.write("params", params)
		}
	}
	return w.writes
}

// edgesOf leads to a result from each of its sources. The first one's id is without a number, as it was when there was one.
func (p placement) edgesOf(i int) (writes []protocol.Write) {
	for k, source := range sourcesOf(p.job) {
		parts := []string{p.job.ID, "edge", strconv.Itoa(i)}
		if k > 0 {
			parts = append(parts, strconv.Itoa(k))
		}
		w := writer{record: protocol.DerivedID(parts...)}
		w.text(protocol.PropKind, string(protocol.KindEdge))
		w.text("from", source)
		w.text("to", p.job.Results[i].Record)
		w.text("role", "derived")
		writes = append(writes, w.writes...)
	}
	return writes
}

// writer collects the writes of one record; what is empty is not written.
type writer struct {
	record string
	writes []protocol.Write
}

func (w *writer) write(prop string, v protocol.Value) {
	w.writes = append(w.writes, protocol.Write{Record: w.record, Prop: prop, Value: v})
}

func (w *writer) text(prop, s string) {
	if s != "" {
		w.write(prop, protocol.String(s))
	}
}

func (w *writer) number(prop string, f float64) { w.write(prop, protocol.Number(f)) }

func (w *writer) count(prop string, n int64) {
	if n != 0 {
		w.write(prop, protocol.Int(n))
	}
}
