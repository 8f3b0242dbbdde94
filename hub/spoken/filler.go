package spoken

import "slices"

// leading are words ahead of a command that ask for it, or for attention. The longer ones come first.
func leading() [][]string {
	return phrases(
		"i would like you to", "i would like to", "i d like you to", "i d like to", "id like you to", "id like to",
		"i want you to", "i need you to", "i want to", "i wanna", "i need to", "could you please", "can you please",
		"would you mind", "go ahead and", "could you", "can you", "would you", "will you", "could we", "can we", "can i",
		"could i", "may i", "let us", "lets", "we should", "please", "kindly", "all right", "alright", "ok", "okay", "hey",
		"hi", "hello", "yo", "atelier", "now", "then", "and", "also", "so", "well", "just", "quickly", "try to", "oh",
	)
}

// trailing are words behind a command that ask for it, too.
func trailing() [][]string {
	return append(polite(), phrases(
		"right now", "now", "ok", "okay", "immediately", "quickly", "atelier", "will you", "would you", "could you", "can you",
		"then", "again", "instead", "already", "if you can", "if possible", "right away", "at once", "just", "a bit",
	)...)
}

// polite are words behind a prompt that are not part of it.
func polite() [][]string {
	return phrases("thank you very much", "thank you", "thanks a lot", "thanks", "please", "for me", "for us")
}

func phrases(list ...string) [][]string {
	out := make([][]string, len(list))
	for i, p := range list {
		out[i] = split(p).folded()
	}
	return out
}

// starts is how many words at the beginning are one of the phrases; never all of them.
func starts(words []string, list [][]string) int {
	for _, p := range list {
		if len(words) > len(p) && slices.Equal(words[:len(p)], p) {
			return len(p)
		}
	}
	return 0
}

// ends is how many words at the end are one of the phrases; never all of them.
func ends(words []string, list [][]string) int {
	for _, p := range list {
		if at := len(words) - len(p); at > 0 && slices.Equal(words[at:], p) {
			return len(p)
		}
	}
	return 0
}

// allOf tells whether words are a row of the phrases.
func allOf(words []string, list [][]string) bool {
	reached := make([]bool, len(words)+1)
	reached[0] = true
	for at := range words {
		for _, p := range list {
			if end := at + len(p); reached[at] && end <= len(words) && slices.Equal(words[at:end], p) {
				reached[end] = true
			}
		}
	}
	return reached[len(words)]
}
