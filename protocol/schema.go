package protocol

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Policy says what happens when two sessions write one cell unseen by each other (docs/canvas.md).
type Policy string

// Policies.
const (
	PolicyLWW    Policy = "lww"    // server order decides, nobody is asked
	PolicyMerge  Policy = "merge"  // three-way merge against the write's basis
	PolicyBranch Policy = "branch" // what does not merge is divergence
)

// Form is the type of a prop's value.
type Form string

// Forms.
const (
	FormNumber Form = "number"
	FormString Form = "string" // a short string: a name, an id, a colour
	FormText   Form = "text"   // text that people write; merges by words and characters
	FormBool   Form = "bool"
	FormSet    Form = "set"    // array of distinct strings; merges by union
	FormList   Form = "list"   // array of numbers or strings
	FormMap    Form = "map"    // string keys
	FormRecord Form = "record" // id of a record
	FormID     Form = "id"     // a UUID of something that is not a record
	FormAsset  Form = "asset"  // SHA-256 of an asset, 64 hex digits
	FormAny    Form = "any"
)

// Prop is one entry of a kind's schema. Max is in characters (Unicode code points) for strings and text, in elements
// for sets and lists; 0 leaves it to [Limits.ValueBytes]. Every prop may be removed with nil.
type Prop struct {
	Name   string `json:"name"`
	Form   Form   `json:"form"`
	Policy Policy `json:"policy"`
	Max    int    `json:"max,omitempty"`
	Server bool   `json:"server,omitempty"` // written by the server alone
}

// Props of every record. Writing PropKind creates a record and never changes; PropDeleted is its life.
const (
	PropKind    = "kind"
	PropDeleted = "deleted"
	PropParent  = "parent"
)

// Kind of a record.
type Kind string

// Kinds. Others begin with "x-" and are open: every prop is lww and limited in size.
const (
	KindPrompt  Kind = "prompt"
	KindImage   Kind = "image"
	KindVideo   Kind = "video"
	KindAudio   Kind = "audio"
	KindText    Kind = "text"
	KindNote    Kind = "note"
	KindFrame   Kind = "frame"
	KindStroke  Kind = "stroke"
	KindEdge    Kind = "edge"
	KindComment Kind = "comment"
	KindBranch  Kind = "branch"  // what is known of a branch; its cells are in its overlay
	KindVersion Kind = "version" // a name for a revision
)

// Kinds lists the closed kinds.
func Kinds() []Kind {
	return []Kind{
		KindPrompt, KindImage, KindVideo, KindAudio, KindText, KindNote, KindFrame, KindStroke, KindEdge, KindComment,
		KindBranch, KindVersion,
	}
}

// Above tells whether records of a kind are above branches: writes to them always go to main.
func (k Kind) Above() bool { return k == KindComment || k == KindBranch || k == KindVersion }

// Open tells whether a kind is a bot's own.
func (k Kind) Open() bool { return strings.HasPrefix(string(k), "x-") && ValidName(string(k)) }

// Schema knows the props of every kind. It is immutable; make it once with [NewSchema] and share it.
type Schema struct {
	kinds  map[Kind]map[string]Prop
	limits Limits
}

// NewSchema builds the schema with the given limits.
func NewSchema(limits Limits) *Schema {
	s := &Schema{kinds: make(map[Kind]map[string]Prop), limits: limits}
	for _, k := range Kinds() {
		props := make(map[string]Prop)
		for _, p := range PropsOf(k, limits) {
			props[p.Name] = p
		}
		s.kinds[k] = props
	}
	return s
}

// Limits are those that the schema was built with.
func (s *Schema) Limits() Limits { return s.limits }

// Known tells whether records of kind k may be.
func (s *Schema) Known(k Kind) bool { return s.kinds[k] != nil || k.Open() }

// Prop is the schema of a prop of a kind.
func (s *Schema) Prop(k Kind, name string) (Prop, bool) {
	if props, ok := s.kinds[k]; ok {
		p, ok := props[name]
		return p, ok
	}
	switch {
	case !k.Open() || !ValidName(name) || name == PropKind:
		return Prop{}, false
	case name == PropDeleted:
		return Prop{Name: name, Form: FormBool, Policy: PolicyBranch}, true
	case name == PropParent:
		return Prop{Name: name, Form: FormRecord, Policy: PolicyLWW}, true
	}
	return Prop{Name: name, Form: FormAny, Policy: PolicyLWW}, true
}

// Check tells why v may not be the value of p: INVALID_INPUT or PAYLOAD_TOO_LARGE, naming the prop but not the record.
func (s *Schema) Check(p Prop, v Value) *Error {
	if len(v) > s.limits.ValueBytes {
		return Errorf(CodePayloadTooLarge, "prop %s: %d bytes, at most %d", p.Name, len(v), s.limits.ValueBytes)
	}
	if v.Absent() || p.Form == FormAny {
		return nil
	}
	if !fits(p, v) {
		return Errorf(CodeInvalidInput, "prop %s: not a %s", p.Name, p.describe())
	}
	return nil
}

