package e2e

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/client"
)

const (
	deeds     = 24 // of each person, a round
	roundsOf  = 2  // of a seed; the server is killed in each
	queueMost = 8  // changes of an offline spell
)

// person works in a room over a line of its own, which can be down for a while.
type person struct {
	name  string
	line  *line
	room  *client.Room
	dice  *rand.Rand
	book  *ledger
	words []string // acknowledged
	merge []string // merges of its own
	n     int
}

// line is a proxy that can be down while the server behind it changes.
type line struct {
	*proxy

	mu   sync.Mutex
	addr string
	down bool
}

// nowhere is an address at which nobody listens.
const nowhere = "127.0.0.1:1"

func (l *line) leads(addr string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.addr = addr
	if !l.down {
		l.to(addr)
	}
}

func (l *line) set(down bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down = down
	if !down {
		l.to(l.addr)
		return
	}
	l.to(nowhere)
	l.cut(func() bool { return true })
}

func TestPeopleConvergeThroughKillsAndOfflineSpells(t *testing.T) {
	t.Parallel()
	for seed := range uint64(convergeSeeds) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			converge(t, seed)
		})
	}
}

func converge(t *testing.T, seed uint64) {
	t.Helper()
	data := t.TempDir()
	server, addr := serve(t, data)
	dice := rand.New(rand.NewPCG(seed, 1))
	book := newLedger()
	id, people := assemble(t, addr, seed, 3+dice.IntN(3), book)
	for round := range roundsOf {
		ctx, cancel := context.WithTimeout(context.Background(), 3*patience)
		errs := make(chan error, len(people))
		acked, _ := book.counts()
		for _, p := range people {
			go func() { errs <- p.work(ctx) }()
		}
		book.reach(t, acked+len(people)*deeds/4+dice.IntN(deeds), 0)
		server.kill()
		verifyLog(t, open(t, data), id, book)
		server, addr = serve(t, data)
		for _, p := range people {
			p.line.leads(addr)
		}
		for range people {
			require.NoError(t, <-errs, "round %d", round)
		}
		cancel()
	}
	all := make([]*client.Room, len(people))
	for i, p := range people {
		all[i] = p.room
	}
	agree(t, all...)
	require.NoError(t, server.stop())
	verifyLog(t, open(t, data), id, book)
	verifyBranches(t, data, id, people)
}

func assemble(t *testing.T, addr string, seed uint64, n int, book *ledger) (id string, people []*person) {
	t.Helper()
	for i := range n {
		p := &person{
			name: fmt.Sprintf("p%d", i), line: &line{proxy: newProxy(t, addr), addr: addr}, dice: rand.New(rand.NewPCG(seed, uint64(10+i))), book: book,
		}
		api := guest(t, p.line.url(), p.name)
		if id == "" {
			id = newRoom(t, api)
		}
		p.room = enter(t, p.line.url(), id, api)
		people = append(people, p)
	}
	return id, people
}
