package rtc

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/protocol"
)

// studio is a plane of slices, and everything that was told.
type studio struct {
	t     *testing.T
	relay *Relay
	links []*fakeLink
}

type fakeLink struct {
	sent   map[int][]Packet // by stream
	offers int
	cands  []string
	closed bool
}

// inStudio runs a test on a clock of its own.
func inStudio(t *testing.T, cfg Config, test func(t *testing.T, s *studio)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := &studio{t: t}
		cfg.Plane = s
		s.relay = NewRelay(cfg)
		test(t, s)
		require.NoError(t, s.relay.Close())
	})
}

func (s *studio) Accept(int, Events) (Link, error) {
	l := &fakeLink{sent: map[int][]Packet{}}
	s.links = append(s.links, l)
	return l, nil
}

func (s *studio) Close() error { return nil }

func (l *fakeLink) Offer() (string, error) { l.offers++; return "v=0", nil }

func (l *fakeLink) Answer(sdp string) error {
	if sdp == "" {
		return protocol.Errorf(protocol.CodeInvalidInput, "sdp: empty")
	}
	return nil
}

func (l *fakeLink) Candidate(c protocol.VoiceCandidate) error {
	l.cands = append(l.cands, c.Candidate)
	return nil
}

func (l *fakeLink) Send(i int, p *Packet) { l.sent[i] = append(l.sent[i], *p) }

func (l *fakeLink) Close() { l.closed = true }

// voice is a participant with what it was told.
type voice struct {
	*Participant

	studio *studio
	link   *fakeLink
	seq    uint16
	mu     sync.Mutex
	table  []uint32
	state  *protocol.Voice
	ends   []protocol.VoiceEnded
	level  uint8
	tell   func(level uint8) // nil tells nobody else
}

func (v *voice) Slots(table []uint32)   { v.mu.Lock(); defer v.mu.Unlock(); v.table = table }
func (v *voice) State(s protocol.Voice) { v.mu.Lock(); defer v.mu.Unlock(); v.state = &s }
func (v *voice) Ended(why protocol.VoiceEnded) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.state = nil
	v.ends = append(v.ends, why)
}

func (v *voice) Speaking(level uint8) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.level = level
	if v.tell != nil {
		v.tell(level)
	}
}

func (s *studio) join(who Who, patch protocol.VoicePatch) *voice {
	s.t.Helper()
	v := &voice{studio: s, seq: uint16(who.M * 1000)}
	who.Room = "r"
	p, err := s.relay.Join(who, patch, v)
	require.NoError(s.t, err)
	v.Participant, v.link = p, s.links[len(s.links)-1]
	v.Flowing()
	return v
}

func (s *studio) speaker(m uint32) *voice {
	s.t.Helper()
	return s.join(Who{M: m, Speak: true}, protocol.VoicePatch{})
}

// says sends packets of a level, 20 ms apart.
func (v *voice) says(level uint8, packets int) {
	for range packets {
		time.Sleep(20 * time.Millisecond)
		v.seq++
		v.Packet(&Packet{Seq: v.seq, Time: uint32(v.seq) * frameTime, Level: level, Levels: true, Payload: []byte{byte(v.member.Load())}})
	}
}

// heard counts packets by speaker, and forgets them.
func (v *voice) heard() map[uint32]int {
	out := map[uint32]int{}
	for _, packets := range v.link.sent {
		for _, p := range packets {
			out[uint32(p.Payload[0])]++
		}
	}
	clear(v.link.sent)
	return out
}

const (
	loud   = 20 // −dBov
	normal = 35
)

func TestEverybodyHearsEverybodyElse(t *testing.T) {
	inStudio(t, Config{}, func(t *testing.T, s *studio) {
		t.Helper()
		a, b, c := s.speaker(1), s.speaker(2), s.speaker(3)
		a.says(normal, 10)
		b.says(loud, 5)
		require.Equal(t, map[uint32]int{2: 5}, a.heard())
		require.Equal(t, map[uint32]int{1: 10}, b.heard())
		require.Equal(t, map[uint32]int{1: 10, 2: 5}, c.heard())
		require.Equal(t, []uint32{1, 2, 3, 0, 0, 0, 0, 0}, c.table)
	})
}

func TestWhoIsMutedIsHeardByNobodyAndWhoIsDeafHearsNobody(t *testing.T) {
	inStudio(t, Config{}, func(t *testing.T, s *studio) {
		t.Helper()
		a, b := s.speaker(1), s.speaker(2)
		a.says(normal, 3)
		require.Equal(t, map[uint32]int{1: 3}, b.heard())
		require.NoError(t, a.Set(protocol.VoicePatch{Muted: new(true)}))
		require.True(t, a.state.Muted)
		a.says(loud, 50)
		require.Empty(t, b.heard())
		require.NoError(t, a.Set(protocol.VoicePatch{Muted: new(false)}))
		a.says(normal, 2)
		require.Equal(t, map[uint32]int{1: 2}, b.heard())

		require.NoError(t, b.Set(protocol.VoicePatch{Deaf: new(true)}))
		a.says(normal, 5)
		require.Empty(t, b.heard())
		require.NoError(t, b.Set(protocol.VoicePatch{Deaf: new(false)}))
		a.says(normal, 1)
		require.Len(t, b.link.sent[0], 1)
		require.Equal(t, uint16(1001+5), b.link.sent[0][0].Seq, "neither silence is a gap that would count as loss")
	})
}

