package generation

import (
	"encoding/json"
	"slices"
	"unicode/utf8"

	"atelier/generation/media"
	"atelier/protocol"
)

// Provenance is how a result was made, as its PNG says under the keyword "Atelier" in JSON. In an upload it is a claim of
// whoever made the file.
type Provenance struct {
	Job       string         `json:"job"`
	Index     int            `json:"index,omitempty"`
	Kind      string         `json:"kind"`
	Transform string         `json:"transform"`
	Provider  string         `json:"provider"`
	Model     string         `json:"model"`
	Prompt    string         `json:"prompt,omitempty"`
	Negative  string         `json:"negative,omitempty"`
	Params    map[string]any `json:"params,omitempty"`
	Seed      int64          `json:"seed"`
	Inputs    []string       `json:"inputs,omitempty"` // asset ids
}

// maxProvenance bounds what is read of a file's own words, in bytes.
const maxProvenance = 64 << 10

// provenanceKey is the keyword of a PNG's text.
const provenanceKey = "Atelier"

func provenanceOf(req Request) Provenance {
	job := req.Job
	return Provenance{
		Job: job.ID, Index: req.Index, Kind: job.Kind, Transform: job.Transform, Provider: job.Provider, Model: job.Model,
		Prompt: job.Prompt, Negative: job.Negative, Params: job.Params, Seed: req.Seed, Inputs: job.Inputs,
	}
}

// readProvenance reads what a PNG says of itself, as far as it makes sense; nil when it says nothing.
func readProvenance(data []byte) *Provenance {
	notes, err := media.Notes(data)
	if err != nil {
		return nil
	}
	for _, n := range notes {
		if n.Key != provenanceKey || len(n.Text) > maxProvenance {
			continue
		}
		var p Provenance
		if json.Unmarshal([]byte(n.Text), &p) == nil && p.valid() {
			return &p
		}
	}
	return nil
}

// valid tells whether it could be of ours: every part is what a request may have.
func (p *Provenance) valid() bool {
	names := []string{p.Kind, p.Transform, p.Provider}
	params, err := normaliseParams(p.Params)
	p.Params = params
	return err == nil && protocol.ValidID(p.Job) && p.Index >= 0 && p.Index < maxCount && len(p.Model) <= 128 &&
		utf8.ValidString(p.Model+p.Prompt+p.Negative) && len(p.Prompt)+len(p.Negative) <= maxProvenance/2 &&
		len(p.Inputs) <= maxInputs && !slices.ContainsFunc(p.Inputs, func(id string) bool { return !protocol.ValidAsset(id) }) &&
		!slices.ContainsFunc(names, func(name string) bool { return !protocol.ValidName(name) }) &&
		p.Seed >= -protocol.MaxSafeInteger && p.Seed <= protocol.MaxSafeInteger
}

// note is the text that says it. Maps are encoded in the order of their keys, so the same is the same bytes.
func (p *Provenance) note() media.Note {
	text, err := json.Marshal(p)
	if err != nil {
		return media.Note{Key: provenanceKey}
	}
	return media.Note{Key: provenanceKey, Text: string(text)}
}
