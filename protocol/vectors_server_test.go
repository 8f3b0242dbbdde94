package protocol_test

import (
	"reflect"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tinylib/msgp/msgp"

	"atelier/protocol"
)

func TestServerVectorsDecodeToTheirBodies(t *testing.T) {
	for _, tb := range serverTables(t) {
		for _, c := range tb.valid {
			if c.body == nil {
				continue
			}
			t.Run(tb.message+"/["+c.rule+"] "+c.name, func(t *testing.T) {
				n, b, err := msgp.ReadArrayHeaderBytes(c.wire)
				require.NoError(t, err)
				for range n - 1 { // the body is the last element
					b, err = msgp.Skip(b)
					require.NoError(t, err)
				}
				into := reflect.New(reflect.TypeOf(c.body).Elem()).Interface()
				require.NoError(t, protocol.DecodeBody(b, into))
				require.Equal(t, c.body, into)
			})
		}
	}
}

func serverTables(t *testing.T) []table {
	t.Helper()
	tables := []table{
		welcomeTable(), okTable(t), errorTable(t), liveTable(), membersTable(), changesTable(t), snapshotTable(), overlayTable(), jobTable(),
		queueTable(), workTable(), workStopTable(), noticeTable(), roomTable(), cursorsTable(), statesTable(), progressTable(), slotsTable(), recordingTable(), speakingTable(),
	}
	for i := range tables {
		tables[i].from = "server"
		whole := tables[i].valid[0].wire
		tables[i].reject = []rejectCase{
			{"cut in the middle", "P9", "drop", whole[:len(whole)/2]},
			{"without its last byte", "P9", "drop", whole[:len(whole)-1]},
			{"a whole one, then half of one", "P9", "drop", append(slices.Clone(whole), whole[:len(whole)/2]...)},
		}
	}
	return tables
}

func ana() protocol.Member {
	return protocol.Member{M: 65537, Session: "s1", User: "u1", Name: "Ana", Colour: "#e8590c", Role: protocol.RoleEditor, State: raw(map[string]any{"status": "draws"})}
}

func bot() protocol.Member {
	return protocol.Member{M: 65538, Session: "s2", User: "u2", Name: "Muse", Colour: "#1971c2", Role: protocol.RoleEditor, Bot: true}
}

func welcomeTable() table {
	welcome := &protocol.Welcome{
		Self: ana(), Session: "secret", Room: protocol.RoomInfo{ID: "r1", Name: "Moodboard"}, Epoch: "e1", Rev: 42,
		LastChange: changeID, Jobs: 7, Members: []protocol.Member{ana(), bot()}, Resumed: true, HeartbeatMS: 25000,
		Limits: protocol.DefaultLimits(), Features: []string{"jobs"}, ServerTime: 1760000000000,
	}
	return table{message: "welcome", valid: []validCase{
		{"to one who comes back", "P18", protocol.Message(protocol.TypeWelcome, welcome).Payload(), welcome},
	}}
}

func okTable(t *testing.T) table {
	t.Helper()
	result := &protocol.ChangeResult{
		Rev:     43,
		Writes:  []protocol.Write{{Record: noteID, Prop: "text", Value: text("merged")}},
		Skipped: []protocol.CellConflict{{Record: noteID, Prop: "x", Rev: 40, Theirs: protocol.Number(7.25), User: "u2"}},
	}
	diverged := &protocol.ChangeResult{Rev: 44, Branched: &protocol.Branched{
		Branch: branchID, Name: "Ben 14:02",
		Cells: []protocol.CellConflict{{Record: noteID, Prop: "prompt", Rev: 40, Theirs: text("a red fox"), User: "u1"}},
	}}
	return table{message: "ok", valid: []validCase{
		{"to a change", "P30", protocol.Reply(10, result).Payload(), result},
		{"to a change that diverged", "P40", protocol.Reply(11, diverged).Payload(), diverged},
		{"to a ping", "P4", protocol.Reply(5, nil).Payload(), nil},
	}}
}

func errorTable(t *testing.T) table {
	t.Helper()
	conflict := protocol.Errorf(protocol.CodeConflict, "somebody else wrote there").With(protocol.ConflictDetails{
		Conflicts: []protocol.CellConflict{{Record: noteID, Prop: "prompt", Rev: 40, Theirs: text("a blue fox"), User: "u2"}},
	})
	return table{message: "error", valid: []validCase{
		{"try again later", "P73", protocol.ErrorReply(9, protocol.Errorf(protocol.CodeRateLimited, "too many commands").After(250e6)).Payload(), protocol.Errorf(protocol.CodeRateLimited, "too many commands").After(250e6)},
		{"a conflict with what stands", "P36", protocol.ErrorReply(10, conflict).Payload(), nil},
		{"that answers no command", "P4", protocol.ErrorReply(0, protocol.Errorf(protocol.CodeInternal, "internal error")).Payload(), protocol.Errorf(protocol.CodeInternal, "internal error")},
	}}
}

