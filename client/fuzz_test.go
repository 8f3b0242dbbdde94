package client

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/protocol"
)

// spoken are the messages of servers among the protocol's vectors, bad ones included.
func spoken(f *testing.F) [][]byte {
	f.Helper()
	files, err := filepath.Glob("../protocol/testdata/vectors/*.json")
	require.NoError(f, err)
	require.NotEmpty(f, files)
	var out [][]byte
	for _, name := range files {
		raw, err := os.ReadFile(name)
		require.NoError(f, err)
		type vector struct {
			Hex string `json:"hex"`
		}
		var file struct {
			From          string
			Valid, Reject []vector
		}
		require.NoError(f, json.Unmarshal(raw, &file))
		if file.From != "server" {
			continue
		}
		for _, v := range append(file.Valid, file.Reject...) {
			b, err := hex.DecodeString(v.Hex)
			require.NoError(f, err)
			out = append(out, b)
		}
	}
	require.Greater(f, len(out), 20)
	return out
}

// listener is a room without a connection, in the middle of a snapshot or live.
func listener(tb testing.TB, live bool) *Room {
	tb.Helper()
	r := &Room{
		schema: protocol.NewSchema(protocol.DefaultLimits()), wake: make(chan struct{}, 1), changed: make(chan struct{}),
		jobs: newJobs(), members: make(map[uint32]*Member), presence: make(map[string]any),
		calls: calls{pending: make(map[uint64]*call)},
	}
	r.subs = []*Subscription{newSubscription(8, func(*Subscription) {})}
	self := protocol.Member{M: 1, Session: "s", User: "u"}
	hello := protocol.Message(protocol.TypeWelcome, &protocol.Welcome{Self: self, Epoch: "e", Members: []protocol.Member{self}})
	require.NoError(tb, r.receive(hello.Payload()))
	if live {
		require.NoError(tb, r.receive(protocol.Live(0).Payload()))
	}
	return r
}

func FuzzNoMessagePanicsNorBreaksTheReplica(f *testing.F) {
	for _, b := range spoken(f) {
		f.Add(b, true)
		f.Add(b, false)
	}
	f.Fuzz(func(t *testing.T, b []byte, live bool) {
		r := listener(t, live)
		if r.receive(b) != nil {
			return
		}
		for _, branch := range append(r.Branches(), Branch{}) {
			on := r.On(branch.ID)
			_, records := on.Records()
			for _, rec := range records {
				one, ok := on.Record(rec.ID)
				require.True(t, ok)
				require.Equal(t, rec, one)
			}
			for _, c := range on.Cells() {
				require.NotEmpty(t, c.Value)
				require.NotEmpty(t, c.Base)
			}
			r.Prepare(protocol.Change{Branch: branch.ID, Writes: []protocol.Write{Set("r", "text", protocol.Nil)}})
		}
	})
}

func FuzzChangesAreReadAsTheyWereWritten(f *testing.F) {
	c := protocol.Committed{
		Rev: 3, Branch: "b", Session: "s", User: "u", At: 4, ID: "id",
		Writes: []protocol.Write{{Record: "r", Prop: "p", Value: protocol.Int(1), Basis: protocol.Nil}, {Record: "r", Prop: "q", Dropped: true}},
		Also:   []protocol.Target{{Writes: []protocol.Write{{Record: "b", Prop: "merged", Value: protocol.Int(3)}}}},
	}
	f.Add(protocol.AppendCommitted(nil, &c))
	f.Add([]byte{0x98, 1, 0xa0, 0xa0, 0xa0, 1, 0xa0, 0x90, 0xdd, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		c, rest, err := readCommitted(b)
		if err != nil {
			return
		}
		require.LessOrEqual(t, len(rest), len(b))
		again, none, err := readCommitted(protocol.AppendCommitted(nil, &c))
		require.NoError(t, err)
		require.Empty(t, none)
		if len(c.Also) == 0 {
			c.Also, again.Also = nil, nil
		}
		require.Equal(t, c, again)
	})
}
