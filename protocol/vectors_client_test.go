package protocol_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tinylib/msgp/msgp"
	"github.com/vmihailenco/msgpack/v5"

	"atelier/protocol"
)

func TestCommandVectorsDecodeToTheirBodies(t *testing.T) {
	for _, tb := range commandTables(t) {
		for _, c := range tb.valid {
			t.Run(tb.message+"/["+c.rule+"] "+c.name, func(t *testing.T) {
				require.Empty(t, answerTo(c.wire))
				cmd, _, err := protocol.ReadCommand(c.wire)
				require.NoError(t, err)
				if c.body == nil {
					return
				}
				into := bodyOf(cmd.Type)
				require.NoError(t, protocol.DecodeBody(cmd.Body, into))
				require.Equal(t, c.body, into)
			})
		}
	}
}

func commandTables(t *testing.T) []table {
	t.Helper()
	return []table{
		helloTable(t), cursorTable(t), plainTable(t, "ping", protocol.TypePing, nil), presenceTable(t), eventTable(t),
		changeTable(t), enqueueTable(t),
		plainTable(t, "job_cancel", protocol.TypeJobCancel, &protocol.JobRef{Job: jobID}),
		plainTable(t, "job_retry", protocol.TypeJobRetry, &protocol.JobRef{Job: jobID}),
		plainTable(t, "job_approve", protocol.TypeJobApprove, &protocol.JobRef{Job: jobID}),
		plainTable(t, "job_move", protocol.TypeJobMove, &protocol.JobMove{Job: jobID, Before: otherID}),
		plainTable(t, "job_rate", protocol.TypeJobRate, &protocol.JobRating{Job: jobID, Index: 1, Stars: 4}),
		plainTable(t, "queue_set", protocol.TypeQueueSet, &protocol.QueuePatch{Paused: new(true), ApprovalOver: new(12.5)}),
		plainTable(t, "queue_clear", protocol.TypeQueueClear, &protocol.QueueClear{User: "u1"}),
		plainTable(t, "work_offer", protocol.TypeWorkOffer, &protocol.WorkOffer{Name: "Studio box", Slots: 2, Routes: []string{"sketch/landscape"}}),
		plainTable(t, "work_report", protocol.TypeWorkReport, &protocol.WorkReport{Job: jobID, Token: 3, Fraction: 0.5, Preview: "iVA="}),
		plainTable(t, "work_end", protocol.TypeWorkEnd, &protocol.WorkEnd{Job: jobID, Token: 3, Results: []string{asset}, Cost: 0.25}),
		plainTable(t, "voice_join", protocol.TypeVoiceJoin, &protocol.VoicePatch{Muted: new(true), Deaf: new(false)}),
		plainTable(t, "voice_answer", protocol.TypeVoiceAnswer, &protocol.VoiceAnswer{Offer: 1, SDP: "v=0\r\n"}),
		plainTable(t, "voice_candidate", protocol.TypeVoiceCandidate, &protocol.VoiceCandidate{
			Offer: 1, Candidate: "candidate:1 1 udp 2130706431 192.0.2.1 50000 typ host", Mid: "0", Line: 1,
		}),
		plainTable(t, "voice_set", protocol.TypeVoiceSet, &protocol.VoicePatch{Muted: new(false)}),
		plainTable(t, "voice_restart", protocol.TypeVoiceRestart, nil),
		plainTable(t, "voice_leave", protocol.TypeVoiceLeave, nil),
		plainTable(t, "voice_moderate", protocol.TypeVoiceModerate, &protocol.VoiceModeration{M: 65537, Remove: true}),
		plainTable(t, "voice_record", protocol.TypeVoiceRecord, &protocol.RecordingPatch{On: false, Recording: jobID}),
		plainTable(t, "voice_consent", protocol.TypeVoiceConsent, &protocol.VoiceConsent{Recording: jobID, Discard: true}),
		frameTable(t),
	}
}

