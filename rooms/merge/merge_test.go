package merge

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

type textCase struct {
	name               string
	base, theirs, mine string
	want               string
	clean              bool
}

func run(t *testing.T, cases []textCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			merged, clean := Text(c.base, c.theirs, c.mine)
			require.Equal(t, c.want, merged)
			require.Equal(t, c.clean, clean)
			if clean {
				swapped, again := Text(c.base, c.mine, c.theirs)
				require.Equal(t, merged, swapped, "a clean merge has no first and second")
				require.True(t, again)
			}
		})
	}
}

func TestEditsToDifferentPlacesCombine(t *testing.T) {
	run(t, []textCase{
		{"nobody changed anything", "a cat", "a cat", "a cat", "a cat", true},
		{"only they changed", "a cat", "a red cat", "a cat", "a red cat", true},
		{"only I changed", "a cat", "a cat", "a red cat", "a red cat", true},
		{"both did the same", "a cat", "a red cat", "a red cat", "a red cat", true},
		{"both did the same, and each something else", "one two three four", "one 2 three 4", "1 2 three four", "1 2 three 4", true},
		{"start and end", "a cat sleeps", "look: a cat sleeps", "a cat sleeps well", "look: a cat sleeps well", true},
		{"two words", "a cat sleeps", "a dog sleeps", "a cat runs", "a dog runs", true},
		{"neighbouring words", "red cat", "blue cat", "red dog", "blue dog", true},
		{"a word and its punctuation", "hello world.", "hello earth.", "hello world!", "hello earth!", true},
		{"two lines", "one\ntwo\nthree", "one\n2\nthree", "one\ntwo\nthree\nfour", "one\n2\nthree\nfour", true},
		{"one side takes away elsewhere", "a big red cat", "a red cat", "a big red cat sleeps", "a red cat sleeps", true},
		{"both write from nothing into nothing the same", "", "x", "x", "x", true},
	})
}

func TestAnInsertionAtABorderStaysOnItsSide(t *testing.T) {
	run(t, []textCase{
		{"behind a word that is being typed", "hello wor", "hello wor then", "hello world", "hello world then", true},
		{"before a word that is being typed", "hello wor", "hello big wor", "hello world", "hello big world", true},
		{"before words that went", "a b c", "a X b c", "a c", "a X c", true},
		{"behind words that went", "a b c", "a b X c", "a c", "a X c", true},
		{"punctuation behind a word that is being typed", "wor", "wor!", "world", "world!", true},
		{"words that would run together are parted", "foo. baz", "foo.bar baz", "foo baz", "foo bar baz", false},
	})
}

func TestOneWordChangedByBothIsMergedByCharacters(t *testing.T) {
	run(t, []textCase{
		{"at different characters", "color", "colour", "colors", "colours", true},
		{"a letter corrected, an end added", "canvos it", "canvas it", "canvoses it", "canvases it", true},
		{"at the same character", "color", "colour", "colobr", "colour colobr", false},
		{"characters that touch", "abcd", "abxcd", "abd", "abxcd abd", false},
		{"the whole word by one of them", "stone", "stones", "rock", "stones rock", false},
		{"most of the word by one of them", "cat", "dogt", "cats", "dogt cats", false},
		{"half of the word by one of them", "cats", "doTs", "catsy", "doTs catsy", false},
		{"the same character by both, and each another", "canvas", "Canvasy", "Canivas", "Canivasy", true},
		{"whole words by both", "a cat sleeps", "a dog sleeps", "a fox sleeps", "a dog fox sleeps", false},
		{"emoji are one character", "go 👩‍👩‍👧 go", "go 👩‍👩‍👦 go", "go 👩‍👧‍👧 go", "go 👩‍👩‍👦👩‍👧‍👧 go", false},
		{"accents belong to their letters", "cafe\u0301s", "cafe\u0301s!", "Cafe\u0301s", "Cafe\u0301s!", true},
		{"an accent is no insertion", "resume", "re\u0301sume", "resume\u0301", "re\u0301sume\u0301", true},
		{"Chinese merges by characters", "我喜欢猫", "我很喜欢猫", "我喜欢大猫", "我很喜欢大猫", true},
		{"Thai merges by characters", "ฉันรักแมว", "ฉันก็รักแมว", "ฉันรักแมวนะ", "ฉันก็รักแมวนะ", true},
	})
}

