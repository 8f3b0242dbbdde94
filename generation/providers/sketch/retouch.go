package sketch

import (
	"image"
	"math"

	"atelier/generation"
	"atelier/generation/providers/sketch/internal/look"
	"atelier/protocol"
)

// variation keeps the scene and moves the layout. With an input its colours lead.
func (w *work) variation() (generation.Result, error) {
	s, err := readSize(w.Job.Params)
	if err != nil {
		return generation.Result{}, err
	}
	pic, err := w.paint(s, mix(w.layout(), 1), w.part(0, 0.9))
	if err != nil {
		return generation.Result{}, err
	}
	if len(w.Job.Inputs) > 0 {
		from, err := w.input()
		if err != nil {
			return generation.Result{}, err
		}
		harmonise(pic, look.Measure(from), 0.8)
	}
	return w.encoded(pic, "A variation: the same words, laid out anew. ")
}

// harmonise moves a picture's colours towards those of a look: mean and spread of each channel (Reinhard and others, Color
// Transfer between Images, 2001, in RGB), by so much of the way.
func harmonise(pic *image.RGBA, to look.Look, amount float64) {
	from := look.Measure(pic)
	var table [3][256]uint8
	for c := range 3 {
		gain := 1.0
		if from.Spread[c] > 0.01 {
			gain = min(max(to.Spread[c]/from.Spread[c], 0.4), 2.2)
		}
		for v := range 256 {
			x := float64(v) / 255
			moved := (x-from.Mean[c])*gain + to.Mean[c]
			table[c][v] = byteOf(x + (moved-x)*amount)
		}
	}
	for i := 0; i < len(pic.Pix); i += 4 {
		for c := range 3 {
			pic.Pix[i+c] = table[c][pic.Pix[i+c]]
		}
	}
}

func byteOf(x float64) uint8 { return uint8(math.Round(min(max(x, 0), 1) * 255)) }

// upscale enlarges the input 2 or 4 times (param scale) and sharpens its edges.
func (w *work) upscale() (generation.Result, error) {
	by, err := within(w.Job.Params, "scale", 2, 2, 4)
	if err != nil {
		return generation.Result{}, err
	}
	if len(w.Job.Inputs) == 0 {
		return generation.Result{}, protocol.Errorf(protocol.CodeInvalidInput, "an upscale wants a picture")
	}
	pic, err := w.input()
	if err != nil {
		return generation.Result{}, err
	}
	s := size{int(float64(pic.Rect.Dx()) * by), int(float64(pic.Rect.Dy()) * by)}
	if max(s.w, s.h) > 4096 {
		return generation.Result{}, protocol.Errorf(protocol.CodeInvalidInput, "%d x %d is larger than 4096 pixels", s.w, s.h)
	}
	if err := w.report(0.1, glance(pic)); err != nil {
		return generation.Result{}, err
	}
	large := scaled(pic, s)
	if err := w.part(0, 1)(0.6, nil); err != nil {
		return generation.Result{}, err
	}
	return w.encoded(sharpened(large, 0.55), "Enlarged. ")
}

// sharpened is an unsharp mask that leaves flat parts as they are.
func sharpened(pic *image.RGBA, amount float64) *image.RGBA {
	w, h := pic.Rect.Dx(), pic.Rect.Dy()
	out := image.NewRGBA(pic.Rect)
	copy(out.Pix, pic.Pix)
	for y := 1; y < h-1; y++ {
		for x := 1; x < w-1; x++ {
			i := y*pic.Stride + 4*x
			for c := range 3 {
				v := float64(pic.Pix[i+c])
				around := (float64(pic.Pix[i+c-4]) + float64(pic.Pix[i+c+4]) + float64(pic.Pix[i+c-pic.Stride]) + float64(pic.Pix[i+c+pic.Stride])) / 4
				if edge := v - around; math.Abs(edge) > 1.5 {
					out.Pix[i+c] = byteOf((v + amount*2*edge) / 255)
				}
			}
		}
	}
	return out
}

// edit paints the words into the input where the mask is light, in the input's colours; what the mask leaves black stays as
// it was, bit by bit. Without a mask the whole picture is drawn half way to the words.
func (w *work) edit() (generation.Result, error) {
	if len(w.Job.Inputs) == 0 {
		return generation.Result{}, protocol.Errorf(protocol.CodeInvalidInput, "an edit wants a picture")
	}
	pic, err := w.input()
	if err != nil {
		return generation.Result{}, err
	}
	whole := size{pic.Rect.Dx(), pic.Rect.Dy()}
	alpha, err := w.mask(whole)
	if err != nil {
		return generation.Result{}, err
	}
	fit := whole
	if most := max(fit.w, fit.h); most > largest {
		fit = size{fit.w * largest / most, fit.h * largest / most}
	}
	fit = size{max(fit.w, smallest), max(fit.h, smallest)}
	painted, err := w.paint(fit, w.layout(), w.part(0, 0.9))
	if err != nil {
		return generation.Result{}, err
	}
	harmonise(painted, look.Measure(pic), 0.6)
	if fit != whole {
		painted = scaled(painted, whole)
	}
	for y := range whole.h {
		for x := range whole.w {
			a := alpha[y*whole.w+x]
			if a == 0 {
				continue
			}
			i := y*pic.Stride + 4*x
			for c := range 3 {
				v := float64(pic.Pix[i+c])
				pic.Pix[i+c] = byteOf((v + (float64(painted.Pix[i+c])-v)*a) / 255)
			}
		}
	}
	return w.encoded(pic, "Painted into another picture. ")
}

// mask is how much of each pixel may change, with soft edges that stay inside what is light.
func (w *work) mask(s size) ([]float64, error) {
	alpha := make([]float64, s.w*s.h)
	if w.Job.Mask == "" {
		for i := range alpha {
			alpha[i] = 0.5
		}
		return alpha, nil
	}
	blob, err := w.Mask(w.ctx)
	if err != nil {
		return nil, err //nolint:wrapcheck // coded
	}
	pic, err := decodePicture(blob)
	if err != nil {
		return nil, err
	}
	pic = scaled(pic, s)
	hard := make([]float64, len(alpha))
	for i := range alpha {
		p := pic.Pix[4*i:]
		if light := (float64(p[0]) + float64(p[1]) + float64(p[2])) / 765 * float64(p[3]) / 255; light > 0.5 {
			hard[i] = 1
		}
	}
	soft := blurred(blurred(hard, s, max(s.w, s.h)/100+1), s, max(s.w, s.h)/100+1)
	for i := range alpha {
		alpha[i] = hard[i] * min(1, max(0, 2*soft[i]-1))
	}
	return alpha, nil
}

// blurred is the mean over a box, by rows and then by columns.
func blurred(in []float64, s size, radius int) []float64 {
	pass := func(in []float64, n, lines int, at func(line, i int) int) []float64 {
		out := make([]float64, len(in))
		for line := range lines {
			sum := 0.0
			for i := -radius; i < n+radius; i++ {
				if k := i + radius; k < n {
					sum += in[at(line, k)]
				}
				if k := i - radius - 1; k >= 0 && k < n {
					sum -= in[at(line, k)]
				}
				if i >= 0 && i < n {
					out[at(line, i)] = sum / float64(min(i+radius, n-1)-max(i-radius, 0)+1)
				}
			}
		}
		return out
	}
	rows := pass(in, s.w, s.h, func(line, i int) int { return line*s.w + i })
	return pass(rows, s.h, s.w, func(line, i int) int { return i*s.w + line })
}
