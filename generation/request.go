package generation

import (
	"math"
	"strings"
	"unicode/utf8"

	"atelier/protocol"
)

// Bounds of a request beside those of protocol.Limits.
const (
	maxCount    = 8
	maxInputs   = 8
	maxPriority = 10
	maxParams   = 32
	maxParamLen = 1000    // characters of a param's string
	maxEdge     = 4096    // pixels of params width and height
	maxCanvas   = 1 << 30 // canvas units from the origin
)

// normalise checks everything about a request that needs no store and returns it with its defaults filled in and its
// numbers as float64, so that the same request compares equal however it came.
func (r *Registry) normalise(req protocol.JobRequest, limits protocol.Limits) (protocol.JobRequest, error) {
	if req.Transform == "" {
		req.Transform = "generate"
	}
	if req.Count == 0 {
		req.Count = 1
	}
	if err := checkShape(req, limits); err != nil {
		return req, err
	}
	if err := checkWeights(req); err != nil {
		return req, err
	}
	params, err := normaliseParams(req.Params)
	if err != nil {
		return req, err
	}
	req.Params = params
	if len(req.Inputs) == 0 {
		req.Inputs = nil
	}
	if req.Sweep, err = normaliseSweep(req); err != nil {
		return req, err
	}
	if req.Then, err = normaliseSteps(req, limits); err != nil {
		return req, err
	}
	req.Provider, req.Model, err = r.choose(req)
	return req, err
}

func checkShape(req protocol.JobRequest, limits protocol.Limits) error {
	invalid := func(format string, args ...any) error {
		return protocol.Errorf(protocol.CodeInvalidInput, format, args...)
	}
	switch {
	case !protocol.ValidID(req.ID):
		return invalid("id: not a UUID in lower case")
	case !utf8.ValidString(req.Prompt) || !utf8.ValidString(req.Negative):
		return invalid("prompt: not UTF-8")
	case utf8.RuneCountInString(req.Prompt) > limits.PromptChars:
		return invalid("prompt: longer than %d characters", limits.PromptChars)
	case utf8.RuneCountInString(req.Negative) > limits.PromptChars:
		return invalid("negative: longer than %d characters", limits.PromptChars)
	case strings.TrimSpace(req.Prompt) == "" && len(req.Inputs) == 0:
		return invalid("prompt: empty, and there is no input to work from")
	case req.Count < 1 || req.Count > maxCount:
		return invalid("count: %d is not within 1–%d", req.Count, maxCount)
	case req.Priority < -maxPriority || req.Priority > maxPriority:
		return invalid("priority: %d is not within ±%d", req.Priority, maxPriority)
	case req.Seed < -protocol.MaxSafeInteger || req.Seed > protocol.MaxSafeInteger:
		return invalid("seed: beyond ±2^53")
	case len(req.Inputs) > maxInputs:
		return invalid("inputs: more than %d", maxInputs)
	}
	for _, id := range req.Inputs {
		if !protocol.ValidAsset(id) {
			return invalid("inputs: %.80q is not an asset id", id)
		}
	}
	return checkPlace(req.Place)
}

func checkWeights(req protocol.JobRequest) error {
	switch {
	case len(req.Weights) > 0 && len(req.Weights) != len(req.Inputs):
		return protocol.Errorf(protocol.CodeInvalidInput, "weights: %d for %d inputs", len(req.Weights), len(req.Inputs))
	case req.Mask != "" && !protocol.ValidAsset(req.Mask):
		return protocol.Errorf(protocol.CodeInvalidInput, "mask: %.80q is not an asset id", req.Mask)
	}
	for i, w := range req.Weights {
		if !(w > 0 && w <= maxWeight) {
			return protocol.Errorf(protocol.CodeInvalidInput, "weights[%d]: %v is not above 0 and at most %d", i, w, maxWeight)
		}
	}
	return nil
}

func checkPlace(p protocol.Place) error {
	for _, f := range []float64{p.X, p.Y, p.W} {
		if math.IsNaN(f) || math.Abs(f) > maxCanvas {
			return protocol.Errorf(protocol.CodeInvalidInput, "place: %v is not a coordinate", f)
		}
	}
	if p.W < 0 {
		return protocol.Errorf(protocol.CodeInvalidInput, "place.w: negative")
	}
	for _, id := range []string{p.Source, p.Parent} {
		if id != "" && !protocol.ValidID(id) {
			return protocol.Errorf(protocol.CodeInvalidInput, "place: %.80q is not a record id", id)
		}
	}
	return nil
}

func normaliseParams(in map[string]any) (map[string]any, error) {
	if len(in) == 0 {
		return nil, nil //nolint:nilnil // no params
	}
	if len(in) > maxParams {
		return nil, protocol.Errorf(protocol.CodeInvalidInput, "params: more than %d", maxParams)
	}
	out := make(map[string]any, len(in))
	for key, value := range in {
		if !protocol.ValidName(key) {
			return nil, protocol.Errorf(protocol.CodeInvalidInput, "params: %.80q is not a name", key)
		}
		v, ok := normaliseParam(value)
		if !ok {
			return nil, protocol.Errorf(protocol.CodeInvalidInput,
				"params.%s: not a finite number, a bool or a string of at most %d characters", key, maxParamLen)
		}
		if f, number := v.(float64); (key == "width" || key == "height") && (!number || f < 1 || f > maxEdge || f != math.Trunc(f)) {
			return nil, protocol.Errorf(protocol.CodeInvalidInput, "params.%s: not a whole number within 1–%d", key, maxEdge)
		}
		out[key] = v
	}
	return out, nil
}

func normaliseParam(value any) (any, bool) {
	switch v := value.(type) {
	case string:
		return v, utf8.ValidString(v) && utf8.RuneCountInString(v) <= maxParamLen
	case bool:
		return v, true
	}
	encoded, err := protocol.ValueOf(value)
	if err != nil {
		return nil, false
	}
	f, ok := encoded.AsNumber()
	return f, ok && !math.IsNaN(f) && !math.IsInf(f, 0)
}
