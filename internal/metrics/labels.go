package metrics

import "sync"

// labels bounds the values of a label. A time series stays for as long as the process lives, and what jobs and remote
// workers name is not the operator's alone to choose; so values beyond the first few share one.
type labels struct {
	mu    sync.Mutex
	most  int
	known map[string]struct{}
}

// other is the value that those beyond the bound share.
const other = "other"

func newLabels(most int) *labels { return &labels{most: most, known: make(map[string]struct{}, most)} }

func (l *labels) of(value string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, ok := l.known[value]; ok {
		return value
	}
	if len(l.known) == l.most {
		return other
	}
	l.known[value] = struct{}{}
	return value
}
