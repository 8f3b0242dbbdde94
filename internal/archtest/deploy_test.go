package archtest

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestWhatIsDeployedIsWhatThereIs holds the files of deploy/ against the pages that are held against the code: figures by their
// names, settings by their environment variables.
func TestWhatIsDeployedIsWhatThereIs(t *testing.T) {
	root := "../.."
	read := func(path string) string {
		b, err := os.ReadFile(filepath.Join(root, path))
		require.NoError(t, err)
		return string(b)
	}
	figures, settings := read("docs/operations.md"), read("docs/configuration.md")
	figure := regexp.MustCompile(`\batelier_[a-z_]+[a-z]\b`)
	setting := regexp.MustCompile(`\bATELIER_[A-Z_]+[A-Z]\b`)
	files := 0
	require.NoError(t, filepath.WalkDir(filepath.Join(root, "deploy"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		b, err := os.ReadFile(path)
		for _, name := range figure.FindAllString(string(b), -1) {
			require.Contains(t, figures, "`"+strings.TrimSuffix(name, "_bucket")+"`", "%s names a figure that there is not", path)
		}
		for _, name := range setting.FindAllString(string(b), -1) {
			if name != "ATELIER_HOST" { // of the proxy in front
				require.Contains(t, settings, name, "%s names a setting that there is not", path)
			}
		}
		return err
	}))
	require.GreaterOrEqual(t, files, 8)
}