func TestWhoMayNotSpeakListens(t *testing.T) {
	inStudio(t, Config{}, func(t *testing.T, s *studio) {
		t.Helper()
		a := s.speaker(1)
		v := s.join(Who{M: 2}, protocol.VoicePatch{Muted: new(false)})
		require.True(t, v.state.Muted)
		require.Equal(t, protocol.CodeForbidden, protocol.CodeOf(v.Set(protocol.VoicePatch{Muted: new(false)})))
		v.says(loud, 5)
		a.says(normal, 5)
		require.Empty(t, a.heard())
		require.Equal(t, map[uint32]int{1: 5}, v.heard())

		v.Allow()
		require.True(t, v.state.Muted, "nobody is made to speak")
		require.NoError(t, v.Set(protocol.VoicePatch{Muted: new(false)}))
		v.says(normal, 4)
		require.Equal(t, map[uint32]int{2: 4}, a.heard())
		a.Forbid()
		require.True(t, a.state.Muted)
		a.says(loud, 4)
		require.Empty(t, v.heard())
	})
}

// kept is a tap with the numbers of what was said.
type kept struct{ seqs []uint16 }

func (k *kept) Said(p *Packet, _ time.Time) { k.seqs = append(k.seqs, p.Seq) }

func TestATapGetsWhatIsSaidWhoeverHearsIt(t *testing.T) {
	inStudio(t, Config{Slots: 1}, func(t *testing.T, s *studio) {
		t.Helper()
		a, b := s.speaker(1), s.speaker(2)
		var first, second kept
		a.says(loud, 20)
		require.True(t, b.Tap(&first))
		require.True(t, b.state.Recorded, "everybody sees it")
		b.says(normal, 2)
		require.Nil(t, b.slot.Load(), "nobody hears it: a has the slot")
		require.NoError(t, b.Set(protocol.VoicePatch{Muted: new(true)}))
		require.True(t, b.state.Recorded)
		b.says(normal, 3)
		require.NoError(t, b.Set(protocol.VoicePatch{Muted: new(false)}))
		b.says(normal, 1)
		require.True(t, b.Tap(&second), "in place of the first")
		b.says(normal, 1)
		b.Untap()
		require.False(t, b.state.Recorded)
		b.says(normal, 1)
		require.Equal(t, []uint16{2001, 2002, 2006}, first.seqs, "not what is said while it is muted")
		require.Equal(t, []uint16{2007}, second.seqs)
		a.Leave(protocol.VoiceLeft)
		require.False(t, a.Tap(&first))
		a.Untap()
		require.Nil(t, a.state)
	})
}

func TestTheLoudestAreInTheSlots(t *testing.T) {
	inStudio(t, Config{Slots: 2}, func(t *testing.T, s *studio) {
		t.Helper()
		a, b, c := s.speaker(1), s.speaker(2), s.speaker(3)
		listener := s.join(Who{M: 4}, protocol.VoicePatch{})
		for range 100 { // two speak and a third says nothing
			a.says(normal, 1)
			b.says(normal, 1)
			c.says(120, 1)
		}
		require.Equal(t, []uint32{1, 2}, listener.table)
		require.Equal(t, map[uint32]int{1: 100, 2: 100}, listener.heard())
		for range 100 { // b stops, c begins
			a.says(normal, 1)
			b.says(120, 1)
			c.says(normal, 1)
		}
		require.Equal(t, []uint32{1, 3}, listener.table)
		got := listener.heard()
		require.Equal(t, 100, got[1])
		require.Greater(t, got[3], 60, "c is heard from soon after it began")
		for range 100 { // all speak, b is much louder than c
			a.says(normal, 1)
			b.says(5, 1)
			c.says(normal, 1)
		}
		require.Contains(t, listener.table, uint32(2))
		a.Leave(protocol.VoiceLeft)
		c.says(normal, 3)
		require.ElementsMatch(t, []uint32{2, 3}, listener.table, "a slot is free for the next")
	})
}

