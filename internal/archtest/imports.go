package archtest

import (
	"fmt"
	"slices"
	"strings"
)

// module is the path that our own imports begin with.
const module = "atelier/"

// pkg is what `go list -json` tells of a package; the rules speak of direct imports, tests apart.
type pkg struct {
	ImportPath string
	Imports    []string
}

// rule says what packages may import. Paths of ours are relative to the module.
type rule struct {
	of    string   // pattern: a path, or with "/..." all below it as well
	ours  []string // patterns of our packages
	never []string // patterns of other modules' packages and of the standard library's
}

// The technologies that the inner packages must not know.
func transports() []string {
	return []string{"net", "net/http/...", "golang.org/x/net/...", "github.com/coder/websocket/...", "github.com/gorilla/websocket/..."}
}

func databases() []string { return append(drivers(), "database/sql/...") }

// drivers know one database each.
func drivers() []string {
	return []string{"modernc.org/sqlite/...", "github.com/jackc/pgx/...", "github.com/pressly/goose/...", "github.com/minio/..."}
}

func redis() []string { return []string{"github.com/redis/..."} }

func pion() []string { return []string{"github.com/pion/..."} }

// rules is the table of docs/architecture.md; a rule for the package itself holds before one for all below a path, and
// of those the longest.
func rules() []rule {
	all := slices.Concat(transports(), databases(), redis(), pion())
	return []rule{
		{of: "protocol", never: all},
		{of: "protocol/internal/...", ours: []string{"protocol"}, never: all},
		{of: "rooms/...", ours: []string{"protocol", "rooms/..."}, never: all},
		{of: "rtc", ours: []string{"protocol"}, never: all},
		{of: "rtc/recording", ours: []string{"protocol", "rtc", "rtc/opusfile"}, never: all},
		{of: "rtc/...", ours: []string{"protocol", "rtc/..."}, never: slices.Concat(databases(), redis())},
		{of: "generation", ours: []string{"protocol", "generation/media"}, never: all},
		{of: "generation/...", ours: []string{"protocol", "generation/..."}, never: slices.Concat(databases(), redis(), pion())},
		{of: "persist/...", ours: []string{"protocol", "rooms", "generation", "hub/auth", "rtc/recording", "persist/..."}, never: slices.Concat(redis(), pion())},
		{of: "persist/internal/relational", ours: []string{"protocol", "generation", "hub/auth", "rtc/recording"}, never: slices.Concat(transports(), drivers(), redis(), pion())},
		{of: "persist/internal/logrows", ours: []string{"protocol", "rooms"}, never: slices.Concat(transports(), databases(), redis(), pion())},
		{of: "persist/internal/groupcommit", never: slices.Concat(transports(), drivers(), redis(), pion())},
		{of: "hub", ours: []string{"protocol", "rooms", "rtc", "rtc/recording", "generation", "hub/auth", "hub/spoken", "hub/fanout"}, never: slices.Concat(databases(), redis())},
		{of: "hub/auth", ours: []string{"protocol"}, never: slices.Concat(databases(), redis(), pion())},
		{of: "hub/spoken", ours: []string{"protocol"}, never: all},
		{of: "hub/spoken/chat", ours: []string{"protocol", "hub/spoken"}, never: slices.Concat(databases(), redis(), pion())},
		{of: "hub/fanout", ours: []string{"protocol", "rooms"}, never: slices.Concat(databases(), redis(), pion())},
		{of: "hub/fanout/fanouttest", ours: []string{"hub/fanout"}, never: all},
		{of: "hub/fanout/redisbus", ours: []string{"protocol", "hub/fanout"}, never: slices.Concat(databases(), pion())},
		{of: "client", ours: []string{"protocol", "rtc/opusfile"}, never: slices.Concat(databases(), redis())},
		{of: "client/web", never: all},
		{of: "internal/...", ours: []string{"protocol"}},
		{of: "cmd/...", ours: []string{"..."}},
	}
}

// forTestsOnly may be imported by tests alone.
func forTestsOnly() []string {
	return []string{"internal/archtest", "internal/testservers/...", "persist/storetest/..."}
}

// matches tells whether a path is named by a pattern: the path itself, or with "/..." those below it as well.
func matches(pattern, path string) bool {
	prefix, below := strings.CutSuffix(pattern, "...")
	if !below {
		return path == pattern
	}
	return strings.HasPrefix(path, prefix) || path == strings.TrimSuffix(prefix, "/")
}

func matchesAny(patterns []string, path string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return matches(p, path) })
}

// ruleOf finds the rule that holds for a package.
func ruleOf(path string) (best rule, ok bool) {
	for _, r := range rules() {
		switch {
		case r.of == path:
			return r, true
		case matches(r.of, path) && len(r.of) >= len(best.of):
			best, ok = r, true
		}
	}
	return best, ok
}

// judge lists what is wrong with a package's imports.
func judge(p pkg) []string {
	path := strings.TrimPrefix(p.ImportPath, module)
	r, ok := ruleOf(path)
	if !ok {
		return []string{path + " has no rule: give it one in internal/archtest and docs/architecture.md"}
	}
	var wrong []string
	for _, imported := range p.Imports {
		switch ours, isOurs := strings.CutPrefix(imported, module); {
		case isOurs && matchesAny(forTestsOnly(), ours) && !matchesAny(forTestsOnly(), path):
			wrong = append(wrong, fmt.Sprintf("%s imports %s, which is for tests only", path, ours))
		case isOurs && !matchesAny(r.ours, ours):
			wrong = append(wrong, fmt.Sprintf("%s must not import %s", path, ours))
		case !isOurs && matchesAny(r.never, imported):
			wrong = append(wrong, fmt.Sprintf("%s must not know %s", path, imported))
		}
	}
	return wrong
}
