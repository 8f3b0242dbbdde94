package hub

import "hash/fnv"

// palette is the colours of members: apart from each other, readable under white text, on light and on dark ground.
func palette() [12]string {
	return [12]string{
		"#d6336c", "#9c36b5", "#6741d9", "#3b5bdb", "#1971c2", "#0b7285",
		"#087f5b", "#2b8a3e", "#5c940d", "#c77800", "#d9480f", "#c92a2a",
	}
}

// colourOf gives a user the same colour everywhere and always.
func colourOf(user string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(user))
	p := palette()
	return p[int(h.Sum32()%uint32(len(p)))]
}
