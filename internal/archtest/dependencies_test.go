package archtest

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEveryDependencyHasItsReason(t *testing.T) {
	var wanted []string
	for _, file := range []string{"go.mod", "bench/go.mod", "tools.mod"} {
		wanted = append(wanted, goDependencies(t, file)...)
	}
	wanted = append(wanted, webDependencies(t)...)
	reasons := reasonsGiven(t)
	for _, dep := range wanted {
		require.Contains(t, reasons, dep, "docs/dependencies.md gives no reason for %s", dep)
	}
	for _, dep := range reasons {
		require.Contains(t, wanted, dep, "docs/dependencies.md gives a reason for what is not needed any more")
	}
}

// reasonsGiven are the names in the first cells of the page's tables.
func reasonsGiven(t *testing.T) (names []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "docs", "dependencies.md"))
	require.NoError(t, err)
	for line := range strings.Lines(string(text)) {
		if cells := strings.Split(line, "|"); len(cells) > 2 {
			for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cells[1], -1) {
				names = append(names, m[1])
			}
		}
	}
	require.NotEmpty(t, names)
	return names
}

// goDependencies are what a module file asks for directly: its tools if it is about tools, else its requirements.
func goDependencies(t *testing.T, file string) (names []string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "mod", "edit", "-json", file)
	cmd.Dir = root
	out, err := cmd.Output()
	require.NoError(t, err)
	var mod struct {
		Require []struct {
			Path     string
			Indirect bool
		}
		Tool []struct{ Path string }
	}
	require.NoError(t, json.Unmarshal(out, &mod))
	for _, r := range mod.Require {
		ours := r.Path+"/" == module
		isTool := slices.ContainsFunc(mod.Tool, func(tool struct{ Path string }) bool {
			return tool.Path == r.Path || strings.HasPrefix(tool.Path, r.Path+"/")
		})
		if isTool || len(mod.Tool) == 0 && !r.Indirect && !ours {
			names = append(names, r.Path)
		}
	}
	require.NotEmpty(t, names, file)
	return names
}

func webDependencies(t *testing.T) (names []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "client", "web", "package.json"))
	require.NoError(t, err)
	var manifest struct {
		Dependencies    map[string]string `json:"dependencies"`
		DevDependencies map[string]string `json:"devDependencies"`
	}
	require.NoError(t, json.Unmarshal(text, &manifest))
	for name := range manifest.Dependencies {
		names = append(names, name)
	}
	for name := range manifest.DevDependencies {
		names = append(names, name)
	}
	return names
}
