// Package merge combines texts and sets that two sides made of one base, and compares texts by words. It is pure: no
// clock, no randomness, no state, so every instance and every client that asks gets the same answer.
//
// # Texts
//
// [Text] compares both sides with the base by tokens: words, runs of whitespace, single other characters. A character
// is what a reader takes for one (a grapheme cluster), and none is ever cut. Then, in the order of the base:
//
//   - An edit that meets no other is done.
//   - The same edit on both sides is done once.
//   - Edits that share words of the base, and an insertion within words that the other side replaced, meet. What both
//     made of these words is compared by characters; when no edits touch there, both are done.
//   - Two different insertions at one point meet.
//   - An insertion at the border of words that the other side replaced or took away does not meet them: a writer who
//     ends a word does not disturb one who goes on behind it. It stays on its side of them.
//   - One side takes away what the other edited: they meet.
//
// Where edits met the result is not clean and keeps what both put there, theirs first. Base words that either side took
// away are gone, so an undo (base: what I left, mine: what was before) takes back my words and leaves what others put
// between them. A side that begins or ends with all that the other put says it for both. Words that would run together
// are parted by a space.
//
// # What always holds
//
//   - A side that changed nothing yields to the other; two equal sides are the result.
//   - A clean result is the same with the sides swapped.
//   - Whatever either side inserted is in the result, clean or not.
//   - The result is the same at any time on any machine: costs are bounded by sizes and differences, never by a clock.
//     Beyond the bounds a side counts as one edit, from the common head to the common tail; that is coarser, so it meets
//     more, and loses nothing.
package merge