func helloTable(t *testing.T) table {
	t.Helper()
	first := &protocol.Hello{V: 1, Client: "web 1.0"}
	back := &protocol.Hello{V: 1, Session: "token", Resume: &protocol.Resume{Epoch: "e1", Rev: 41, LastChange: changeID, Jobs: 7}}
	return table{
		message: "hello", from: "client",
		valid: []validCase{
			{"the first time", "P17", command(protocol.TypeHello, 0, first), first},
			{"coming back", "P19", command(protocol.TypeHello, 0, back), back},
			{"with a key from the future", "P6", unhex(t, "920182a17601a36e6577c3"), &protocol.Hello{V: 1}},
		},
		reject: []rejectCase{
			{"no body", "P7", "close 4102", unhex(t, "9101")},
			{"a request id instead of the body", "P7", "close 4102", unhex(t, "920107")},
			{"version as a string", "P14", "INVALID_INPUT", unhex(t, "920181a176a131")},
			{"cut short", "P9", "close 4102", unhex(t, "920181a176")},
		},
	}
}

func cursorTable(t *testing.T) table {
	t.Helper()
	return table{
		message: "cursor", from: "client",
		valid: []validCase{
			{"float32", "P50", protocol.AppendCursor(nil, 12.5, -3), nil},
			{"integers, as JavaScript sends them", "P13", unhex(t, "930264d1ff38"), nil},
			{"float64", "P13", unhex(t, "9302cb4059200000000000cbc059200000000000"), nil},
			{"with an element from the future", "P6", unhex(t, "940264640a"), nil},
		},
		reject: []rejectCase{
			{"one coordinate", "P7", "close 4102", unhex(t, "920264")},
			{"a string", "P7", "close 4102", unhex(t, "9302a13164")},
			{"NaN", "P11", "close 4102", unhex(t, "9302ca7fc0000064")},
			{"infinity", "P11", "close 4102", unhex(t, "930264cb7ff0000000000000")},
			{"beyond float32", "P7", "close 4102", unhex(t, "9302cb7fefffffffffffff00")},
			{"integer beyond 2^53", "P13", "close 4102", unhex(t, "9302cf002000000000000000")},
		},
	}
}

// plainTable is that of a command whose body is small or empty.
func plainTable(t *testing.T, name string, typ protocol.Type, body any) table {
	t.Helper()
	head := append([]byte{0x93, byte(typ)}, 0x05)
	reject := []rejectCase{
		{"without a request id", "P4", "close 4102", append([]byte{0x92, byte(typ)}, 0x80)},
		{"request id 0", "P4", "close 4102", append([]byte{0x93, byte(typ)}, 0x00, 0x80)},
		{"negative request id", "P4", "close 4102", append([]byte{0x93, byte(typ)}, 0xff, 0x80)},
		{"request id beyond 2^53", "P4", "close 4102", append([]byte{0x93, byte(typ)}, 0xcf, 0, 0x20, 0, 0, 0, 0, 0, 0, 0x80)},
		{"request id as a string", "P4", "close 4102", append([]byte{0x93, byte(typ)}, 0xa1, '5', 0x80)},
		{"a list for a body", "P7", "close 4102", append(slices.Clone(head), 0x90)},
	}
	wrong := rejectCase{"job as a number", "P14", "INVALID_INPUT", unhex(t, "81a36a6f6207")}
	switch body.(type) {
	case *protocol.QueuePatch:
		wrong.name, wrong.wire = "paused as a string", unhex(t, "81a6706175736564a131")
	case *protocol.QueueClear:
		wrong.name, wrong.wire = "user as a number", unhex(t, "81a47573657207")
	case *protocol.WorkOffer:
		wrong.name, wrong.wire = "slots as a string", unhex(t, "81a5736c6f7473a131")
	case *protocol.VoicePatch:
		wrong.name, wrong.wire = "muted as a string", unhex(t, "81a56d75746564a131")
	case *protocol.VoiceAnswer, *protocol.VoiceCandidate:
		wrong.name, wrong.wire = "offer as a string", unhex(t, "81a56f66666572a131")
	case *protocol.RecordingPatch:
		wrong.name, wrong.wire = "on as a string", unhex(t, "81a26f6ea131")
	case *protocol.VoiceConsent:
		wrong.name, wrong.wire = "yes as a string", unhex(t, "81a3796573a131")
	case *protocol.VoiceModeration:
		wrong.name, wrong.wire = "m as a string", unhex(t, "81a16da131")
	}
	if body != nil {
		wrong.wire = append(slices.Clone(head), wrong.wire...)
		reject = append(reject, wrong)
	}
	return table{
		message: name, from: "client",
		valid:  []validCase{{"plain", "P4", command(typ, 5, body), body}},
		reject: reject,
	}
}

