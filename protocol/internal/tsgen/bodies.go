package main

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/vmihailenco/msgpack/v5"

	"atelier/protocol"
)

// bodies are the structs that travel, each after those it needs.
func bodies() []any {
	return []any{
		protocol.Resume{},
		protocol.Hello{},
		protocol.RoomInfo{},
		protocol.Voice{},
		protocol.Member{},
		protocol.Welcome{},
		protocol.Members{},
		protocol.Event{},
		protocol.Notice{},
		protocol.Merge{},
		protocol.Change{},
		protocol.CellConflict{},
		protocol.Branched{},
		protocol.ChangeResult{},
		protocol.ConflictDetails{},
		protocol.Place{},
		protocol.JobRequest{},
		protocol.Sweep{},
		protocol.Step{},
		protocol.JobResult{},
		protocol.Error{},
		protocol.Job{},
		protocol.JobRef{},
		protocol.JobMove{},
		protocol.JobRating{},
		protocol.QueuePatch{},
		protocol.QueueClear{},
		protocol.QueueInfo{},
		protocol.Worker{},
		protocol.WorkOffer{},
		protocol.Work{},
		protocol.WorkRef{},
		protocol.WorkReport{},
		protocol.WorkEnd{},
		protocol.VoicePatch{},
		protocol.ICEServer{},
		protocol.VoiceOffer{},
		protocol.VoiceAnswer{},
		protocol.VoiceCandidate{},
		protocol.VoiceModeration{},
		protocol.VoiceSlots{},
		protocol.RecordingPatch{},
		protocol.VoiceConsent{},
		protocol.Piece{},
		protocol.Recording{},
	}
}

func writeBodies(w *writer) {
	w.doc("One cell's new value; nil removes it. basis is the value the writer started from.")
	w.line("export type Write = [record: string, prop: string, value: unknown, basis?: unknown];")
	w.doc("What becomes of a cell that both sides changed.")
	w.line("export type Choice = %q | %q | %q;", protocol.ChooseMain, protocol.ChooseBranch, protocol.ChooseBoth)
	w.doc("Decides on one cell, on all of a record (prop empty), or on all that nothing else names (both empty).")
	w.line("export type Resolution = [record: string, prop: string, choice: Choice];")
	for _, b := range bodies() {
		writeBody(w, reflect.TypeOf(b))
	}
}

func writeBody(w *writer, t reflect.Type) {
	extends := ""
	var fields []reflect.StructField
	for f := range t.Fields() {
		if !f.IsExported() {
			continue
		}
		if f.Anonymous {
			extends = " extends " + typeName(f.Type)
			continue
		}
		fields = append(fields, f)
	}
	w.line("\nexport interface %s%s {", typeName(t), extends)
	for _, f := range fields {
		optional := ""
		if strings.Contains(f.Tag.Get("msgpack"), ",omitempty") {
			optional = "?"
		}
		w.line("  %s%s: %s;", wireName(f), optional, tsType(f.Type))
	}
	w.line("}")
}

func wireName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("msgpack"), ",")
	return name
}

// typeName avoids the names that TypeScript has already.
func typeName(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[protocol.Error]():
		return "ErrorBody"
	case reflect.TypeFor[protocol.Event]():
		return "RoomEvent"
	}
	return t.Name()
}

func tsType(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[protocol.Value](), reflect.TypeFor[msgpack.RawMessage]():
		return "unknown"
	case reflect.TypeFor[protocol.Code]():
		return "ErrorCode"
	case reflect.TypeFor[protocol.Role](), reflect.TypeFor[protocol.JobState]():
		return t.Name()
	}
	switch t.Kind() {
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "boolean"
	case reflect.Int, reflect.Int64, reflect.Uint16, reflect.Uint32, reflect.Float64:
		return "number"
	case reflect.Slice:
		return tsType(t.Elem()) + "[]"
	case reflect.Map:
		return "Record<string, " + tsType(t.Elem()) + ">"
	case reflect.Pointer:
		return tsType(t.Elem())
	case reflect.Struct:
		return typeName(t)
	case reflect.Interface:
		return "unknown"
	default:
		panic(fmt.Sprintf("no TypeScript type for %s", t))
	}
}
