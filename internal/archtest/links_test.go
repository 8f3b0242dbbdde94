package archtest

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestLinksLeadSomewhere follows every link and picture of our pages that is not on the web: to a file, and to a heading.
func TestLinksLeadSomewhere(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)\s]+)\)`)
	code := regexp.MustCompile("(?s)```.*?```")
	followed := 0
	eachFile(t, ".md", func(path string, text []byte) {
		for _, m := range link.FindAllSubmatch(code.ReplaceAll(text, nil), -1) {
			if strings.Contains(string(m[1]), "://") {
				continue
			}
			followed++
			name, heading, _ := strings.Cut(string(m[1]), "#")
			target := path
			if name != "" {
				target = filepath.Join(filepath.Dir(path), name)
			}
			require.True(t, exists(target), "%s links to %s", path, m[1])
			if heading != "" {
				there, err := os.ReadFile(target)
				require.NoError(t, err)
				require.Contains(t, headings(string(there)), heading, "%s links to %s", path, m[1])
			}
		}
	})
	require.Positive(t, followed)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// headings are the names that a page's headings have in links.
func headings(page string) (names []string) {
	for _, m := range regexp.MustCompile(`(?m)^#+ (.+)$`).FindAllStringSubmatch(page, -1) {
		name := regexp.MustCompile(`[^a-z0-9 _-]`).ReplaceAllString(strings.ToLower(m[1]), "")
		names = append(names, strings.ReplaceAll(name, " ", "-"))
	}
	return names
}