func presenceTable(t *testing.T) table {
	t.Helper()
	return table{
		message: "presence", from: "client",
		valid: []validCase{
			{"a patch", "P52", command(protocol.TypePresence, 6, map[string]any{"status": "draws", "selection": []string{noteID}}), nil},
			{"nil takes a key away", "P52", command(protocol.TypePresence, 7, map[string]any{"editing": nil}), nil},
		},
		reject: []rejectCase{
			{"no map", "P7", "close 4102", unhex(t, "930406c3")},
			{"a key that is no UTF-8", "P10", "close 4102", unhex(t, "93040681a1ffc3")},
			{"NaN", "P11", "close 4102", unhex(t, "93040681a178cb7ff8000000000001")},
			{"minus infinity", "P11", "close 4102", unhex(t, "93040681a178caff800000")},
			{"a date", "P12", "close 4102", unhex(t, "93040681a174d6ff00000000")},
		},
	}
}

func eventTable(t *testing.T) table {
	t.Helper()
	wave := &protocol.Event{Topic: "wave", Data: raw(map[string]any{"hand": "left"}), To: []uint32{3, 9}}
	all := &protocol.Event{Topic: "party"}
	return table{
		message: "event", from: "client",
		valid: []validCase{
			{"to two members", "P54", command(protocol.TypeEvent, 8, wave), wave},
			{"to everybody, without data", "P54", command(protocol.TypeEvent, 9, all), all},
		},
		reject: []rejectCase{
			{"topic as a number", "P14", "INVALID_INPUT", unhex(t, "93050881a5746f70696301")},
			{"to as a string", "P14", "INVALID_INPUT", unhex(t, "93050881a2746fa133")},
			{"to a number that 32 bits would cut down to 3", "P14", "INVALID_INPUT", unhex(t, "93050882a5746f706963a477617665a2746f91cf0000000100000003")},
			{"to a negative number", "P14", "INVALID_INPUT", unhex(t, "93050882a5746f706963a477617665a2746f91ff")},
			{"to half a member", "P14", "INVALID_INPUT", unhex(t, "93050882a5746f706963a477617665a2746f91cb3ff8000000000000")},
			{"binary data", "P12", "close 4102", unhex(t, "93050881a464617461c402fffe")},
		},
	}
}

