package protocol

import (
	"encoding/binary"
	"errors"
	"math"
	"unicode/utf8"
)

// ErrMalformed is what [Validate] returns: the peer broke the protocol and its connection is closed with
// [CloseProtocol].
var ErrMalformed = errors.New("malformed message")

// Validate checks in one pass and without allocation that b is one or more whole msgpack values: nesting at most
// [MaxDepth], every declared length within the bytes that remain (an element needs at least one byte), strings valid
// UTF-8, no NaN or infinity, no binary (decoders take it for strings without a look at UTF-8) and no extension types. It
// stands in front of every decoder, because one that trusts a declared length can be made to allocate gigabytes by five
// bytes (dd 04 00 00 00).
func Validate(b []byte) error {
	if len(b) == 0 {
		return ErrMalformed
	}
	for len(b) > 0 {
		var err error
		if b, err = validateValue(b); err != nil {
			return err
		}
	}
	return nil
}

// validateValue passes one value. left[d] counts the elements still to come at depth d.
func validateValue(b []byte) (rest []byte, err error) {
	var left [MaxDepth + 1]int
	depth := 0
	left[0] = 1
	for {
		for left[depth] == 0 {
			if depth == 0 {
				return b, nil
			}
			depth--
		}
		left[depth]--
		body, children, err := validateHead(b)
		if err != nil {
			return nil, err
		}
		b = body
		if children < 0 {
			continue
		}
		if depth == MaxDepth || children > len(b) {
			return nil, ErrMalformed
		}
		depth++
		left[depth] = children
	}
}

// validateHead passes a scalar whole (children −1), or the head of a container that declares children elements.
func validateHead(b []byte) (rest []byte, children int, err error) {
	if len(b) == 0 {
		return nil, 0, ErrMalformed
	}
	c, b := b[0], b[1:]
	switch {
	case c <= 0x7f || c >= 0xe0 || c == 0xc0 || c == 0xc2 || c == 0xc3:
		return b, -1, nil
	case c <= 0x8f:
		return b, 2 * int(c&0x0f), nil
	case c <= 0x9f:
		return b, int(c & 0x0f), nil
	case c <= 0xbf:
		return validateString(b, uint64(c&0x1f))
	}
	switch c {
	case 0xd9, 0xda, 0xdb: // str 8, 16, 32
		n, b, ok := readLength(b, 1<<(c-0xd9))
		if !ok {
			return nil, 0, ErrMalformed
		}
		return validateString(b, n)
	case 0xca, 0xcb:
		return validateFloat(b, c)
	case 0xcc, 0xcd, 0xce, 0xcf: // uint 8–64
		return skip(b, 1<<(c-0xcc))
	case 0xd0, 0xd1, 0xd2, 0xd3: // int 8–64
		return skip(b, 1<<(c-0xd0))
	case 0xdc, 0xdd: // array 16, 32
		n, b, ok := readLength(b, 2<<(c-0xdc))
		if !ok || n > uint64(len(b)) {
			return nil, 0, ErrMalformed
		}
		return b, int(n), nil //nolint:gosec // n ≤ len(b)
	case 0xde, 0xdf: // map 16, 32
		n, b, ok := readLength(b, 2<<(c-0xde))
		if !ok || 2*n > uint64(len(b)) {
			return nil, 0, ErrMalformed
		}
		return b, int(2 * n), nil //nolint:gosec // 2n ≤ len(b)
	default: // binary, the extension types and 0xc1
		return nil, 0, ErrMalformed
	}
}

func readLength(b []byte, size int) (n uint64, rest []byte, ok bool) {
	if len(b) < size {
		return 0, nil, false
	}
	switch size {
	case 1:
		n = uint64(b[0])
	case 2:
		n = uint64(binary.BigEndian.Uint16(b))
	default:
		n = uint64(binary.BigEndian.Uint32(b))
	}
	return n, b[size:], true
}

func validateString(b []byte, n uint64) (rest []byte, children int, err error) {
	if n > uint64(len(b)) || !utf8.Valid(b[:n]) {
		return nil, 0, ErrMalformed
	}
	return b[n:], -1, nil
}

func validateFloat(b []byte, c byte) (rest []byte, children int, err error) {
	var f float64
	size := 4 << (c - 0xca)
	switch {
	case len(b) < size:
		return nil, 0, ErrMalformed
	case size == 4:
		f = float64(math.Float32frombits(binary.BigEndian.Uint32(b)))
	default:
		f = math.Float64frombits(binary.BigEndian.Uint64(b))
	}
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil, 0, ErrMalformed
	}
	return b[size:], -1, nil
}

func skip(b []byte, n int) (rest []byte, children int, err error) {
	if len(b) < n {
		return nil, 0, ErrMalformed
	}
	return b[n:], -1, nil
}
