package spoken

// answer reads a yes or a no to what the page asked.
func answer(words []string) (Command, bool) {
	trimmed := words
	for n := 1; n > 0; {
		n = ends(trimmed, append(polite(), phrases("delete it", "delete them", "do it", "leave", "remove them")...))
		trimmed = trimmed[:len(trimmed)-n]
	}
	switch {
	case allOf(trimmed, phrases(
		"yes", "yeah", "yep", "yup", "sure", "ok", "okay", "go ahead", "do it", "confirm", "of course", "correct", "right", "please do",
		"absolutely", "definitely", "delete it", "delete them", "go on", "affirmative", "im sure", "i am sure",
	)):
		return Command{Do: Yes}, true
	case allOf(trimmed, phrases(
		"no", "nope", "nah", "cancel", "cancel that", "cancel it", "never mind", "nevermind", "stop", "dont", "do not", "forget it", "abort",
		"dont do it", "do not do it", "wait", "keep it", "keep them", "negative", "not now", "no way",
	)):
		return Command{Do: No}, true
	}
	return Command{}, false
}