func changeTable(t *testing.T) table {
	t.Helper()
	plain := &protocol.Change{ID: changeID, Base: 41, Writes: []protocol.Write{
		{Record: noteID, Prop: "kind", Value: text("note")},
		{Record: noteID, Prop: "x", Value: protocol.Number(100)},
		{Record: noteID, Prop: "y", Value: protocol.Number(-0.5)},
		{Record: noteID, Prop: "tags", Value: value(t, []string{"a", "b"})},
		{Record: noteID, Prop: "colour", Value: protocol.Nil},
	}}
	full := &protocol.Change{
		ID: changeID, Base: 1 << 40, Gesture: "g1", Episode: "e1", Undo: otherID, Branch: branchID, Restored: 12,
		Writes: []protocol.Write{{Record: noteID, Prop: "text", Value: text("Grüße, 世界"), Basis: text("Hi")}},
	}
	merge := &protocol.Change{ID: changeID, Base: 44, Merge: &protocol.Merge{
		Branch: branchID, Records: []string{noteID},
		Resolve: []protocol.Resolution{
			{Record: noteID, Prop: "prompt", Choice: protocol.ChooseBoth}, {Choice: protocol.ChooseBranch},
		},
	}}
	float := &protocol.Change{ID: "a", Writes: []protocol.Write{{Record: "r", Prop: "x", Value: protocol.Int(100)}}}
	deep := func(levels int) []byte { // a value of that many lists
		return append(unhex(t, "93060a81a67772697465739193a172a170"), append(bytes.Repeat([]byte{0x91}, levels), 0xc0)...)
	}
	return table{
		message: "change", from: "client",
		valid: []validCase{
			{"a note is made", "P31", command(protocol.TypeChange, 10, plain), plain},
			{"with everything", "P31", command(protocol.TypeChange, 11, full), full},
			{"a cherry-pick", "P43", command(protocol.TypeChange, 12, merge), merge},
			{"100.0 as float64 is 100", "P13", unhex(t, "93060a82a26964a161a67772697465739193a172a178cb4059000000000000"), float},
			{"a value of 4 levels", "P8", deep(4), nil},
		},
		reject: []rejectCase{
			{"a value of 5 levels", "P8", "close 4102", deep(5)},
			{"a write of two", "P14", "INVALID_INPUT", unhex(t, "93060a81a67772697465739192a172a170")},
			{"a write of five", "P14", "INVALID_INPUT", unhex(t, "93060a81a67772697465739195a172a170c0c0c0")},
			{"a resolution of two", "P14", "INVALID_INPUT", unhex(t, "93060a81a56d6572676581a77265736f6c76659192a0a0")},
			{"a record id as a number", "P14", "INVALID_INPUT", unhex(t, "93060a81a6777269746573919301a170c0")},
			{"a write as a map", "P14", "INVALID_INPUT", unhex(t, "93060a81a67772697465739180")},
			{"a number beyond 2^53", "P13", "INVALID_INPUT", unhex(t, "93060a81a67772697465739193a172a170cf0020000000000000")},
			{"a number below -2^53", "P13", "INVALID_INPUT", unhex(t, "93060a81a67772697465739193a172a170d3ffe0000000000000")},
			{"a map key that is a number", "P15", "INVALID_INPUT", unhex(t, "93060a81a67772697465739193a172a1708101c0")},
			{"a map key twice", "P15", "INVALID_INPUT", unhex(t, "93060a81a67772697465739193a172a17082a161c0a161c3")},
			{"writes as a number", "P14", "INVALID_INPUT", unhex(t, "93060a81a677726974657305")},
			{"four thousand million writes", "P9", "close 4102", unhex(t, "93060a81a6777269746573dd04000000")},
		},
	}
}

