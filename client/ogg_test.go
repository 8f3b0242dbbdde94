package client

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/stretchr/testify/require"
)

// silentFrame is a packet of Opus.
func silentFrame() []byte { return []byte{0xf8, 0xff, 0xfe} }

// kept is a file that stays when it is closed.
type kept struct {
	bytes.Buffer

	closed bool
}

func (k *kept) Close() error { k.closed = true; return nil }

// packetsOf reads a file back, its two headers apart.
func packetsOf(t *testing.T, file []byte) (packets [][]byte) {
	t.Helper()
	in := &oggPackets{in: bufio.NewReader(bytes.NewReader(file))}
	for {
		p, err := in.next()
		if errors.Is(err, io.EOF) {
			require.GreaterOrEqual(t, len(packets), 2)
			return packets[2:]
		}
		require.NoError(t, err)
		packets = append(packets, p)
	}
}

func TestARecordingIsAsLongAsWhatItHolds(t *testing.T) {
	files := map[uint32]*kept{}
	r := NewRecorder(func(m uint32) (io.WriteCloser, error) { files[m] = new(kept); return files[m], nil })
	word := func(i byte) []byte { return []byte{31 << 3, i} }
	say := func(m uint32, seq uint16, frames uint32, i byte) {
		r.Hear(VoicePacket{M: m, Seq: seq, Time: frames * 960, Payload: word(i)})
	}
	say(7, 65_535, 100, 1)
	say(7, 0, 101, 2)
	say(9, 4, 50, 9)
	say(0, 1, 1, 1) // nobody is known to have said it
	say(7, 3, 104, 3)
	say(7, 2, 103, 4)                                    // late
	say(7, 4, 115, 5)                                    // after a pause
	r.Hear(VoicePacket{M: 7, Seq: 5, Payload: []byte{}}) // nothing
	require.NoError(t, r.Close())
	require.NoError(t, r.Close())
	say(7, 6, 116, 6)
	silence := silentFrame()
	var want [][]byte
	quiet := func(frames int) {
		for range frames {
			want = append(want, silence)
		}
	}
	quiet(4)
	want = append(want, word(1), word(2))
	quiet(2)
	want = append(want, word(3))
	quiet(10)
	want = append(want, word(5))
	got := packetsOf(t, files[7].Bytes())
	require.Equal(t, want, got)
	require.Len(t, files, 2)
	require.True(t, files[7].closed && files[9].closed)
}

func TestWhatCannotBeRecordedIsToldAtTheEnd(t *testing.T) {
	full := errors.New("the disk is full")
	r := NewRecorder(func(uint32) (io.WriteCloser, error) { return nil, full })
	r.Hear(VoicePacket{M: 1, Payload: silentFrame()})
	require.ErrorIs(t, r.Close(), full)
}

// FuzzOggPackets reads whatever somebody calls an Ogg file.
func FuzzOggPackets(f *testing.F) {
	files := new(kept)
	r := NewRecorder(func(uint32) (io.WriteCloser, error) { return files, nil })
	r.Hear(VoicePacket{M: 1, Payload: silentFrame()})
	require.NoError(f, r.Close())
	f.Add(files.Bytes())
	f.Add(files.Bytes()[:60])
	f.Add([]byte("OggS"))
	f.Fuzz(func(t *testing.T, file []byte) {
		in := &oggPackets{in: bufio.NewReader(bytes.NewReader(file))}
		total := 0
		for {
			p, err := in.next()
			if err != nil {
				break
			}
			total += len(p)
		}
		require.LessOrEqual(t, total, len(file))
	})
}

func TestTheMicrophonesTimesFollowWhatIsSent(t *testing.T) {
	out := new(wire)
	m := newMicrophone()
	m.out, m.level = out, 1
	now := time.Unix(100, 0)
	for range 3 {
		require.NoError(t, m.send(VoicePacket{Loud: 100, Payload: silentFrame()}, now))
	}
	now = now.Add(time.Second + 3*opusFrame) // a pause
	require.NoError(t, m.send(VoicePacket{Lasts: 3 * opusFrame, Payload: silentFrame()}, now))
	require.NoError(t, m.send(VoicePacket{Payload: silentFrame()}, now))
	require.Equal(t, []uint32{0, 960, 1920, 2880 + 48_000, 2880 + 48_000 + 2880}, out.times)
	require.Equal(t, []uint16{0, 1, 2, 3, 4}, out.seqs)
	require.Equal(t, []bool{true, false, false, true, false}, out.marks)
	require.Equal(t, []byte{27}, out.levels[0])
	require.Nil(t, out.levels[3], "not known")
}

type wire struct {
	times  []uint32
	seqs   []uint16
	marks  []bool
	levels [][]byte
}

func (w *wire) WriteRTP(h *rtp.Header, _ []byte) (int, error) {
	w.times, w.seqs, w.marks = append(w.times, h.Timestamp), append(w.seqs, h.SequenceNumber), append(w.marks, h.Marker)
	w.levels = append(w.levels, h.GetExtension(1))
	return 0, nil
}

func (w *wire) Write([]byte) (int, error) { return 0, nil }
