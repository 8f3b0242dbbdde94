package protocol_test

import (
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tinylib/msgp/msgp"
	"github.com/vmihailenco/msgpack/v5"

	"atelier/protocol"
)

var update = flag.Bool("update", false, "write testdata/vectors anew; look at the difference before you commit it")

// vectorFile is one file of testdata/vectors, which the TypeScript tests read as well: all vectors of one message.
type vectorFile struct {
	Message string   `json:"message"`
	From    string   `json:"from"` // client or server
	Valid   []vector `json:"valid"`
	Reject  []vector `json:"reject"`
}

// vector is one WebSocket message. Valid ones have a meaning: the decoded values, one per message in the frame. Others
// have an answer: "close 4102"; an error code with which the connection is kept; or, for what a client gets, "drop": the
// bytes are no msgpack and the client drops the socket.
type vector struct {
	Name    string          `json:"name"`
	Rule    string          `json:"rule,omitempty"` // of docs/protocol.md
	Hex     string          `json:"hex"`
	Meaning json.RawMessage `json:"meaning,omitempty"`
	Answer  string          `json:"answer,omitempty"`
}

func (v vector) wire(tb testing.TB) []byte {
	tb.Helper()
	b, err := hex.DecodeString(v.Hex)
	require.NoError(tb, err)
	return b
}

// TestVectorsAreWhatTheEncodersWrite pins the wire format: the files hold exactly the bytes that this package writes
// for the values in the tables beside this test.
func TestVectorsAreWhatTheEncodersWrite(t *testing.T) {
	for _, table := range vectorTables(t) {
		file := table.file(t)
		path := filepath.Join("testdata", "vectors", table.message+".json")
		want, err := json.MarshalIndent(file, "", "  ")
		require.NoError(t, err)
		want = append(want, '\n')
		if *update {
			require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
			require.NoError(t, os.WriteFile(path, want, 0o600))
		}
		have, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, string(want), string(have), "%s: go test ./protocol -run Vectors -update", path)
	}
}

func TestVectorsCoverEveryMessage(t *testing.T) {
	covered := make(map[protocol.Type]bool)
	for _, file := range readVectors(t) {
		require.NotEmpty(t, file.Valid, file.Message)
		require.NotEmpty(t, file.Reject, file.Message)
		for _, v := range file.Valid {
			typ, err := leadingType(v.wire(t))
			require.NoError(t, err, v.Name)
			covered[typ] = true
		}
	}
	for _, typ := range protocol.CommandTypes() {
		require.True(t, covered[typ], "command %d has no vector", typ)
	}
	for _, typ := range protocol.ServerTypes() {
		require.True(t, covered[typ], "server message %d has no vector", typ)
	}
}

func TestValidVectorsMeanWhatTheySay(t *testing.T) {
	for _, file := range readVectors(t) {
		for _, v := range file.Valid {
			t.Run(file.Message+"/["+v.Rule+"] "+v.Name, func(t *testing.T) {
				wire := v.wire(t)
				require.NoError(t, protocol.Validate(wire))
				require.JSONEq(t, string(v.Meaning), string(meaning(t, wire)))
			})
		}
	}
}

func TestRejectVectorsGetTheirAnswer(t *testing.T) {
	for _, file := range readVectors(t) {
		for _, v := range file.Reject {
			t.Run(file.Message+"/["+v.Rule+"] "+v.Name, func(t *testing.T) {
				if file.From == "server" {
					require.Equal(t, "drop", v.Answer)
					require.Error(t, skipAll(v.wire(t)))
					return
				}
				require.Equal(t, v.Answer, answerTo(v.wire(t)))
			})
		}
	}
}

// answerTo is what a server says to a client's frame before any state is looked at; "" is nothing.
func answerTo(wire []byte) string {
	if err := protocol.Validate(wire); err != nil {
		return "close 4102"
	}
	for len(wire) > 0 {
		cmd, rest, err := protocol.ReadCommand(wire)
		if err != nil {
			return "close 4102"
		}
		wire = rest
		into := bodyOf(cmd.Type)
		if _, known := protocol.ActionOf(cmd.Type); !known {
			return string(protocol.CodeInvalidInput)
		}
		if into == nil {
			continue
		}
		if err := protocol.DecodeBody(cmd.Body, into); err != nil {
			return string(protocol.CodeOf(err))
		}
	}
	return ""
}

// bodyOf is an empty body of a command; nil for those without one.
func bodyOf(t protocol.Type) any {
	switch t {
	case protocol.TypeHello:
		return new(protocol.Hello)
	case protocol.TypeEvent:
		return new(protocol.Event)
	case protocol.TypeChange:
		return new(protocol.Change)
	case protocol.TypeJobEnqueue:
		return new(protocol.JobRequest)
	case protocol.TypeJobCancel, protocol.TypeJobRetry, protocol.TypeJobApprove:
		return new(protocol.JobRef)
	case protocol.TypeJobMove:
		return new(protocol.JobMove)
	case protocol.TypeJobRate:
		return new(protocol.JobRating)
	case protocol.TypeQueueSet:
		return new(protocol.QueuePatch)
	case protocol.TypeQueueClear:
		return new(protocol.QueueClear)
	case protocol.TypeWorkOffer:
		return new(protocol.WorkOffer)
	case protocol.TypeWorkReport:
		return new(protocol.WorkReport)
	case protocol.TypeWorkEnd:
		return new(protocol.WorkEnd)
	case protocol.TypeVoiceJoin, protocol.TypeVoiceSet:
		return new(protocol.VoicePatch)
	case protocol.TypeVoiceAnswer:
		return new(protocol.VoiceAnswer)
	case protocol.TypeVoiceCandidate:
		return new(protocol.VoiceCandidate)
	case protocol.TypeVoiceModerate:
		return new(protocol.VoiceModeration)
	case protocol.TypeVoiceRecord:
		return new(protocol.RecordingPatch)
	case protocol.TypeVoiceConsent:
		return new(protocol.VoiceConsent)
	default:
		return nil
	}
}

func readVectors(tb testing.TB) (files []vectorFile) {
	tb.Helper()
	paths, err := filepath.Glob("testdata/vectors/*.json")
	require.NoError(tb, err)
	require.NotEmpty(tb, paths)
	for _, path := range paths {
		text, err := os.ReadFile(path)
		require.NoError(tb, err)
		var file vectorFile
		require.NoError(tb, json.Unmarshal(text, &file), path)
		files = append(files, file)
	}
	return files
}

func leadingType(wire []byte) (protocol.Type, error) {
	_, b, err := msgp.ReadArrayHeaderBytes(wire)
	if err != nil {
		return 0, err
	}
	typ, _, err := msgp.ReadUint8Bytes(b)
	return protocol.Type(typ), err
}

func skipAll(wire []byte) (err error) {
	for len(wire) > 0 && err == nil {
		wire, err = msgp.Skip(wire)
	}
	return err
}

// meaning decodes a frame with nothing of this package: its values as JSON.
func meaning(t *testing.T, wire []byte) json.RawMessage {
	t.Helper()
	var values []any
	for len(wire) > 0 {
		rest, err := msgp.Skip(wire)
		require.NoError(t, err)
		var value any
		require.NoError(t, msgpack.Unmarshal(wire[:len(wire)-len(rest)], &value))
		values = append(values, value)
		wire = rest
	}
	out, err := json.Marshal(values)
	require.NoError(t, err)
	return out
}
