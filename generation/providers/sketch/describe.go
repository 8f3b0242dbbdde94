package sketch

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"strings"

	"atelier/generation"
	"atelier/generation/media"
	"atelier/generation/providers/sketch/internal/look"
	"atelier/protocol"
)

const mostRead = 64 << 20 // bytes of an input that is described

// describe says in words what is measured in the input, and what it was made from as far as it says so.
func (w *work) describe() (generation.Result, error) {
	if len(w.Job.Inputs) == 0 {
		return generation.Result{}, protocol.Errorf(protocol.CodeInvalidInput, "a description wants something to describe")
	}
	blob, err := w.Inputs(w.ctx, 0)
	if err != nil {
		return generation.Result{}, fmt.Errorf("open the input: %w", err)
	}
	data, err := io.ReadAll(io.LimitReader(blob, mostRead))
	_ = blob.Close()
	if err != nil {
		return generation.Result{}, fmt.Errorf("read the input: %w", err)
	}
	if err := w.part(0, 1)(0.3, nil); err != nil {
		return generation.Result{}, err
	}
	v := voice{rand.New(rand.NewPCG(w.layout(), 0xde5c))}
	mime := media.Sniff(data[:min(len(data), media.HeadSize)])
	var told string
	switch kind, _, _ := strings.Cut(mime, "/"); kind {
	case "image":
		pic, _, err := image.Decode(bytes.NewReader(data))
		if err != nil {
			return generation.Result{}, protocol.Errorf(protocol.CodeInvalidInput, "the input is no picture that can be read: %v", err)
		}
		told = v.picture("This picture", look.Measure(pic)) + origin(data)
	case "audio":
		told = v.sound(data)
	case "video":
		pic, err := w.frameOf(mime, data)
		if err != nil {
			return generation.Result{}, err
		}
		told = v.picture("The film opens on a view that", look.Measure(pic))
	default:
		told = v.text(string(data))
	}
	return generation.Result{Text: told}, nil
}

// origin is what a PNG says of its words.
func origin(data []byte) string {
	notes, err := media.Notes(data)
	if err != nil {
		return ""
	}
	for _, n := range notes {
		if n.Key == "Prompt" && n.Text != "" {
			return fmt.Sprintf(" It was made from the words “%s”.", n.Text)
		}
	}
	return ""
}

// frameOf is a picture from the beginning of a film, by ffmpeg.
func (w *work) frameOf(mime string, data []byte) (image.Image, error) {
	track, err := media.Measure(mime, bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, protocol.Errorf(protocol.CodeInvalidInput, "the input is no film that can be read: %v", err)
	}
	file, err := os.CreateTemp("", "atelier-film-*")
	if err != nil {
		return nil, fmt.Errorf("make a temporary file: %w", err)
	}
	defer func() { _ = os.Remove(file.Name()) }()
	_, err = file.Write(data)
	if err = errors.Join(err, file.Close()); err != nil {
		return nil, fmt.Errorf("keep a film: %w", err)
	}
	drawn, err := media.Poster(w.ctx, w.ffmpeg, mime, file.Name(), track)
	switch {
	case errors.Is(err, media.ErrNoProgram):
		return nil, protocol.Errorf(protocol.CodeProviderError, "films want ffmpeg to be looked at, which is not installed on this machine")
	case w.ctx.Err() != nil:
		return nil, fmt.Errorf("looking at a film: %w", context.Cause(w.ctx))
	case err != nil:
		return nil, protocol.Errorf(protocol.CodeProviderError, "ffmpeg could not read the film")
	}
	pic, err := jpeg.Decode(bytes.NewReader(drawn))
	if err != nil {
		return nil, fmt.Errorf("read ffmpeg's picture: %w", err)
	}
	return pic, nil
}

// voice chooses among ways to say the same.
type voice struct{ dice *rand.Rand }

func (v voice) one(ways ...string) string { return ways[v.dice.IntN(len(ways))] }

