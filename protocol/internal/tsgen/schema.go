package main

import (
	"fmt"
	"reflect"

	"atelier/protocol"
)

func writeLimits(w *writer) {
	w.doc("What a server accepts unless its welcome says otherwise.")
	w.line("export const defaultLimits = {")
	limits := reflect.ValueOf(protocol.DefaultLimits())
	for i := range limits.NumField() {
		w.line("  %s: %v,", wireName(limits.Type().Field(i)), limits.Field(i).Interface())
	}
	w.line("};")
	w.line("export type Limits = typeof defaultLimits;")

	w.doc("Limits that no server changes; times in milliseconds.")
	w.line("export const fixedLimits = {")
	for _, e := range []struct {
		name  string
		value int64
	}{
		{"depth", protocol.MaxDepth},
		{"safeInteger", protocol.MaxSafeInteger},
		{"helloTimeoutMs", protocol.HelloTimeout.Milliseconds()},
		{"sessionLingerMs", protocol.SessionLinger.Milliseconds()},
		{"heartbeatEveryMs", protocol.HeartbeatEvery.Milliseconds()},
		{"heartbeatTimeoutMs", protocol.HeartbeatTimeout.Milliseconds()},
		{"snapshotChunkBytes", protocol.SnapshotChunk},
		{"idLength", protocol.MaxIDLength},
	} {
		w.line("  %s: %d,", e.name, e.value)
	}
	w.line("} as const;")
}

func writeSchema(w *writer) {
	w.doc("Type of a prop's value.")
	w.line("export type Form =")
	w.line(`  "number" | "string" | "text" | "bool" | "set" | "list" | "map" | "record" | "id" | "asset" | "any";`)
	w.doc("What happens when two sessions write one cell unseen by each other.")
	w.line(`export type Policy = "lww" | "merge" | "branch";`)
	w.doc("One prop of a kind. max: characters of strings and text, elements of sets and lists. server: the server alone writes it.")
	w.line("export interface PropSchema {\n  form: Form;\n  policy: Policy;\n  max?: number;\n  server?: true;\n}")

	w.doc(`Props by kind of record. Kinds that begin with "x-" are open: any prop, last write wins.`)
	w.line("export const schema = {")
	for _, k := range protocol.Kinds() {
		w.line("  %s: {", k)
		for _, p := range protocol.PropsOf(k, protocol.DefaultLimits()) {
			more := ""
			if p.Max > 0 {
				more += fmt.Sprintf(", max: %d", p.Max)
			}
			if p.Server {
				more += ", server: true"
			}
			w.line("    %s: { form: %q, policy: %q%s },", p.Name, p.Form, p.Policy, more)
		}
		w.line("  },")
	}
	w.line("} as const satisfies Record<string, Record<string, PropSchema>>;")
	w.line("export type Kind = keyof typeof schema;")
}
