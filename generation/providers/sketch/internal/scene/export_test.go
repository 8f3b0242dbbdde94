package scene

import (
	"fmt"
	"strings"
)

// Words lists the tables as field/concept=phrase.
func Words() []string {
	var out []string
	for field, table := range tables() {
		for concept, phrases := range rows(table) {
			for phrase := range strings.SplitSeq(phrases, ",") {
				out = append(out, fmt.Sprintf("%d/%s=%s", field, concept, strings.TrimSpace(phrase)))
			}
		}
	}
	return out
}
