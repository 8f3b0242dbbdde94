package archtest

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// root is the module's folder, seen from this package.
const root = "../.."

func TestFilesStayReadable(t *testing.T) {
	eachFile(t, ".go", func(path string, text []byte) {
		limit := 400
		if strings.HasSuffix(path, "_test.go") {
			limit = 600
		}
		require.LessOrEqual(t, bytes.Count(text, []byte("\n")), limit, "%s is too long: split it by concern", path)
	})
}

func TestOnlyTestsWithAFakeClockSleep(t *testing.T) {
	sleeps, fake := make(map[string]string), make(map[string]bool)
	eachFile(t, "_test.go", func(path string, text []byte) {
		if bytes.Contains(text, []byte("time."+"Sleep(")) {
			sleeps[filepath.Dir(path)] = path
		}
		if bytes.Contains(text, []byte(`"testing/synctest"`)) {
			fake[filepath.Dir(path)] = true
		}
	})
	for folder, path := range sleeps {
		require.True(t, fake[folder], "%s sleeps in real time: wait for a signal", path)
	}
}

func TestNoTestSkipsItself(t *testing.T) {
	eachFile(t, "_test.go", func(path string, text []byte) {
		for _, call := range []string{"t.Skip" + "(", "t.Skip" + "f(", "t.Skip" + "Now("} {
			require.NotContains(t, string(text), call, "%s: a test that did not run shows nothing", path)
		}
	})
}

// eachFile visits our own files with a suffix.
func eachFile(t *testing.T, suffix string, visit func(path string, text []byte)) {
	t.Helper()
	seen := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := d.Name(); d.IsDir() && path != root && (name == "node_modules" || name == "dist" || name[0] == '.') {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, suffix) {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		seen++
		visit(path, text)
		return nil
	})
	require.NoError(t, err)
	require.Positive(t, seen)
}
