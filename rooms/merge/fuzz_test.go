package merge

import (
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func FuzzText(f *testing.F) {
	f.Add("a cat", "a red cat", "a cat sleeps")
	f.Add("colour", "colours", "color")
	f.Add("👩‍👩‍👧 e\u0301", "👩‍👩 e", "👩‍👩‍👧e\u0301\u0302")
	f.Add("foo. baz", "foo.bar baz", "foo baz")
	f.Add("a\r\nb", "a\rb", "a\nb")
	f.Fuzz(func(t *testing.T, base, theirs, mine string) {
		merged, clean := Text(base, theirs, mine)
		swapped, cleanSwapped := Text(base, mine, theirs)
		require.Equal(t, clean, cleanSwapped)
		if clean {
			require.Equal(t, merged, swapped)
		}
		if utf8.ValidString(base) && utf8.ValidString(theirs) && utf8.ValidString(mine) {
			require.True(t, utf8.ValidString(merged))
		}
		requireKept(t, bytesOf(base), bytesOf(theirs), bytesOf(merged))
		requireKept(t, bytesOf(base), bytesOf(mine), bytesOf(merged))
		again, _ := Text(mine, merged, mine)
		require.Equal(t, merged, again)
		require.LessOrEqual(t, len(merged), len(base)+2*len(theirs)+2*len(mine), "nothing comes from nowhere")
	})
}

func bytesOf(text string) (out []string) {
	for i := range len(text) {
		out = append(out, text[i:i+1])
	}
	return out
}

func FuzzWords(f *testing.F) {
	f.Add("", "")
	f.Add("the red cat", "some blue dog")
	f.Add("e\u0301", "e")
	f.Add("a\xff", "\xffa")
	f.Fuzz(requireWords)
}
