package score

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
)

// Rate is samples a second.
const Rate = 44100

// Step is called with what is done, 0–1. An error stops the playing.
type Step func(fraction float64) error

// Piece is stereo samples within ±1.
type Piece [][2]float64

// piece is one being played.
type piece struct {
	Mood
	dice  *rand.Rand
	out   Piece
	beat  float64 // seconds
	scale []int
	bars  int
}

// Compose plays a piece of so many seconds.
func Compose(m Mood, seconds float64, seed uint64, step Step) (Piece, error) {
	p := &piece{Mood: m, dice: rand.New(rand.NewPCG(seed, 0x5c0e)), out: make(Piece, int(seconds*Rate)), beat: 60 / m.Tempo}
	p.scale = []int{0, 2, 4, 5, 7, 9, 11}
	if m.Minor {
		p.scale = []int{0, 2, 3, 5, 7, 8, 10}
	}
	p.bars = int(seconds/(4*p.beat)) + 2
	chords := p.progression()
	layers := []func(){
		func() { p.pads(chords) }, func() { p.bass(chords) }, func() { p.melody(chords) }, p.percussion, p.ambience, p.room, p.master,
	}
	for i, layer := range layers {
		layer()
		if err := step(float64(i+1) / float64(len(layers))); err != nil {
			return nil, err
		}
	}
	return p.out, nil
}

// progression is a degree of the scale for each bar.
func (p *piece) progression() []int {
	choices := [][]int{{0, 4, 5, 3}, {0, 5, 3, 4}, {0, 3, 0, 4}, {0, 2, 3, 3}, {0, 3, 5, 4}}
	if p.Minor {
		choices = [][]int{{0, 5, 2, 6}, {0, 3, 5, 4}, {0, 6, 5, 6}, {0, 3, 0, 6}, {0, 2, 5, 4}}
	}
	turn := choices[p.dice.IntN(len(choices))]
	out := make([]int, p.bars)
	for i := range out {
		out[i] = turn[i%4]
	}
	return out
}

// note is the frequency of a degree of the scale, octaves above the key.
func (p *piece) note(degree, octave int) float64 {
	octave += degree / 7
	degree %= 7
	if degree < 0 {
		degree, octave = degree+7, octave-1
	}
	return 440 * math.Pow(2, float64(p.Root+p.scale[degree]+12*octave-69)/12)
}

// tone adds a voice: harmonics that fall off as the mood is dark, under an envelope in seconds.
func (p *piece) tone(at, length, freq, gain, pan, attack, release float64, harmonics int, fall float64) {
	from, n := int(at*Rate), int((length+release)*Rate)
	left, right := math.Cos(pan*math.Pi/2), math.Sin(pan*math.Pi/2)
	phase := p.dice.Float64()
	for i := range n {
		k := from + i
		if k >= len(p.out) {
			return
		}
		t := float64(i) / Rate
		env := min(1, t/attack)
		if t > length {
			env *= max(0, 1-(t-length)/release)
		}
		env *= env
		v, level := 0.0, 1.0
		for h := 1; h <= harmonics && freq*float64(h) < Rate/3; h++ {
			v += level * math.Sin(2*math.Pi*(freq*float64(h)*t+phase*float64(h)))
			level *= fall
		}
		v *= env * gain
		p.out[k][0] += v * left
		p.out[k][1] += v * right
	}
}

func (p *piece) pads(chords []int) {
	bar := 4 * p.beat
	for i, chord := range chords {
		for v, third := range []int{0, 2, 4} {
			freq := p.note(chord+third, 1)
			for _, detune := range []float64{-0.0015, 0.0017} {
				p.tone(float64(i)*bar, bar*0.96, freq*(1+detune), 0.05, 0.25+0.25*float64(v), bar*0.25, bar*0.4, 5, 0.25+0.3*p.Bright)
			}
		}
	}
}

func (p *piece) bass(chords []int) {
	bar := 4 * p.beat
	for i, chord := range chords {
		p.tone(float64(i)*bar, bar*0.45, p.note(chord, -1), 0.16, 0.5, 0.03, 0.3, 3, 0.3)
		if p.Energy > 0.4 {
			p.tone(float64(i)*bar+bar/2, bar*0.4, p.note(chord+4*p.dice.IntN(2), -1), 0.12, 0.5, 0.03, 0.3, 3, 0.3)
		}
	}
}

func (p *piece) melody(chords []int) {
	degree, unit := 7, p.beat/2
	motif := make([]int, 8)
	for i := range motif {
		motif[i] = p.dice.IntN(5) - 2
	}
	for i, chord := range chords {
		for k := range 8 {
			if p.dice.Float64() > 0.25+0.5*p.Energy {
				continue
			}
			degree += motif[k]
			if degree < 4 || degree > 13 {
				degree = 7
			}
			play := degree
			if k%4 == 0 { // strong beats keep to the chord
				play = chord + 7 + 2*p.dice.IntN(3)
			}
			at := float64(i)*4*p.beat + float64(k)*unit + p.dice.Float64()*0.008
			p.tone(at, unit*0.3, p.note(play, 1), 0.1, 0.35+0.3*p.dice.Float64(), 0.006, 0.9, 4, 0.2+0.35*p.Bright)
		}
	}
}

