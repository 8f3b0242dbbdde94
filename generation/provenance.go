package generation

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
