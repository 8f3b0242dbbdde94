package spoken

import (
	"slices"
	"strconv"
	"strings"
)

func numerals() []string {
	return strings.Fields("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen " +
		"seventeen eighteen nineteen twenty")
}

func tens() []string { return strings.Fields("thirty forty fifty sixty seventy eighty ninety hundred") }

// numberOf reads a number of one or more words.
func numberOf(words []string) (n int, ok bool) {
	switch strings.Join(words, " ") {
	case "a", "an", "another", "one more", "once":
		return 1, true
	case "a couple", "a couple of", "twice", "a pair of":
		return 2, true
	case "a few", "some", "several", "thrice", "half a dozen of", "another few":
		return 3, true
	case "half a dozen":
		return 6, true
	case "a dozen":
		return 12, true
	}
	if len(words) != 1 {
		return 0, false
	}
	if i := slices.Index(numerals(), words[0]); i >= 0 {
		return i, true
	}
	if i := slices.Index(tens(), words[0]); i >= 0 {
		return 10 * (i + 3), true
	}
	if len(words[0]) > 4 {
		return 0, false
	}
	n, err := strconv.Atoi(words[0])
	return n, err == nil && n >= 0
}

// timesOf reads how often: “twice”, “three times”, “2 steps”. Recognition writes “to times” for “two times”.
func timesOf(words []string) (n int, ok bool) {
	switch strings.Join(words, " ") {
	case "once", "twice", "thrice", "a couple", "a few":
		return numberOf(words)
	case "to times", "too times", "to steps", "too steps":
		return 2, true
	case "for times", "for steps":
		return 4, true
	}
	if n, ok = numberOf(words); ok && len(words) == 1 && words[0] != "a" && words[0] != "an" && words[0] != "some" {
		return n, true
	}
	last := len(words) - 1
	if last < 1 || !slices.Contains([]string{"time", "times", "step", "steps", "change", "changes", "edit", "edits", "thing", "things"}, words[last]) {
		return 0, false
	}
	return numberOf(words[:last])
}