func (p *piece) percussion() {
	if p.Energy < 0.5 {
		return
	}
	for i := range p.bars * 4 {
		at := int(float64(i) * p.beat * Rate)
		if i%2 == 0 {
			p.kick(at)
		}
		p.hat(at + int(p.beat/2*Rate))
	}
}

// kick is a low tone that falls.
func (p *piece) kick(at int) {
	for k := range min(Rate/5, len(p.out)-at) {
		t := float64(k) / Rate
		v := 0.28 * (p.Energy - 0.3) * math.Exp(-t*22) * min(1, t/0.004) * math.Sin(2*math.Pi*(48*t+2.2*(1-math.Exp(-t*30))))
		p.out[at+k][0] += v
		p.out[at+k][1] += v
	}
}

// hat is a breath of high noise.
func (p *piece) hat(at int) {
	last := 0.0
	for k := range min(Rate/18, len(p.out)-at) {
		t := float64(k) / Rate
		noise := p.dice.Float64()*2 - 1
		v := (noise - last) * 0.05 * p.Energy * math.Exp(-t*90) * min(1, t/0.002)
		last = noise
		p.out[at+k][0] += v * 0.7
		p.out[at+k][1] += v
	}
}

// ambience is filtered noise that swells: waves, rain, wind.
func (p *piece) ambience() {
	for _, a := range []struct{ level, cutoff, swell, low float64 }{
		{p.Sea * 0.16, 600, 0.11, 0.15}, {p.Rain * 0.07, 5200, 0.05, 0.7}, {p.Wind * 0.12, 420, 0.17, 0.3},
	} {
		if a.level == 0 {
			continue
		}
		alpha := 1 - math.Exp(-2*math.Pi*a.cutoff/Rate)
		var state [2][2]float64
		offset := p.dice.Float64()
		for i := range p.out {
			t := float64(i) / Rate
			swell := a.low + (1-a.low)*math.Pow(0.5+0.5*math.Sin(2*math.Pi*(a.swell*t+offset)), 2)
			for c := range 2 {
				state[c][0] += alpha * (p.dice.Float64()*2 - 1 - state[c][0])
				state[c][1] += alpha * (state[c][0] - state[c][1])
				p.out[i][c] += state[c][1] * a.level * swell * 3
			}
		}
	}
}

// room is a reverberation after Schroeder (1962): combs beside each other, then all-passes.
func (p *piece) room() {
	wet := make(Piece, len(p.out))
	for c := range 2 {
		for _, ms := range [][]float64{{29.7, 37.1, 41.1, 43.7}, {30.9, 36.3, 40.3, 44.9}}[c] {
			line := make([]float64, int(ms*Rate/1000))
			damp := 0.0
			for i := range p.out {
				k := i % len(line)
				damp = 0.6*line[k] + 0.4*damp
				wet[i][c] += line[k] * 0.25
				line[k] = p.out[i][c] + damp*0.78
			}
		}
		for _, ms := range []float64{5, 1.7} {
			line := make([]float64, int(ms*Rate/1000))
			for i := range wet {
				k := i % len(line)
				in := wet[i][c]
				wet[i][c] = line[k] - 0.7*in
				line[k] = in + 0.7*wet[i][c]
			}
		}
	}
	for i := range p.out {
		for c := range 2 {
			p.out[i][c] += 0.32 * wet[i][c]
		}
	}
}

// peak is −1.5 dB of full scale.
const peak = 0.8414

// master bounds the level and fades in and out.
func (p *piece) master() {
	top := 0.0
	for _, s := range p.out {
		top = max(top, math.Abs(s[0]), math.Abs(s[1]))
	}
	if top == 0 {
		return
	}
	in, out := 0.4*Rate, min(1.5*Rate, float64(len(p.out))/3)
	for i := range p.out {
		fade := min(1, float64(i)/in, float64(len(p.out)-1-i)/out)
		for c := range 2 {
			p.out[i][c] *= peak / top * fade
		}
	}
}

// WAV is the piece as 16-bit PCM in RIFF.
func (p Piece) WAV() []byte {
	size := len(p) * 4
	b := append(make([]byte, 0, size+44), "RIFF"...)
	b = binary.LittleEndian.AppendUint32(b, uint32(size+36))
	b = append(b, "WAVEfmt "...)
	b = binary.LittleEndian.AppendUint32(b, 16)
	for _, v := range []uint16{1, 2} { // PCM, stereo
		b = binary.LittleEndian.AppendUint16(b, v)
	}
	b = binary.LittleEndian.AppendUint32(b, Rate)
	b = binary.LittleEndian.AppendUint32(b, Rate*4)
	for _, v := range []uint16{4, 16} {
		b = binary.LittleEndian.AppendUint16(b, v)
	}
	b = append(b, "data"...)
	b = binary.LittleEndian.AppendUint32(b, uint32(size))
	for _, s := range p {
		for _, v := range s {
			b = binary.LittleEndian.AppendUint16(b, uint16(int16(math.Round(v*32767))))
		}
	}
	return b
}
