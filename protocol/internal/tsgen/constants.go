package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"

	"atelier/protocol"
)

// constant is one typed constant of package protocol.
type constant struct {
	name    string // without the prefix that repeats its type, first letter lower
	value   string // as in the source, strings unquoted
	comment string // the one at its line's end
}

// prefixes are the types whose constants are wanted, with what their names begin with.
func prefixes() map[string]string {
	return map[string]string{
		"Type": "Type", "Code": "Code", "CloseCode": "Close", "Role": "Role", "Action": "Action", "JobState": "Job",
	}
}

// readConstants collects by type the constants declared in a folder.
func readConstants(folder string) (map[string][]constant, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		return nil, fmt.Errorf("list sources: %w", err)
	}
	out := make(map[string][]constant)
	fset := token.NewFileSet()
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
		if err != nil {
			return nil, fmt.Errorf("parse sources: %w", err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if spec, ok := n.(*ast.ValueSpec); ok {
				addConstant(out, spec)
			}
			return true
		})
	}
	return out, nil
}

func addConstant(out map[string][]constant, spec *ast.ValueSpec) {
	typ, ok := spec.Type.(*ast.Ident)
	if !ok || len(spec.Values) != 1 {
		return
	}
	prefix, wanted := prefixes()[typ.Name]
	literal, ok := spec.Values[0].(*ast.BasicLit)
	if !wanted || !ok {
		return
	}
	value := literal.Value
	if s, err := strconv.Unquote(value); err == nil {
		value = s
	}
	out[typ.Name] = append(out[typ.Name], constant{
		name:    lowerFirst(strings.TrimPrefix(spec.Names[0].Name, prefix)),
		value:   value,
		comment: strings.TrimSpace(spec.Comment.Text()),
	})
}

func lowerFirst(s string) string {
	if s == strings.ToUpper(s) {
		return strings.ToLower(s)
	}
	return strings.ToLower(s[:1]) + s[1:]
}

func writeConstants(w *writer, consts map[string][]constant) {
	w.doc("Sent in hello; the server refuses any other.")
	w.line("export const version = %d;", protocol.Version)
	w.doc("The WebSocket subprotocol.")
	w.line("export const subprotocol = %q;", protocol.Subprotocol)

	w.doc("First element of every message.")
	w.line("export const messageType = {")
	for _, c := range consts["Type"] {
		if c.comment != "" {
			w.line("  /** %s */", c.comment)
		}
		w.line("  %s: %s,", c.name, c.value)
	}
	w.line("} as const;")
	w.line("export type MessageType = (typeof messageType)[keyof typeof messageType];")

	w.doc("Error codes, the same on the socket and over HTTP.")
	w.line("export const errorCodes = {")
	for _, c := range consts["Code"] {
		code := protocol.Code(c.value)
		w.line("  %s: { status: %d, retryable: %t },", code, code.HTTPStatus(), code.Retryable())
	}
	w.line("} as const;")
	w.line("export type ErrorCode = keyof typeof errorCodes;")

	w.doc("Close codes of the server.")
	w.line("export const closeCode = {")
	for _, c := range consts["CloseCode"] {
		w.line("  %s: %s,", c.name, c.value)
	}
	w.line("} as const;")
	w.line("export type CloseCode = (typeof closeCode)[keyof typeof closeCode];")
	w.doc("Whether to connect again after a close code. Codes that are not here (abnormal closes among them): yes.")
	w.line("export const reconnectAfter: Readonly<Record<number, boolean>> = {")
	for _, c := range consts["CloseCode"] {
		n, _ := strconv.ParseUint(c.value, 10, 16)
		w.line("  [closeCode.%s]: %t,", c.name, protocol.CloseCode(n).Reconnect())
	}
	w.line("};")

	w.doc("Where a job stands; those that are final stay as they are.")
	w.line("export const jobStates = {")
	for _, c := range consts["JobState"] {
		w.line("  %s: { final: %t },", c.value, protocol.JobState(c.value).Final())
	}
	w.line("} as const;")
	w.line("export type JobState = keyof typeof jobStates;")
}
