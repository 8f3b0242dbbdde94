package protocol_test

import (
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/protocol"
)

// table says what the vectors of one message are made of.
type table struct {
	message string
	from    string
	valid   []validCase
	reject  []rejectCase
}

type validCase struct {
	name string
	rule string
	wire []byte
	body any // what DecodeBody makes of a body, for messages that carry a map; a pointer
}

type rejectCase struct {
	name   string
	rule   string
	answer string
	wire   []byte
}

func (tb table) file(t *testing.T) vectorFile {
	t.Helper()
	file := vectorFile{Message: tb.message, From: tb.from}
	for _, c := range tb.valid {
		file.Valid = append(file.Valid, vector{Name: c.name, Rule: c.rule, Hex: hex.EncodeToString(c.wire), Meaning: meaning(t, c.wire)})
	}
	for _, c := range tb.reject {
		file.Reject = append(file.Reject, vector{Name: c.name, Rule: c.rule, Hex: hex.EncodeToString(c.wire), Answer: c.answer})
	}
	return file
}

func vectorTables(t *testing.T) []table {
	t.Helper()
	return append(commandTables(t), serverTables(t)...)
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	require.NoError(t, err)
	return b
}

// Ids that the vectors use.
const (
	noteID   = "01920000-0000-7000-8000-000000000001"
	otherID  = "01920000-0000-7000-8000-000000000002"
	changeID = "01920000-0000-7000-8000-0000000000c1"
	branchID = "01920000-0000-7000-8000-0000000000b1"
	jobID    = "01920000-0000-7000-8000-0000000000a1"
	asset    = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
)

func command(t protocol.Type, req uint64, body any) []byte {
	return protocol.AppendCommand(nil, t, req, body)
}

func text(s string) protocol.Value { return protocol.String(s) }
