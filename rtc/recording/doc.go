// Package recording records calls with consent: one Ogg file of Opus for each person who agreed, of what was said while they
// had.
//
// # Who runs what
//
// A recording under way is a [take]. One goroutine owns it: who is in the call, who agreed, whose tracks run. It hears of
// everything by a mailbox that never waits, for the relay tells it under locks of its own; it may wait for disks. Each
// track has a goroutine that writes, and a queue that is bounded between it and the relay: what does not fit is lost and
// counted, and the relay never waits. State is told in the order in which it changes.
//
// # Promises
//
// A track is made when its speaker's yes is there and not before: nothing of anybody else is ever in a queue or a file. A
// no has stopped the track, and with discard deleted its files, when it is answered.
//
// Until a recording is stored it is a folder: what is known of it, and of each piece what is known of it and its file, of
// which every page is written as it comes. A server that was killed finds the folder when it starts and stores it then
// ([Recorder.Recover]); storing twice stores once.
package recording
