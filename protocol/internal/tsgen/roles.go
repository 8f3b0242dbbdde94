package main

import (
	"slices"

	"atelier/protocol"
)

func writeRoles(w *writer, consts map[string][]constant) {
	w.doc("Roles, from least to most.")
	w.line("export const roles = [")
	for _, r := range rolesUp(consts) {
		w.line("  %q,", r)
	}
	w.line("] as const;")
	w.line("export type Role = (typeof roles)[number];")

	w.doc("The least role that may do an action; null needs none.")
	w.line("export const leastRole = {")
	for _, c := range consts["Action"] {
		a := protocol.Action(c.value)
		w.line("  %q: %s,", a, leastRole(a, rolesUp(consts)))
	}
	w.line("} as const satisfies Record<string, Role | null>;")
	w.line("export type Action = keyof typeof leastRole;")

	w.doc("The action that each command needs, by message type.")
	w.line("export const actionOf: Readonly<Record<number, Action>> = {")
	for _, t := range protocol.CommandTypes() {
		if a, ok := protocol.ActionOf(t); ok {
			w.line("  %d: %q,", t, a)
		}
	}
	w.line("};")
}

func rolesUp(consts map[string][]constant) []protocol.Role {
	var roles []protocol.Role
	for _, c := range consts["Role"] {
		roles = append(roles, protocol.Role(c.value))
	}
	slices.SortFunc(roles, func(a, b protocol.Role) int { return a.Rank() - b.Rank() })
	return roles
}

func leastRole(a protocol.Action, up []protocol.Role) string {
	if protocol.Role("").May(a) {
		return "null"
	}
	for _, r := range up {
		if r.May(a) {
			return `"` + string(r) + `"`
		}
	}
	return "never"
}
