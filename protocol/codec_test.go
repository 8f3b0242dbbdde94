package protocol_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/protocol"
)

func TestHotEncodersDoNotAllocate(t *testing.T) {
	buf := make([]byte, 0, 64<<10)
	state := []byte(raw(map[string]any{"status": "draws"}))
	row := committed()[0]
	progress := protocol.Progress{Job: jobID, Attempt: 1, Fraction: 0.5, Preview: asset}
	for name, encode := range map[string]func([]byte){
		"cursor":   func(b []byte) { protocol.AppendCursor(b, 1.5, 2) },
		"changes":  func(b []byte) { protocol.AppendCommitted(protocol.AppendChanges(b, 1), &row) },
		"progress": func(b []byte) { protocol.AppendProgress(protocol.AppendProgressHead(b, 1), progress) },
		"states":   func(b []byte) { protocol.AppendState(protocol.AppendStates(b, 1), 7, state) },
		"snapshot": func(b []byte) { protocol.AppendRecord(protocol.AppendSnapshot(b, 1), noteID, "note", 0) },
		"cursors": func(b []byte) {
			b = protocol.AppendCursors(b, 50)
			for m := range uint32(50) {
				b = protocol.AppendPosition(b, m, 1, 2)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			require.Zero(t, testing.AllocsPerRun(100, func() { encode(buf) }))
		})
	}
}

func TestCheckingAndSplittingAFrameDoesNotAllocate(t *testing.T) {
	cursor := protocol.AppendCursor(nil, 1.5, 2)
	change := command(protocol.TypeChange, 5, protocol.Change{ID: changeID, Writes: committed()[0].Writes})
	for name, wire := range map[string][]byte{"cursor": cursor, "change": change} {
		t.Run(name, func(t *testing.T) {
			require.Zero(t, testing.AllocsPerRun(100, func() {
				if protocol.Validate(wire) != nil {
					panic("valid")
				}
				if _, _, err := protocol.ReadCommand(wire); err != nil {
					panic(err)
				}
			}))
		})
	}
}

func TestErrorsSurviveTheWire(t *testing.T) {
	sent := protocol.Errorf(protocol.CodeNotFound, "no record %s", noteID)
	frame := protocol.ErrorReply(7, sent)
	require.NoError(t, protocol.Validate(frame.Payload()))
	var got protocol.Error
	require.NoError(t, protocol.DecodeBody(frame.Payload()[3:], &got))
	require.Equal(t, *sent, got)
}

func TestBatchesOfChangesAreConcatenation(t *testing.T) {
	first, second := protocol.Live(1), protocol.Live(2)
	both := append(append([]byte{}, first.Payload()...), second.Payload()...)
	require.NoError(t, protocol.Validate(both))
}

func BenchmarkValidateCursor(b *testing.B) {
	wire := protocol.AppendCursor(nil, 1.5, 2)
	b.ReportAllocs()
	for b.Loop() {
		if protocol.Validate(wire) != nil {
			b.Fatal("valid")
		}
	}
}

func BenchmarkValidateChange(b *testing.B) {
	wire := command(protocol.TypeChange, 5, protocol.Change{ID: changeID, Writes: committed()[0].Writes})
	b.SetBytes(int64(len(wire)))
	b.ReportAllocs()
	for b.Loop() {
		if protocol.Validate(wire) != nil {
			b.Fatal("valid")
		}
	}
}

func BenchmarkEncodeCursorsOf50(b *testing.B) {
	buf := make([]byte, 0, 4096)
	b.ReportAllocs()
	for b.Loop() {
		out := protocol.AppendCursors(buf, 50)
		for m := range uint32(50) {
			out = protocol.AppendPosition(out, m, 1, 2)
		}
	}
}

func BenchmarkDecodeChange(b *testing.B) {
	wire := command(protocol.TypeChange, 5, protocol.Change{ID: changeID, Writes: committed()[0].Writes})
	cmd, _, err := protocol.ReadCommand(wire)
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		var c protocol.Change
		if err := protocol.DecodeBody(cmd.Body, &c); err != nil {
			b.Fatal(err)
		}
	}
}
