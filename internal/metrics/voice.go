package metrics

import (
	"time"

	"atelier/protocol"
)

// Voice are the figures of calls.
type Voice struct{ m *voiceMetrics }

// Voice gives the figures of calls to those who count them.
func (m *Metrics) Voice() *Voice { return &Voice{&m.voice} }

// Joined counts somebody who came into a call.
func (v *Voice) Joined() { v.m.participants.Inc() }

// Ended counts somebody who is not in a call any more.
func (v *Voice) Ended(why protocol.VoiceEnded) {
	v.m.participants.Dec()
	v.m.ended.WithLabelValues(string(why)).Inc()
}

// Flowing counts media connections that stand.
func (v *Voice) Flowing(more int) { v.m.flowing.Add(float64(more)) }

// Heard counts a second of one member's packets: those that came, of these the muted, those sent on, those lost; and their
// times.
func (v *Voice) Heard(in, muted, out, lost int, jitter, took time.Duration) {
	v.m.in.Add(float64(in))
	v.m.muted.Add(float64(muted))
	v.m.out.Add(float64(out))
	v.m.lost.Add(float64(max(lost, 0)))
	v.m.jitter.Observe(jitter.Seconds())
	v.m.forwarding.Observe(took.Seconds())
}

// ICE counts connections that came into a state of ICE (RFC 8445).
func (v *Voice) ICE(state string) { v.m.ice.WithLabelValues(state).Inc() }

// Switched counts a slot that was given to a louder speaker.
func (v *Voice) Switched() { v.m.switched.Inc() }