func liveTable() table {
	return table{message: "live", valid: []validCase{{"at a revision", "P21", protocol.Live(1 << 40).Payload(), nil}}}
}

func membersTable() table {
	members := &protocol.Members{Joined: []protocol.Member{bot()}, Left: []uint32{65536}, Changed: []protocol.Member{ana()}}
	return table{message: "members", valid: []validCase{
		{"one tick", "P53", protocol.Message(protocol.TypeMembers, members).Payload(), members},
	}}
}

func committed() []protocol.Committed {
	return []protocol.Committed{
		{Rev: 43, Session: "s1", User: "u1", At: 1760000000000, ID: changeID, Writes: []protocol.Write{
			{Record: noteID, Prop: "x", Value: protocol.Number(0.1)}, {Record: noteID, Prop: "colour"},
		}},
		{Rev: 44, Session: "s2", User: "u2", At: 1760000000001, ID: otherID, Writes: []protocol.Write{
			{Record: noteID, Prop: "tags", Value: "\x92\xa1a\xa1b"},
		}},
		{Rev: 45, Branch: branchID, Session: "s2", User: "u2", At: 1760000000002, ID: jobID, Writes: []protocol.Write{
			{Record: noteID, Prop: "prompt", Value: text("a blue fox"), Basis: text("a fox")},
			{Record: noteID, Prop: "seed", Value: protocol.Int(7), Basis: protocol.Nil},
			{Record: noteID, Prop: "model", Dropped: true},
		}, Also: []protocol.Target{{Writes: []protocol.Write{
			{Record: branchID, Prop: "kind", Value: text("branch")}, {Record: branchID, Prop: "name", Value: text("Ben 14:02")},
		}}}},
	}
}

func changesTable(t *testing.T) table {
	t.Helper()
	rows := committed()
	b := protocol.AppendChanges(nil, len(rows))
	for i := range rows {
		b = protocol.AppendCommitted(b, &rows[i])
	}
	return table{message: "changes", valid: []validCase{{"three in order", "P32", b, nil}}}
}

func overlayTable() table {
	b := protocol.AppendOverlay(nil, branchID, 2)
	b = protocol.AppendCell(b, noteID, "prompt", text("a blue fox"), text("a fox"))
	b = protocol.AppendCell(b, otherID, "kind", text("note"), "")
	return table{message: "overlay", valid: []validCase{{"two cells of a branch", "P41", b, nil}}}
}

func snapshotTable() table {
	b := protocol.AppendSnapshot(nil, 2)
	b = protocol.AppendRecord(b, noteID, "note", 2)
	b = append(msgp.AppendString(b, "text"), text("Hi")...)
	b = append(msgp.AppendString(b, "x"), protocol.Number(-7)...)
	b = protocol.AppendRecord(b, otherID, "x-lamp", 0)
	return table{message: "snapshot", valid: []validCase{{"a page", "P21", b, nil}}}
}

func job() *protocol.Job {
	return &protocol.Job{
		JobRequest: protocol.JobRequest{ID: jobID, Kind: "image", Prompt: "fox", Count: 1, Place: protocol.Place{X: 1, Y: 2}},
		Room:       "r1", Seq: 9, User: "u1", UserName: "Ana", State: protocol.JobSucceeded, Attempt: 1, MaxAttempts: 3,
		Worker: "w1", Placed: true, CreatedAt: 1760000000000, StartedAt: 1760000000100, EndedAt: 1760000000900, Cost: 0.04,
		Results: []protocol.JobResult{{Asset: asset, Record: otherID, Mime: "image/png", Bytes: 2048, Width: 64, Height: 64}},
	}
}

func jobTable() table {
	failed := job()
	failed.State, failed.Results, failed.Placed = protocol.JobFailed, nil, false
	failed.Error = protocol.Errorf(protocol.CodeProviderError, "no such model")
	step := job()
	step.Chain, step.Step, step.Steps, step.From, step.Units = otherID, 1, 3, []int{0}, 2
	step.Winner, step.WinnerBy, step.Results[0].Ratings = 1, "u1", map[string]int{"u1": 5}
	return table{message: "job", valid: []validCase{
		{"done and placed", "P61", protocol.Message(protocol.TypeJob, job()).Payload(), job()},
		{"failed", "P61", protocol.Message(protocol.TypeJob, failed).Payload(), failed},
		{"a rated step of a chain", "P67", protocol.Message(protocol.TypeJob, step).Payload(), step},
	}}
}

