package archtest

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestEveryRuleOfTheProtocolIsHeldByATest compares the rules of docs/protocol.md with those that tests name as [P12]: in
// Go, in TypeScript, or as the rule of a golden vector, which both repeat.
func TestEveryRuleOfTheProtocolIsHeldByATest(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "docs", "protocol.md"))
	require.NoError(t, err)
	rules := make(map[string]bool)
	for _, m := range regexp.MustCompile(`\*\*\[(P\d+)\]\*\*`).FindAllSubmatch(text, -1) {
		rules[string(m[1])] = false
	}
	require.NotEmpty(t, rules)

	for suffix, named := range map[string]*regexp.Regexp{
		"_test.go": regexp.MustCompile(`\[(P\d+)\]`),
		".test.ts": regexp.MustCompile(`\[(P\d+)\]`),
		".json":    regexp.MustCompile(`"rule": "(P\d+)"`),
	} {
		eachFile(t, suffix, func(path string, text []byte) {
			for _, m := range named.FindAllSubmatch(text, -1) {
				rule := string(m[1])
				require.Contains(t, rules, rule, "%s names a rule that docs/protocol.md does not have", path)
				rules[rule] = true
			}
		})
	}
	for rule, held := range rules {
		require.True(t, held, "no test names [%s]", rule)
	}
}
