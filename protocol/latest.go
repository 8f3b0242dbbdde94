package protocol

import "github.com/tinylib/msgp/msgp"

// The entries of the latest-wins lane, one by one: each reads what its Append wrote and returns what follows.

// ReadPosition reads m x y.
func ReadPosition(b []byte) (m uint32, x, y float32, rest []byte, err error) {
	if m, b, err = msgp.ReadUint32Bytes(b); err == nil {
		if x, b, err = msgp.ReadFloat32Bytes(b); err == nil {
			y, b, err = msgp.ReadFloat32Bytes(b)
		}
	}
	if err != nil {
		return 0, 0, 0, nil, ErrMalformed
	}
	return m, x, y, b, nil
}

// ReadState reads m {state}; state is an encoded map, a part of b.
func ReadState(b []byte) (m uint32, state, rest []byte, err error) {
	if m, b, err = msgp.ReadUint32Bytes(b); err != nil {
		return 0, nil, nil, ErrMalformed
	}
	if rest, err = msgp.Skip(b); err != nil {
		return 0, nil, nil, ErrMalformed
	}
	return m, b[:len(b)-len(rest)], rest, nil
}

// ReadLoudness reads m level.
func ReadLoudness(b []byte) (l Loudness, rest []byte, err error) {
	if l.M, b, err = msgp.ReadUint32Bytes(b); err == nil {
		l.Level, b, err = msgp.ReadUint8Bytes(b)
	}
	if err != nil {
		return Loudness{}, nil, ErrMalformed
	}
	return l, b, nil
}

// ReadProgress reads [job attempt fraction preview|nil].
func ReadProgress(b []byte) (p Progress, rest []byte, err error) {
	n, b, err := msgp.ReadArrayHeaderBytes(b)
	if err != nil || n != 4 {
		return Progress{}, nil, ErrMalformed
	}
	if p.Job, b, err = msgp.ReadStringBytes(b); err != nil {
		return Progress{}, nil, ErrMalformed
	}
	if p.Attempt, b, err = msgp.ReadIntBytes(b); err != nil {
		return Progress{}, nil, ErrMalformed
	}
	fraction, b, err := msgp.ReadFloat32Bytes(b)
	if err != nil {
		return Progress{}, nil, ErrMalformed
	}
	p.Fraction = float64(fraction)
	if msgp.IsNil(b) {
		b, err = msgp.ReadNilBytes(b)
	} else {
		p.Preview, b, err = msgp.ReadStringBytes(b)
	}
	if err != nil {
		return Progress{}, nil, ErrMalformed
	}
	return p, b, nil
}
