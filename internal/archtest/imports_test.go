package archtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestImportRulesHold(t *testing.T) {
	var wrong []string
	for _, p := range listPackages(t) {
		wrong = append(wrong, judge(p)...)
	}
	require.Empty(t, wrong)
}

func TestJudgeSeesForbiddenImports(t *testing.T) {
	for name, tc := range map[string]struct {
		pkg  pkg
		want string
	}{
		"protocol imports ours":            {pkg{"atelier/protocol", []string{"atelier/rooms"}}, "protocol must not import rooms"},
		"rooms reaches for a store":        {pkg{"atelier/rooms", []string{"atelier/persist/sqlite"}}, "rooms must not import persist/sqlite"},
		"rooms knows a socket":             {pkg{"atelier/rooms", []string{"github.com/coder/websocket"}}, "rooms must not know github.com/coder/websocket"},
		"rooms knows HTTP":                 {pkg{"atelier/rooms", []string{"net/http"}}, "rooms must not know net/http"},
		"generation knows rooms":           {pkg{"atelier/generation", []string{"atelier/rooms"}}, "generation must not import rooms"},
		"a provider knows SQL":             {pkg{"atelier/generation/providers/x", []string{"database/sql"}}, "generation/providers/x must not know database/sql"},
		"hub picks a store":                {pkg{"atelier/hub", []string{"atelier/persist/sqlite"}}, "hub must not import persist/sqlite"},
		"hub picks a bus":                  {pkg{"atelier/hub", []string{"atelier/hub/fanout/redisbus"}}, "hub must not import hub/fanout/redisbus"},
		"the grammar knows HTTP":           {pkg{"atelier/hub/spoken", []string{"net/http"}}, "hub/spoken must not know net/http"},
		"a store knows the hub":            {pkg{"atelier/persist/sqlite", []string{"atelier/hub"}}, "persist/sqlite must not import hub"},
		"shared tables know one database":  {pkg{"atelier/persist/internal/relational", []string{"modernc.org/sqlite"}}, "persist/internal/relational must not know modernc.org/sqlite"},
		"the client knows the server":      {pkg{"atelier/client", []string{"atelier/hub"}}, "client must not import hub"},
		"the program uses a test's server": {pkg{"atelier/cmd/atelier", []string{"atelier/internal/testservers"}}, "cmd/atelier imports internal/testservers, which is for tests only"},
		"a package without a rule":         {pkg{"atelier/utils", nil}, "utils has no rule: give it one in internal/archtest and docs/architecture.md"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, []string{tc.want}, judge(tc.pkg))
		})
	}
}

func TestJudgeAllowsWhatTheDesignAllows(t *testing.T) {
	for _, p := range []pkg{
		{"atelier/rooms", []string{"context", "atelier/protocol", "github.com/vmihailenco/msgpack/v5"}},
		{"atelier/persist/sqlite", []string{"database/sql", "atelier/rooms", "atelier/generation", "atelier/hub/auth", "modernc.org/sqlite"}},
		{"atelier/hub", []string{"net/http", "atelier/rooms", "atelier/hub/auth"}},
		{"atelier/cmd/atelier", []string{"atelier/persist/sqlite", "atelier/hub", "atelier/client/web"}},
	} {
		require.Empty(t, judge(p))
	}
}

func listPackages(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-e", "-json=ImportPath,Imports", module+"...")
	out, err := cmd.Output()
	require.NoError(t, err, "go list")
	require.NotEmpty(t, out)
	packages, err := decodePackages(out)
	require.NoError(t, err)
	require.NotEmpty(t, packages)
	return packages
}

func decodePackages(out []byte) (packages []pkg, err error) {
	dec := json.NewDecoder(bytes.NewReader(out))
	for {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return packages, nil
		} else if err != nil {
			return nil, err
		}
		packages = append(packages, p)
	}
}
