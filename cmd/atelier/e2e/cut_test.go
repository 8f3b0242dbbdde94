package e2e

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/client"
	"atelier/protocol"
)

const (
	editors = 5
	steps   = 60 // changes of each
)

func TestReplicasAgreeWithTheServerAfterConnectionsWereCut(t *testing.T) {
	_, addr := serve(t, t.TempDir())
	var people []*client.API
	for i := range editors {
		people = append(people, guest(t, "http://"+addr, fmt.Sprintf("Guest %d", i)))
	}
	for seed := range uint64(cutSeeds) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			gate := newProxy(t, addr)
			replicasAgree(t, gate, people, seed)
		})
	}
}

func replicasAgree(t *testing.T, gate *proxy, people []*client.API, seed uint64) {
	t.Helper()
	id := newRoom(t, people[0])
	var members []*client.Room
	for _, api := range people {
		members = append(members, enter(t, gate.url(), id, api))
	}
	errs := make(chan error, editors)
	done := make(chan struct{}, editors*steps)
	ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
	defer cancel()
	for i, m := range members {
		dice := rand.New(rand.NewPCG(seed, uint64(i)))
		go func() {
			for range steps {
				if err := step(ctx, m, dice); err != nil {
					errs <- err
					return
				}
				done <- struct{}{}
			}
			errs <- nil
		}()
	}
	dice := rand.New(rand.NewPCG(seed, 99))
	cuts := 0
	for left := editors; left > 0; {
		select {
		case <-done:
			if dice.IntN(8) == 0 {
				gate.cut(func() bool { return dice.IntN(2) == 0 })
				cuts++
			}
		case err := <-errs:
			require.NoError(t, err)
			left--
		}
	}
	agree(t, members...)
	rev, records := members[0].Records()
	t.Logf("%d cuts, revision %d, %d records", cuts, rev, len(records))
	require.Positive(t, cuts)
}

// step makes, changes or deletes a note, of anybody's. One that is not there any more may be refused.
func step(ctx context.Context, m *client.Room, dice *rand.Rand) error {
	_, records := m.Records()
	records = slices.DeleteFunc(records, func(r client.Record) bool { return r.Kind != protocol.KindNote })
	var writes []protocol.Write
	switch n := dice.IntN(10); {
	case len(records) < 3 || n < 2:
		_, writes = client.Create(protocol.KindNote, map[string]protocol.Value{
			"x": protocol.Int(int64(dice.IntN(1000))), "text": protocol.String(fmt.Sprintf("note %d", dice.IntN(1000))),
		})
	case n == 2:
		writes = []protocol.Write{client.Delete(records[dice.IntN(len(records))].ID)}
	case n < 5:
		r := records[dice.IntN(len(records))]
		writes = []protocol.Write{{
			Record: r.ID, Prop: "text", Value: protocol.String(r.Text("text") + " and more"), Basis: r.Props["text"],
		}}
	default:
		r := records[dice.IntN(len(records))].ID
		writes = []protocol.Write{
			client.Set(r, "x", protocol.Int(int64(dice.IntN(1000)))), client.Set(r, "colour", protocol.String("#123456")),
		}
	}
	_, err := m.Change(ctx, writes...)
	if code := protocol.CodeOf(err); code == protocol.CodeConflict || code == protocol.CodeNotFound {
		return nil
	}
	return err
}
