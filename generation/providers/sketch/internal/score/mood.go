// Package score composes short pieces of music from a mood and plays them: pads, bass, a melody, soft percussion and the
// sounds of a place, in pure Go. The same mood, length and seed give the same samples.
package score

import (
	"math"

	"atelier/generation/providers/sketch/internal/look"
	"atelier/generation/providers/sketch/internal/scene"
)

// Mood is what a piece sounds like. Levels are 0–1.
type Mood struct {
	Tempo  float64 // beats a minute
	Root   int     // MIDI note of the key, 48–59
	Minor  bool
	Energy float64
	Bright float64
	Sea    float64
	Rain   float64
	Wind   float64
}

// Key is the key in words.
func (m Mood) Key() string {
	keys := []string{"C", "C sharp", "D", "E flat", "E", "F", "F sharp", "G", "A flat", "A", "B flat", "B"}
	if m.Minor {
		return keys[m.Root%12] + " minor"
	}
	return keys[m.Root%12] + " major"
}

// FromWords is the mood of a scene.
func FromWords(s scene.Scene) Mood {
	m := Mood{Tempo: 84, Root: 48 + int(s.Words%12), Energy: 0.45, Bright: 0.5}
	switch s.Time {
	case "night", "dusk":
		m.Minor, m.Bright, m.Tempo = true, 0.3, 70
	case "dawn", "sunset", "golden":
		m.Bright, m.Tempo = 0.55, 76
	case "noon", "morning":
		m.Bright, m.Tempo, m.Energy = 0.7, 96, 0.55
	}
	if s.Has("calm", "dreamy", "peaceful", "serene", "minimal") {
		m.Energy, m.Tempo = m.Energy*0.5, m.Tempo-14
	}
	if s.Has("epic", "dramatic", "joyful", "lively", "storm") {
		m.Energy, m.Tempo = min(1, m.Energy+0.35), m.Tempo+26
	}
	if s.Has("eerie", "sad", "gloomy", "melancholy", "dark", "mysterious", "storm", "lonely") {
		m.Minor, m.Bright = true, m.Bright*0.7
	}
	if s.Has("joyful", "happy", "cheerful", "warm") {
		m.Minor = false
	}
	if s.Has("rain", "storm") {
		m.Rain = 0.7
	}
	if s.Has("wind", "storm", "snow", "fog") || s.Is("desert", "mountain", "mountains") {
		m.Wind = 0.5
	}
	if s.Is("sea", "ocean", "beach", "coast", "harbour", "harbor", "lake", "island", "underwater", "river") {
		m.Sea = 0.6
	}
	return m
}

// Seen bends a mood to a picture: dark ones turn minor, contrast gives energy, the leading colour the key.
func (m Mood) Seen(l look.Look) Mood {
	m.Minor = m.Minor && l.Light < 0.6 || l.Light < 0.3
	m.Energy = 0.5*m.Energy + 0.5*min(1, l.Contrast*0.7+l.Texture)
	m.Bright = 0.5*m.Bright + 0.5*(0.6*l.Light+0.4*l.Saturation)
	m.Tempo = math.Round(m.Tempo + 22*(l.Contrast-0.4) + 10*l.Warmth)
	if len(l.Colours) > 0 {
		c := l.Colours[0]
		hue := look.Hue(float64(c.R)/255, float64(c.G)/255, float64(c.B)/255)
		m.Root = 48 + int(hue/30)%12*7%12 // a step around the wheel is a fifth
	}
	return m
}
