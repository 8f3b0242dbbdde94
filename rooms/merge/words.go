package merge

// What an [Op] does. The same and the gone are the first text, the same and the new the second.
const (
	Same = "same"
	Gone = "gone"
	New  = "new"
)

// Op is a piece of a comparison: words that stayed, went or came.
type Op struct {
	Op   string `json:"op"`
	Text string `json:"text"`
}

// Words tells which words make b of a, for people to read: what stayed between two changes and is no longer than either
// belongs to the change, so that a rewritten sentence is one that went and one that came. None for two empty texts.
func Words(a, b string) []Op {
	as, bs := tokens(a), tokens(b)
	var out []Op
	say := func(op string, words []string) {
		if len(words) > 0 {
			out = append(out, Op{Op: op, Text: join(words)})
		}
	}
	at := 0
	for _, e := range readable(as, bs, edits(as, bs)) {
		say(Same, as[at:e.from])
		say(Gone, as[e.from:e.to])
		say(New, bs[e.start:e.end])
		at = e.to
	}
	say(Same, as[at:])
	return out
}

// readable joins the edits between which little stayed.
func readable(a, b []string, all []edit) []edit {
	var out []edit
	for _, e := range all {
		for len(out) > 0 {
			last := out[len(out)-1]
			stayed := length(a[last.to:e.from])
			if stayed > extent(a, b, last) || stayed > extent(a, b, e) {
				break
			}
			e.from, e.start = last.from, last.start
			out = out[:len(out)-1]
		}
		out = append(out, e)
	}
	return out
}

// extent is the longer side of an edit, in bytes.
func extent(a, b []string, e edit) int {
	return max(length(a[e.from:e.to]), length(b[e.start:e.end]))
}

func length(words []string) (n int) {
	for _, w := range words {
		n += len(w)
	}
	return n
}
