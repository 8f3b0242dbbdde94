package protocol_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/protocol"
)

func schemaOf(t *testing.T, kind protocol.Kind, name string) (*protocol.Schema, protocol.Prop) {
	t.Helper()
	s := protocol.NewSchema(protocol.DefaultLimits())
	p, ok := s.Prop(kind, name)
	require.True(t, ok, "%s.%s", kind, name)
	return s, p
}

func TestEveryPropOfEveryKindIsSound(t *testing.T) {
	limits := protocol.DefaultLimits()
	for _, kind := range protocol.Kinds() {
		seen := make(map[string]bool)
		for _, p := range protocol.PropsOf(kind, limits) {
			require.False(t, seen[p.Name], "%s.%s comes twice", kind, p.Name)
			require.NotEqual(t, protocol.PropKind, p.Name, "kind is no prop: it is what a record is")
			require.True(t, protocol.ValidName(p.Name))
			if p.Policy == protocol.PolicyMerge {
				require.Contains(t, []protocol.Form{protocol.FormText, protocol.FormSet}, p.Form, "%s.%s: how would it merge?", kind, p.Name)
			}
			seen[p.Name] = true
		}
		require.Equal(t, kind != protocol.KindBranch, seen[protocol.PropDeleted], "%s: everything but a branch has a life", kind)
	}
}

func TestPoliciesAreThoseOfTheDesign(t *testing.T) {
	s := protocol.NewSchema(protocol.DefaultLimits())
	for path, want := range map[string]protocol.Policy{
		"note.x": protocol.PolicyLWW, "note.colour": protocol.PolicyLWW, "note.parent": protocol.PolicyLWW,
		"note.text": protocol.PolicyMerge, "image.title": protocol.PolicyMerge, "note.tags": protocol.PolicyMerge,
		"prompt.prompt": protocol.PolicyBranch, "prompt.seed": protocol.PolicyBranch, "image.asset": protocol.PolicyBranch,
		"edge.deleted": protocol.PolicyBranch, "x-lamp.deleted": protocol.PolicyBranch, "x-lamp.watt": protocol.PolicyLWW,
	} {
		kind, name, _ := strings.Cut(path, ".")
		p, ok := s.Prop(protocol.Kind(kind), name)
		require.True(t, ok, path)
		require.Equal(t, want, p.Policy, path)
	}
}

func TestWhatTheSchemaDoesNotKnowIsRefused(t *testing.T) {
	s := protocol.NewSchema(protocol.DefaultLimits())
	for path, known := range map[string]bool{
		"note.text": true, "note.watt": false, "edge.x": false, "lamp.x": false, "x-lamp.anything": true, "x-lamp.a b": false,
		"x-.p": true, "x-a b.p": false, "note.kind": false, "x-lamp.kind": false,
	} {
		kind, name, _ := strings.Cut(path, ".")
		_, ok := s.Prop(protocol.Kind(kind), name)
		require.Equal(t, known, ok, path)
	}
	require.True(t, s.Known(protocol.KindEdge))
	require.False(t, s.Known("lamp"))
	require.True(t, s.Known("x-lamp"))
}

func TestFormsHoldWhatTheyPromise(t *testing.T) {
	list := func(x ...any) any { return append([]any{}, x...) }
	for _, tc := range []struct {
		path  string
		value any
		fits  bool
	}{
		{"note.x", 1.5, true},
		{"note.x", -3, true},
		{"note.x", "1", false},
		{"note.locked", true, true},
		{"note.locked", 1, false},
		{"note.text", strings.Repeat("ß", 8000), true},
		{"note.text", 7, false},
		{"note.title", strings.Repeat("世", 200), true},
		{"note.title", strings.Repeat("世", 201), false},
		{"note.colour", strings.Repeat("a", 33), false},
		{"note.tags", list("a", "b"), true},
		{"note.tags", list(), true},
		{"note.tags", list("a", "a"), false},
		{"note.tags", list(1), false},
		{"note.tags", list(list("a")), false},
		{"note.tags", "a", false},
		{"stroke.points", list(1, 2.5, 3e9, -1), true},
		{"stroke.points", list(nil), false},
		{"stroke.points", list(map[string]any{}), false},
		{"prompt.params", map[string]any{"width": 64}, true},
		{"prompt.params", list(), false},
		{"edge.from", noteID, true},
		{"edge.from", strings.ToUpper("a" + noteID[1:]), false},
		{"image.job", jobID, true},
		{"image.job", "7", false},
		{"image.asset", asset, true},
		{"image.asset", asset[1:], false},
		{"x-lamp.anything", list(nil, map[string]any{"a": list()}), true},
	} {
		kind, name, _ := strings.Cut(tc.path, ".")
		s, p := schemaOf(t, protocol.Kind(kind), name)
		err := s.Check(p, value(t, tc.value))
		if tc.fits {
			require.Nil(t, err, "%s = %v", tc.path, tc.value)
			continue
		}
		require.NotNil(t, err, "%s = %v", tc.path, tc.value)
		require.Equal(t, protocol.CodeInvalidInput, err.Code)
		require.Contains(t, err.Message, name)
	}
}

func TestEveryPropMayBeRemoved(t *testing.T) {
	limits := protocol.DefaultLimits()
	s := protocol.NewSchema(limits)
	for _, kind := range protocol.Kinds() {
		for _, p := range protocol.PropsOf(kind, limits) {
			require.Nil(t, s.Check(p, protocol.Nil))
			require.Nil(t, s.Check(p, ""))
		}
	}
}

func TestLargeValuesAreTooLargeWhateverTheirForm(t *testing.T) {
	limit := protocol.DefaultLimits().ValueBytes
	s, p := schemaOf(t, "x-lamp", "anything")
	require.Nil(t, s.Check(p, text(strings.Repeat("a", limit-3))))
	err := s.Check(p, text(strings.Repeat("a", limit-2)))
	require.NotNil(t, err)
	require.Equal(t, protocol.CodePayloadTooLarge, err.Code)
}

func TestPromptsFollowTheServersLimit(t *testing.T) {
	limits := protocol.DefaultLimits()
	limits.PromptChars = 5
	s := protocol.NewSchema(limits)
	p, _ := s.Prop(protocol.KindPrompt, "prompt")
	require.Nil(t, s.Check(p, text("世界世界世")))
	require.EqualError(t, s.Check(p, text("abcdef")), "INVALID_INPUT: prop prompt: not a text of at most 5 characters")
}