func TestASlotsStreamHasNoSeamsWhileItSwitches(t *testing.T) {
	inStudio(t, Config{Slots: 1}, func(t *testing.T, s *studio) {
		t.Helper()
		a, b := s.speaker(1), s.speaker(2)
		listener := s.join(Who{M: 4}, protocol.VoicePatch{})
		for range 20 {
			a.says(normal, 40)
			b.says(normal, 40)
		}
		stream := listener.link.sent[0]
		require.Greater(t, len(stream), 800)
		for i := 1; i < len(stream); i++ {
			require.Equal(t, stream[i-1].Seq+1, stream[i].Seq)
			require.GreaterOrEqual(t, stream[i].Time-stream[i-1].Time, uint32(frameTime))
		}
	})
}

func TestAnswersAndCandidatesBelongToTheNewestOffer(t *testing.T) {
	inStudio(t, Config{}, func(t *testing.T, s *studio) {
		t.Helper()
		a := s.speaker(1)
		first, err := a.Offer()
		require.NoError(t, err)
		require.Equal(t, protocol.VoiceOffer{Offer: 1, SDP: "v=0", Slots: DefaultSlots}, first)
		require.NoError(t, a.Candidate(protocol.VoiceCandidate{Offer: 1, Candidate: "early"}))
		require.Empty(t, a.link.cands)
		require.Equal(t, protocol.CodeInvalidInput, protocol.CodeOf(a.Answer(protocol.VoiceAnswer{Offer: 1})))
		require.NoError(t, a.Answer(protocol.VoiceAnswer{Offer: 1, SDP: "v=0"}))
		require.Equal(t, []string{"early"}, a.link.cands)
		require.Equal(t, protocol.CodeConflict, protocol.CodeOf(a.Answer(protocol.VoiceAnswer{Offer: 1, SDP: "v=0"})))
		_, err = a.Offer()
		require.NoError(t, err)
		require.NoError(t, a.Candidate(protocol.VoiceCandidate{Offer: 1, Candidate: "old"}))
		require.Equal(t, protocol.CodeConflict, protocol.CodeOf(a.Answer(protocol.VoiceAnswer{Offer: 1, SDP: "v=0"})))
		require.NoError(t, a.Answer(protocol.VoiceAnswer{Offer: 2, SDP: "v=0"}))
		require.NoError(t, a.Candidate(protocol.VoiceCandidate{Offer: 2, Candidate: "late"}))
		require.Equal(t, []string{"early", "late"}, a.link.cands)
		for range mostEarly {
			_, err = a.Offer()
			require.NoError(t, err)
		}
		for range mostEarly {
			require.NoError(t, a.Candidate(protocol.VoiceCandidate{Offer: a.offer, Candidate: "x"}))
		}
		require.Equal(t, protocol.CodeInvalidInput, protocol.CodeOf(a.Candidate(protocol.VoiceCandidate{Offer: a.offer, Candidate: "x"})))
	})
}

func TestWhoLeavesIsToldOnceAndTheCallEndsWithTheLast(t *testing.T) {
	inStudio(t, Config{Most: 2}, func(t *testing.T, s *studio) {
		t.Helper()
		a, b := s.speaker(1), s.speaker(2)
		_, err := s.relay.Join(Who{Room: "r", M: 3}, protocol.VoicePatch{}, new(voice))
		require.Equal(t, protocol.CodeUnavailable, protocol.CodeOf(err))
		require.Same(t, b.Participant, s.relay.Find("r", 2))
		a.Leave(protocol.VoiceLeft)
		a.Leave(protocol.VoiceAway)
		require.Nil(t, a.state)
		require.Equal(t, []protocol.VoiceEnded{protocol.VoiceLeft}, a.ends)
		require.True(t, a.link.closed)
		require.Equal(t, protocol.CodeConflict, protocol.CodeOf(a.Set(protocol.VoicePatch{Muted: new(true)})))
		a.says(loud, 3) // what was under way
		require.Empty(t, b.heard())
		b.Leave(protocol.VoiceLeft)
		require.Nil(t, s.relay.Find("r", 2))
		require.Empty(t, s.relay.calls)
		require.NoError(t, s.relay.Close())
		_, err = s.relay.Join(Who{Room: "r", M: 3}, protocol.VoicePatch{}, new(voice))
		require.Equal(t, protocol.CodeUnavailable, protocol.CodeOf(err))
	})
}

func TestWhoComesBackOnANewSocketIsToldHowThingsAre(t *testing.T) {
	inStudio(t, Config{}, func(t *testing.T, s *studio) {
		t.Helper()
		a, b := s.speaker(1), s.speaker(2)
		a.table, a.state, b.table = nil, nil, nil
		a.Back(1)
		require.Equal(t, []uint32{1, 2, 0, 0, 0, 0, 0, 0}, a.table)
		require.Equal(t, &protocol.Voice{}, a.state)
		require.Nil(t, b.table)
		a.Back(9) // the room was loaded anew
		require.Equal(t, []uint32{9, 2, 0, 0, 0, 0, 0, 0}, b.table)
	})
}
