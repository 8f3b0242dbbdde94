// Package sketch is the built-in provider. It needs no key and no network, and it is no AI model: it reads the words of a
// prompt against a lexicon and paints a stylised landscape from them, in pure Go. It says so in its title, in its model
// list and in the metadata of every picture.
//
// A prompt becomes a scene (internal/scene), a scene becomes a picture layer by layer (internal/compose) with drawings of
// things (internal/figure) on a canvas of linear light (internal/paint).
//
// # Promises
//
// The same job, seed and result index give the same bytes, in any process on the same kind of processor (fused
// multiply-add of another one may move a pixel by a step). There is no clock, no shared randomness and no state between
// requests, so any number of requests may run at once; each takes some 50 bytes a pixel in all, 40 MB at the usual size and
// 220 MB at the largest, 2048 × 2048. A request stops between two layers when its context ends or when Report says so. Mistakes of the
// caller are INVALID_INPUT; nothing is retryable, since nothing can come out differently.
package sketch