// picture says what a look is, in four sentences.
func (v voice) picture(subject string, l look.Look) string {
	light := graded(l.Light, "lies mostly in the dark", "keeps to dim light", "stands in even light", "is bright", "is very bright")
	contrast := graded(l.Contrast, "hardly any contrast", "soft contrast", "clear contrast", "strong contrast", "hard contrast")
	var names []string
	for _, c := range l.Colours[:min(3, len(l.Colours))] {
		names = append(names, c.Name)
	}
	colours := list(names)
	tone := "neutral in temperature"
	switch {
	case l.Warmth > 0.08:
		tone = "warm"
	case l.Warmth < -0.08:
		tone = "cool"
	}
	strength := graded(l.Saturation, "almost without colour", "muted", "measured", "rich", "vivid")
	parts := []string{
		fmt.Sprintf("%s %s, with %s.", subject, light, contrast),
		v.one(
			fmt.Sprintf("Its palette is %s and %s: %s.", tone, strength, colours),
			fmt.Sprintf("The colours are %s and %s, led by %s.", strength, tone, colours),
		),
		v.composition(l),
		v.one("Its surface is ", "The texture is ") + graded(l.Texture, "smooth.", "fine.", "lively.", "rough.", "very busy."),
	}
	return strings.Join(parts, " ")
}

func (v voice) composition(l look.Look) string {
	across := graded(l.Balance[0], "far to the left", "left of the middle", "in the middle", "right of the middle", "far to the right")
	out := v.one("The weight lies ", "The eye is drawn to what lies ") + across
	if l.Horizon > 0 {
		out += fmt.Sprintf(", and a level edge runs across at %d %% of the height from the top", int(math.Round(l.Horizon*100)))
	}
	if l.Symmetry > 0.85 {
		out += "; both halves nearly mirror each other"
	}
	return out + "."
}

// graded chooses among five words by a level of 0–1.
func graded(x float64, words ...string) string {
	bounds := []float64{0.18, 0.36, 0.56, 0.75}
	for i, b := range bounds {
		if x < b {
			return words[i]
		}
	}
	return words[4]
}

func list(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// sound says what can be measured of 16-bit PCM in a WAV; of other sounds only that they are there.
func (v voice) sound(data []byte) string {
	samples, rate, channels := pcm(data)
	if len(samples) == 0 {
		return "A piece of sound, in a form that is not measured here."
	}
	var sum, top float64
	crossings := 0
	for i := channels; i < len(samples); i += channels {
		s := float64(samples[i]) / 32768
		sum += s * s
		top = max(top, math.Abs(s))
		if (samples[i] < 0) != (samples[i-channels] < 0) {
			crossings++
		}
	}
	frames := float64(len(samples)) / float64(channels)
	seconds := frames / float64(rate)
	loud := math.Sqrt(sum / frames)
	return fmt.Sprintf("A piece of %.0f seconds, %s, %s in tone, its loudest moment at %.1f dB of full scale.", seconds,
		graded(loud*2.6, "very quiet", "quiet", "of middle loudness", "loud", "very loud"),
		graded(float64(crossings)/seconds/3600, "very dark", "dark", "balanced", "bright", "very bright"), 20*math.Log10(max(top, 1e-6)))
}

// pcm reads 16-bit samples out of a WAV (RIFF), interleaved.
func pcm(data []byte) (samples []int16, rate, channels int) {
	if len(data) < 12 {
		return nil, 0, 0
	}
	for rest := data[12:]; len(rest) >= 8; {
		n := int(min(uint64(binary.LittleEndian.Uint32(rest[4:])), uint64(len(rest)-8)))
		body := rest[8 : 8+n]
		switch string(rest[:4]) {
		case "fmt ":
			if n < 16 || binary.LittleEndian.Uint16(body) != 1 || binary.LittleEndian.Uint16(body[14:]) != 16 {
				return nil, 0, 0
			}
			channels, rate = int(binary.LittleEndian.Uint16(body[2:])), int(binary.LittleEndian.Uint32(body[4:]))
		case "data":
			if channels == 0 || rate == 0 {
				return nil, 0, 0
			}
			for ; len(body) >= 2; body = body[2:] {
				samples = append(samples, int16(binary.LittleEndian.Uint16(body)))
			}
			return samples, rate, channels
		}
		rest = rest[8+n:]
	}
	return nil, 0, 0
}

// text says how long a text is and what it begins with.
func (v voice) text(s string) string {
	fields := strings.Fields(s)
	return fmt.Sprintf("A text of %d words that begins “%s…”.", len(fields), strings.Join(fields[:min(8, len(fields))], " "))
}