func queueTable() table {
	info := &protocol.QueueInfo{
		Paused: true, PausedBy: "Ana", ApprovalOver: 12.5,
		Workers: []protocol.Worker{{Session: "s2", Name: "Studio box", Slots: 2, Routes: []string{"sketch/landscape"}}},
	}
	return table{message: "queue", valid: []validCase{
		{"paused, with a worker", "P69", protocol.Message(protocol.TypeQueue, info).Payload(), info},
	}}
}

func workTable() table {
	work := &protocol.Work{Job: *job(), Token: 3, LeaseMS: 30000}
	return table{message: "work", valid: []validCase{
		{"a lease", "P76", protocol.Message(protocol.TypeWork, work).Payload(), work},
	}}
}

func workStopTable() table {
	ref := &protocol.WorkRef{Job: jobID, Token: 3}
	return table{message: "work_stop", valid: []validCase{
		{"a lease that is lost", "P79", protocol.Message(protocol.TypeWorkStop, ref).Payload(), ref},
	}}
}

func noticeTable() table {
	notice := &protocol.Notice{From: 65537, Topic: "wave", Data: raw(map[string]any{"hand": "left"})}
	return table{message: "notice", valid: []validCase{
		{"with data", "P54", protocol.Message(protocol.TypeNotice, notice).Payload(), notice},
	}}
}

func roomTable() table {
	room := &protocol.RoomInfo{ID: "r1", Name: "New name", Private: true}
	return table{message: "room", valid: []validCase{
		{"renamed", "P55", protocol.Message(protocol.TypeRoom, room).Payload(), room},
	}}
}

func cursorsTable() table {
	b := protocol.AppendCursors(nil, 2)
	b = protocol.AppendPosition(b, 65537, 12.5, -3)
	b = protocol.AppendPosition(b, 65538, 0, 1e6)
	return table{message: "cursors", valid: []validCase{{"two members", "P50", b, nil}}}
}

func statesTable() table {
	b := protocol.AppendStates(nil, 2)
	b = protocol.AppendState(b, 65537, raw(map[string]any{"status": "draws"}))
	b = protocol.AppendState(b, 65538, raw(nil))
	return table{message: "states", valid: []validCase{{"two members", "P52", b, nil}}}
}

func slotsTable() table {
	slots := &protocol.VoiceSlots{Slots: []uint32{65537, 0}}
	return table{message: "slots", valid: []validCase{
		{"one of two is taken", "P86", protocol.Message(protocol.TypeSlots, slots).Payload(), slots},
	}}
}

func recordingTable() table {
	on := &protocol.Recording{
		ID: jobID, State: protocol.RecordingOn, By: "u1", ByName: "Ana", Since: 1760000000000, Yes: []string{"u1"}, No: []string{"u2"},
	}
	ended := &protocol.Recording{
		ID: jobID, State: protocol.RecordingEnded, By: "u1", ByName: "Ana", Since: 1760000000000, Ended: 1760000060000, Yes: []string{"u1"},
		Pieces: []protocol.Piece{{User: "u1", Name: "Ana", Asset: asset, OffsetMS: 1500, DurationMS: 58_000, Bytes: 190_000, Lost: 2}}, Cut: true,
	}
	return table{message: "recording", valid: []validCase{
		{"one agreed, one did not", "P91", protocol.Message(protocol.TypeRecording, on).Payload(), on},
		{"it has ended", "P91", protocol.Message(protocol.TypeRecording, ended).Payload(), ended},
	}}
}

func speakingTable() table {
	b := protocol.AppendSpeaking(nil, 2)
	b = protocol.AppendLoudness(b, protocol.Loudness{M: 65537, Level: 7})
	b = protocol.AppendLoudness(b, protocol.Loudness{M: 65538})
	return table{message: "speaking", valid: []validCase{{"one begins, one stops", "P87", b, nil}}}
}

func progressTable() table {
	b := protocol.AppendProgressHead(nil, 2)
	b = protocol.AppendProgress(b, protocol.Progress{Job: jobID, Attempt: 2, Fraction: 0.5, Preview: asset})
	b = protocol.AppendProgress(b, protocol.Progress{Job: otherID, Attempt: 1})
	return table{message: "progress", valid: []validCase{{"two jobs", "P62", b, nil}}}
}