// describe is the form with its limit, for people.
func (p Prop) describe() string {
	switch {
	case p.Max == 0:
		return string(p.Form)
	case p.Form == FormSet || p.Form == FormList:
		return fmt.Sprintf("%s of at most %d elements", p.Form, p.Max)
	}
	return fmt.Sprintf("%s of at most %d characters", p.Form, p.Max)
}

func fits(p Prop, v Value) bool {
	switch p.Form {
	case FormNumber:
		_, ok := v.AsNumber()
		return ok
	case FormBool:
		_, ok := v.AsBool()
		return ok
	case FormString, FormText:
		s, ok := v.AsString()
		return ok && (p.Max == 0 || utf8.RuneCountInString(s) <= p.Max)
	case FormRecord, FormID:
		s, ok := v.AsString()
		return ok && ValidID(s)
	case FormAsset:
		s, ok := v.AsString()
		return ok && ValidAsset(s)
	case FormSet, FormList:
		return fitsList(p, v)
	case FormMap:
		return v[0]&0xf0 == 0x80 || v[0] == 0xde || v[0] == 0xdf
	case FormAny:
		return true
	}
	return false
}

func fitsList(p Prop, v Value) bool {
	x, err := v.Any()
	list, ok := x.([]any)
	if err != nil || !ok || (p.Max > 0 && len(list) > p.Max) {
		return false
	}
	seen := make(map[string]bool, len(list))
	for _, e := range list {
		switch e := e.(type) {
		case string:
			if p.Form == FormSet && seen[e] {
				return false
			}
			seen[e] = true
		case int8, int16, int32, int64, uint8, uint16, uint32, uint64, float64:
			if p.Form == FormSet {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// ValidAsset tells whether s names an asset: 64 lower-case hex digits.
func ValidAsset(s string) bool {
	if len(s) != 64 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// PropsOf lists the schema of a closed kind, the shared props first.
func PropsOf(k Kind, limits Limits) []Prop {
	life := Prop{Name: PropDeleted, Form: FormBool, Policy: PolicyBranch}
	lww := func(name string, f Form, limit int) Prop {
		return Prop{Name: name, Form: f, Policy: PolicyLWW, Max: limit}
	}
	merge := func(name string, f Form, limit int) Prop {
		return Prop{Name: name, Form: f, Policy: PolicyMerge, Max: limit}
	}
	branch := func(name string, f Form, limit int) Prop {
		return Prop{Name: name, Form: f, Policy: PolicyBranch, Max: limit}
	}

	server := func(name string, f Form) Prop {
		return Prop{Name: name, Form: f, Policy: PolicyLWW, Server: true}
	}

	switch k {
	case KindBranch:
		return []Prop{
			lww("name", FormString, 100), lww("archived", FormBool, 0), server("author", FormString), server("session", FormString),
			server("at", FormNumber), server("fork", FormNumber), server("diverged", FormBool), server("merged", FormNumber),
		}
	case KindVersion:
		return []Prop{life, lww("name", FormString, 100), lww("rev", FormNumber, 0), server("author", FormString), server("at", FormNumber)}
	default:
	}
	if k == KindEdge {
		return []Prop{
			life, lww("from", FormRecord, 0), lww("to", FormRecord, 0), lww("role", FormString, 32),
			lww("weight", FormNumber, 0), lww("colour", FormString, 32), merge("title", FormText, 200),
		}
	}
	props := []Prop{
		life, lww(PropParent, FormRecord, 0), lww("x", FormNumber, 0), lww("y", FormNumber, 0), lww("w", FormNumber, 0),
		lww("h", FormNumber, 0), lww("z", FormNumber, 0), lww("order", FormString, 64), lww("rotation", FormNumber, 0),
		lww("colour", FormString, 32), lww("collapsed", FormBool, 0), lww("locked", FormBool, 0),
		merge("title", FormText, 200), merge("tags", FormSet, 64), merge("reactions", FormSet, 200),
	}
	asked := []Prop{
		branch("prompt", FormText, limits.PromptChars), branch("negative", FormText, limits.PromptChars),
		branch("provider", FormString, 64), branch("model", FormString, 128), branch("params", FormMap, 0),
		branch("seed", FormNumber, 0),
	}
	switch k {
	case KindPrompt:
		props = append(props, asked...)
	case KindImage, KindVideo, KindAudio:
		props = append(props, asked...)
		props = append(props, branch("asset", FormAsset, 0), lww("thumb", FormAsset, 0), lww("mime", FormString, 64),
			lww("placeholder", FormString, 128), lww("nw", FormNumber, 0), lww("nh", FormNumber, 0),
			lww("duration", FormNumber, 0), lww("job", FormID, 0), merge("alt", FormText, 1000))
	case KindText, KindNote:
		props = append(props, merge("text", FormText, 0), lww("job", FormID, 0), lww("size", FormNumber, 0))
	case KindStroke:
		props = append(props, lww("points", FormList, 0), lww("width", FormNumber, 0))
	case KindComment:
		props = append(props, merge("text", FormText, 0), lww("target", FormRecord, 0), lww("thread", FormRecord, 0),
			lww("resolved", FormBool, 0), merge("mentions", FormSet, 50), server("author", FormString), server("at", FormNumber))
	case KindFrame, KindEdge, KindBranch, KindVersion:
	}
	return props
}