func enqueueTable(t *testing.T) table {
	t.Helper()
	small := &protocol.JobRequest{ID: jobID, Kind: "image", Prompt: "a red fox in the snow"}
	full := &protocol.JobRequest{
		ID: jobID, Kind: "image", Transform: "variation", Provider: "sketch", Model: "sketch-1", Prompt: "fox", Negative: "text",
		Params: map[string]any{"height": int8(64), "style": "ink", "tile": true}, Seed: 7, Count: 2, Inputs: []string{asset},
		Place: protocol.Place{X: 10.5, Y: -20, W: 512, Source: noteID, Parent: otherID}, Priority: -3,
	}
	chain := &protocol.JobRequest{
		ID: jobID, Kind: "image", Transform: "edit", Prompt: "fox", Inputs: []string{asset}, Weights: []float64{2.5}, Mask: asset,
		Sweep: &protocol.Sweep{Param: "style", Values: []any{"ink", "chalk"}},
		Then: []protocol.Step{
			{Kind: "audio", Transform: "soundtrack"},
			{Kind: "video", Transform: "animate", Params: map[string]any{"seconds": int8(6)}, From: []int{0, 1}},
		},
	}
	return table{
		message: "job_enqueue", from: "client",
		valid: []validCase{
			{"the least", "P60", command(protocol.TypeJobEnqueue, 12, small), small},
			{"with everything", "P60", command(protocol.TypeJobEnqueue, 13, full), full},
			{"a sweep and a chain", "P68", command(protocol.TypeJobEnqueue, 14, chain), chain},
		},
		reject: []rejectCase{
			{"prompt as a list", "P14", "INVALID_INPUT", unhex(t, "93100c81a670726f6d707490")},
			{"prompt in bytes", "P12", "close 4102", unhex(t, "93100c81a670726f6d7074c401ff")},
			{"params as a string", "P14", "INVALID_INPUT", unhex(t, "93100c81a6706172616d73a178")},
			{"place as a number", "P14", "INVALID_INPUT", unhex(t, "93100c81a5706c61636501")},
		},
	}
}

// frameTable has what concerns every frame, whatever message is in it.
func frameTable(t *testing.T) table {
	t.Helper()
	two := append(protocol.AppendCursor(nil, 1, 2), command(protocol.TypePing, 3, nil)...)
	return table{
		message: "frame", from: "client",
		valid: []validCase{{"two messages back to back", "P2", two, nil}},
		reject: []rejectCase{
			{"empty", "P2", "close 4102", []byte{}},
			{"five bytes that ask for 3 GiB", "P9", "close 4102", unhex(t, "dd04000000")},
			{"a map of 2^32-1 pairs", "P9", "close 4102", unhex(t, "dfffffffff")},
			{"a string longer than the frame", "P9", "close 4102", unhex(t, "9301dbffffffff41")},
			{"an array longer than the frame", "P9", "close 4102", unhex(t, "dcffff01")},
			{"a map without its last value", "P9", "close 4102", unhex(t, "93030181a161")},
			{"half a message after a whole one", "P9", "close 4102", append(protocol.AppendCursor(nil, 1, 2), 0x93, 0x03)},
			{"nine levels", "P8", "close 4102", append(bytes.Repeat([]byte{0x91}, 9), 0xc0)},
			{"a thousand levels", "P8", "close 4102", append(bytes.Repeat([]byte{0x91}, 1000), 0xc0)},
			{"overlong UTF-8", "P10", "close 4102", unhex(t, "93040681a178a2c080")},
			{"half a surrogate pair", "P10", "close 4102", unhex(t, "93040681a178a3eda080")},
			{"the byte c1", "P12", "close 4102", unhex(t, "930406c1")},
			{"an extension of sixteen bytes", "P12", "close 4102", append(unhex(t, "930406d801"), make([]byte, 16)...)},
			{"no array", "P2", "close 4102", unhex(t, "80")},
			{"an empty array", "P2", "close 4102", unhex(t, "90")},
			{"a type beyond 255", "P2", "close 4102", unhex(t, "93cd01000180")},
			{"a negative type", "P2", "close 4102", unhex(t, "93ff0180")},
			{"a type as a string", "P2", "close 4102", unhex(t, "93a1360180")},
			{"an unknown command", "P5", "INVALID_INPUT", unhex(t, "933f0180")},
			{"a server's message", "P5", "INVALID_INPUT", unhex(t, "93410180")},
		},
	}
}

// raw encodes app-defined data.
func raw(x any) msgpack.RawMessage {
	b := msgp.AppendMapHeader(nil, 0)
	if x != nil {
		v, err := protocol.ValueOf(x)
		if err != nil {
			panic(err)
		}
		b = []byte(v)
	}
	return b
}

func value(t *testing.T, x any) protocol.Value {
	t.Helper()
	v, err := protocol.ValueOf(x)
	require.NoError(t, err)
	return v
}
