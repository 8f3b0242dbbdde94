package rtc

import (
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"atelier/protocol"
)

// tellEvery is the least time between two tellings of how loud who speaks.
const tellEvery = 200 * time.Millisecond

// call is the voice of one room.
type call struct {
	relay *Relay
	room  string

	listeners atomic.Pointer[[]*Participant] // everybody, copied when it changes
	telling   atomic.Bool                    // the timer is set

	mu    sync.Mutex
	all   []*Participant
	slots []*slot
	told  time.Time
	timer *time.Timer // made with the first that speaks
	ended bool
}

func newCall(relay *Relay, room string) *call {
	c := &call{relay: relay, room: room, slots: make([]*slot, relay.cfg.Slots)}
	for i := range c.slots {
		c.slots[i] = &slot{index: i}
	}
	c.listeners.Store(new([]*Participant))
	return c
}

// errOver says that a call ended when its last participant left.
var errOver = errors.New("the call is over")

// add takes a participant in, who gets a slot while there is one to spare. UNAVAILABLE when the call is full.
func (c *call) add(p *Participant) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		return errOver
	}
	if len(c.all) >= c.relay.cfg.Most {
		return protocol.Errorf(protocol.CodeUnavailable, "the call is full: %d people", c.relay.cfg.Most)
	}
	p.call = c
	c.all = append(c.all, p)
	c.publishLocked()
	c.spareLocked(p)
	c.tellSlotsLocked()
	return nil
}

// remove takes a participant out, and ends the call with the last one.
func (c *call) remove(p *Participant) {
	c.mu.Lock()
	c.all = slices.DeleteFunc(c.all, func(other *Participant) bool { return other == p })
	c.publishLocked()
	if s := p.slot.Load(); s != nil {
		s.give(nil, c.relay.cfg.Now())
		c.tellSlotsLocked()
	}
	c.ended = len(c.all) == 0
	ended := c.ended
	if ended && c.timer != nil {
		c.timer.Stop()
	}
	c.mu.Unlock()
	if ended {
		c.relay.forget(c)
	}
}

func (c *call) publishLocked() {
	all := slices.Clone(c.all)
	c.listeners.Store(&all)
}

// spare gives somebody who may speak a free slot, so that nothing has to switch while there are enough.
func (c *call) spare(p *Participant) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.spareLocked(p) {
		c.tellSlotsLocked()
	}
}

func (c *call) spareLocked(p *Participant) bool {
	if !p.speak.Load() || p.slot.Load() != nil {
		return false
	}
	for _, s := range c.slots {
		if s.holder == nil {
			s.give(p, c.relay.cfg.Now())
			return true
		}
	}
	return false
}

// claim gives a slot to somebody who speaks and has none.
func (c *call) claim(p *Participant, now time.Time) *slot {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s := p.slot.Load(); s != nil || !slices.Contains(c.all, p) {
		return s
	}
	s := choose(c.slots, p.meter.loudness(), now)
	if s == nil {
		return nil
	}
	s.give(p, now)
	c.relay.cfg.Metrics.Switched()
	c.tellSlotsLocked()
	return s
}

func (c *call) tellSlotsLocked() {
	table := c.tableLocked()
	for _, p := range c.all {
		p.signals.Slots(table)
	}
}

func (c *call) tableLocked() []uint32 {
	table := make([]uint32, len(c.slots))
	for i, s := range c.slots {
		if s.holder != nil {
			table[i] = s.holder.member.Load()
		}
	}
	return table
}

// listen lets p hear its streams from what comes next, without a gap for what it was not sent.
func (c *call) listen(p *Participant) {
	for _, s := range c.slots {
		s.mu.Lock()
		if p.streams[s.index].source != 0 {
			p.streams[s.index].source = noSource
		}
		s.mu.Unlock()
	}
}

// find returns the participant that is a member.
func (c *call) find(m uint32) *Participant {
	for _, p := range *c.listeners.Load() {
		if p.member.Load() == m {
			return p
		}
	}
	return nil
}

// spoken has it told who speaks, now or when it may be told again.
func (c *call) spoken() {
	if c.telling.Load() || !c.telling.CompareAndSwap(false, true) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		return
	}
	wait := max(0, tellEvery-c.relay.cfg.Now().Sub(c.told))
	if c.timer == nil {
		c.timer = time.AfterFunc(wait, c.tell)
		return
	}
	c.timer.Reset(wait)
}

// tell tells how loud everybody speaks, where that has changed, and goes on while somebody does.
func (c *call) tell() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		return
	}
	now := c.relay.cfg.Now()
	c.told = now
	talk := false
	for _, p := range c.all {
		level := p.meter.level(now)
		if level != p.level {
			p.level = level
			p.signals.Speaking(level)
		}
		talk = talk || level > 0
	}
	if talk {
		c.timer.Reset(tellEvery)
		return
	}
	c.telling.Store(false)
}