func TestWhereEditsMeetBothAreKept(t *testing.T) {
	run(t, []textCase{
		{"both at the end", "a cat", "a cat sleeps", "a cat runs", "a cat sleeps runs", false},
		{"both at the start", "cat", "big cat", "red cat", "big red cat", false},
		{"both in one gap", "a cat", "a big cat", "a red cat", "a big red cat", false},
		{"both from nothing", "", "red", "blue", "red blue", false},
		{"sentences are not mixed", "a b c", "x y z", "p q r s", "x y z p q r s", false},
		{"texts that begin alike are both whole", "", "a red cat", "a red dog", "a red cat a red dog", false},
		{"one that goes on says it for both", "a cat", "a cat sleeps", "a cat sleeps well", "a cat sleeps well", false},
		{"brackets stay pairs", "f", "f (one)", "f (two)", "f (one) (two)", false},
		{"a Chinese sentence between two places is there once", "x 我们喜欢猫 y", "p 我们喜欢猫 q", "r 我们喜欢猫 s", "p r 我们喜欢猫 q s", false},
		{"Chinese needs no space", "", "红", "蓝", "红蓝", false},
		{"lines", "top\n", "top\none\n", "top\ntwo\n", "top\none\ntwo\n", false},
		{"sentences", "A.", "A. B.", "A. C.", "A. B. C.", false},
		{"lines with punctuation", "top\n", "top\none.\n", "top\ntwo.\n", "top\none.\ntwo.\n", false},
		{"replaced words that overlap", "a b c d", "a X d", "a b Y", "a X Y", false},
		{"replaced words that chain", "a b c d e f", "a X e f", "a B c Y f", "a X B Y f", false},
		{"they took away what I edited", "a b c", "a c", "a B c", "a B c", false},
		{"I took away what they edited", "a b c", "a B c", "a c", "a B c", false},
		{"they took away what I wrote into", "a b c d", "a d", "a b new c d", "a new d", false},
		{"a longer word does not survive as its end", "quick", "quickly", "", "quickly", false},
		{"they took everything away", "a b c", "", "a B c", "B", false},
	})
}

func TestUndoTakesBackOnlyItsOwnWords(t *testing.T) {
	// base: what I left, theirs: what stands, mine: what was before.
	run(t, []textCase{
		{"nobody wrote since", "a red cat", "a red cat", "a cat", "a cat", true},
		{"others wrote elsewhere", "a red cat", "a red cat sleeps", "a cat", "a cat sleeps", true},
		{"others wrote beside", "a red cat", "a very red cat", "a cat", "a very cat", true},
		{"a word that I replaced comes back", "a blue cat", "one blue cat", "a red cat", "one red cat", true},
		{"others wrote within my words", "one two three", "one two X three", "", "X ", false},
		{"others replaced one of my words", "the quick brown fox", "the slow brown fox", "", "slow", false},
		{"others took my words away as well", "a red cat", "a cat", "a cat", "a cat", true},
		{"words that I took away come back", "a cat", "a cat sleeps", "a red cat", "a red cat sleeps", true},
	})
}

func TestSetsAreMergedByMember(t *testing.T) {
	for _, c := range []struct {
		name                     string
		base, theirs, mine, want []string
	}{
		{"nothing", nil, nil, nil, []string{}},
		{"both added", []string{"a"}, []string{"a", "b"}, []string{"a", "c"}, []string{"a", "b", "c"}},
		{"both added the same", nil, []string{"x"}, []string{"x"}, []string{"x"}},
		{"they took away", []string{"a", "b"}, []string{"b"}, []string{"a", "b"}, []string{"b"}},
		{"I took away", []string{"a", "b"}, []string{"a", "b"}, []string{"a"}, []string{"a"}},
		{"both took away", []string{"a", "b"}, []string{"a"}, []string{"b"}, []string{}},
		{"one takes away, one adds", []string{"a"}, []string{}, []string{"a", "b"}, []string{"b"}},
		{"the order is theirs, then my additions", []string{"a", "b"}, []string{"c", "b", "a"}, []string{"e", "b", "a", "d"}, []string{"c", "b", "a", "e", "d"}},
		{"no member comes twice", nil, []string{"a", "a"}, []string{"b", "b", "a"}, []string{"a", "b"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, Set(c.base, c.theirs, c.mine))
		})
	}
}

func TestWordsTellWhatWentAndCame(t *testing.T) {
	for _, c := range []struct {
		name, a, b string
		want       []Op
	}{
		{"two empty texts", "", "", nil},
		{"equal texts", "a cat", "a cat", []Op{{Same, "a cat"}}},
		{"all new", "", "a cat", []Op{{New, "a cat"}}},
		{"all gone", "a cat", "", []Op{{Gone, "a cat"}}},
		{"a word replaced", "a red cat", "a blue cat", []Op{{Same, "a "}, {Gone, "red"}, {New, "blue"}, {Same, " cat"}}},
		{"a word added comes with the space behind it", "a cat", "a big cat", []Op{{Same, "a "}, {New, "big "}, {Same, "cat"}}},
		{
			"a rewritten sentence is no confetti", "the red cat sat on a mat", "some blue dog lay in my bed",
			[]Op{{Gone, "the red cat sat on a mat"}, {New, "some blue dog lay in my bed"}},
		},
		{
			"changes far apart stay apart", "red cats like to sleep all day long", "blue cats like to sleep all night long",
			[]Op{{Gone, "red"}, {New, "blue"}, {Same, " cats like to sleep all "}, {Gone, "day"}, {New, "night"}, {Same, " long"}},
		},
		{
			"a short change does not swallow what stayed", "something kept it y", "everything kept it z",
			[]Op{{Gone, "something"}, {New, "everything"}, {Same, " kept it "}, {Gone, "y"}, {New, "z"}},
		},
		{"a word is never cut", "colour", "colours", []Op{{Gone, "colour"}, {New, "colours"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, Words(c.a, c.b))
		})
	}
}

func TestWordsAreJSONForThePage(t *testing.T) {
	raw, err := json.Marshal(Words("a", "b"))
	require.NoError(t, err)
	require.JSONEq(t, `[{"op":"gone","text":"a"},{"op":"new","text":"b"}]`, string(raw))
}
