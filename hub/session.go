package hub

import (
	"slices"
	"sync"
	"time"

	"github.com/coder/websocket"

	"atelier/generation"
	"atelier/protocol"
	"atelier/rooms"
	"atelier/rtc"
)

// session owns a membership. It outlives its socket, so that a reconnect changes nothing for the others.
type session struct {
	id   string // public
	user string
	room string
	all  *sessions

	caller caller // tells of its place in the call

	joining sync.Mutex // held while a socket takes the session over, so that they do it one after another
	reading sync.Mutex // held while the role is read and applied, so that none is overtaken by an older one

	mu     sync.Mutex
	live   *socket // nil while it lingers
	handle *rooms.Room
	m      uint32
	timer  *time.Timer      // ends it; set while it lingers
	ended  bool             // out of the table for good
	hand   *generation.Hand // when it is a worker
	voice  *rtc.Participant // when it is in the call, or was taken out of it
	stay   *stay            // there
	name   string           // of its user, when it came there
}

// sessions are those of this instance that have a membership.
type sessions struct {
	linger time.Duration
	most   int // of one user that linger, so that nobody fills a room by coming and going

	mu     sync.Mutex
	byID   map[string]*session
	byUser map[string][]*session // in the order they began
}

func newSessions(linger time.Duration, most int) *sessions {
	return &sessions{linger: linger, most: most, byID: make(map[string]*session), byUser: make(map[string][]*session)}
}

// take returns the session of an id, or begins it. An id names one user in one room, for it comes out of a signed token.
func (t *sessions) take(id, user, room string) *session {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.byID[id]
	if s == nil {
		s = &session{id: id, user: user, room: room, all: t}
		t.byID[id] = s
		t.byUser[user] = append(t.byUser[user], s)
	}
	return s
}

// thin ends the first of a user's sessions that linger, beyond as many as may.
func (t *sessions) thin(user string) {
	t.mu.Lock()
	all := slices.Clone(t.byUser[user])
	t.mu.Unlock()
	all = slices.DeleteFunc(all, func(s *session) bool { return !s.lingers() })
	for _, s := range all[:max(len(all)-t.most, 0)] {
		s.lapse()
	}
}

// matching lists sessions.
func (t *sessions) matching(match func(*session) bool) []*session {
	t.mu.Lock()
	defer t.mu.Unlock()
	var out []*session
	for _, s := range t.byID {
		if match(s) {
			out = append(out, s)
		}
	}
	return out
}

func (t *sessions) forget(s *session) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.byID[s.id] != s {
		return
	}
	delete(t.byID, s.id)
	t.byUser[s.user] = slices.DeleteFunc(t.byUser[s.user], func(other *session) bool { return other == s })
	if len(t.byUser[s.user]) == 0 {
		delete(t.byUser, s.user)
	}
}

// close ends all sessions at once.
func (t *sessions) close() {
	for _, s := range t.matching(func(*session) bool { return true }) {
		s.end()
	}
}

// retire keeps the session's socket, if it has one, from handing on anything more: what it did hand on reaches the room
// before the newer socket does.
func (s *session) retire() {
	s.mu.Lock()
	old := s.live
	s.stopTimerLocked()
	s.mu.Unlock()
	if old != nil {
		old.retire()
		old.out.Close(protocol.CloseReplaced, "a newer socket of this session took over")
	}
}

func (s *session) stopTimerLocked() {
	if s.timer != nil {
		s.timer.Stop()
		s.timer = nil
	}
}

// attach gives the session its new socket. False when the session ended meanwhile.
func (s *session) attach(to *socket, handle *rooms.Room, m uint32) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return false
	}
	s.stopTimerLocked()
	s.live, s.handle, s.m = to, handle, m
	s.caller.at.Store(&whereabouts{to.out, handle, m})
	if s.voice != nil {
		s.voice.Back(m)
	}
	if s.hand != nil {
		s.hand.Back()
		for _, w := range s.hand.Held() {
			to.out.Ordered(protocol.Message(protocol.TypeWork, &w))
		}
	}
	return true
}

// lost lets the session linger once its socket is gone, or ends it when the peer said by a normal closure that it leaves
// for good; a browser that reloads says something else. Nothing happens when the session has a newer socket.
func (s *session) lost(from *socket, why error) {
	s.mu.Lock()
	if s.live != from || s.ended {
		s.mu.Unlock()
		return
	}
	s.live = nil
	if websocket.CloseStatus(why) == websocket.StatusNormalClosure {
		s.leaveLocked()
		return
	}
	s.caller.at.Store(&whereabouts{nil, s.handle, s.m})
	s.handle.Detach(s.m, from.out)
	if s.hand != nil {
		s.hand.Away()
	}
	s.timer = time.AfterFunc(s.all.linger, s.lapse)
	s.mu.Unlock()
	s.all.thin(s.user)
}

func (s *session) lingers() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.timer != nil
}

// abandon lets a session linger whose newer socket could not join.
func (s *session) abandon() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended || s.timer != nil {
		return
	}
	if s.live == nil || s.live.retired() {
		s.live = nil
		s.timer = time.AfterFunc(s.all.linger, s.lapse)
	}
}

// lapse ends a session that nobody came back to.
func (s *session) lapse() {
	s.mu.Lock()
	if s.live != nil || s.timer == nil || s.ended {
		s.mu.Unlock()
		return
	}
	s.leaveLocked()
}

// end gives the membership up.
func (s *session) end() {
	s.mu.Lock()
	s.leaveLocked()
}

// leaveLocked ends the session and unlocks it.
func (s *session) leaveLocked() {
	s.ended = true
	s.stopTimerLocked()
	handle, m := s.handle, s.m
	s.dismissLocked()
	s.hangUpLocked()
	s.mu.Unlock()
	s.all.forget(s)
	if handle != nil {
		handle.Leave(m)
	}
}

// setRole changes what the user may do, at once.
func (s *session) setRole(h *Hub, role protocol.Role) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.live != nil {
		s.live.setRole(role)
	}
	if s.handle != nil {
		s.handle.SetRole(s.user, role)
	}
	if !role.May(protocol.ActionJobWork) {
		s.dismissLocked()
	}
	switch {
	case s.voice == nil:
	case h.maySpeak(role):
		s.voice.Allow()
	default:
		s.voice.Forbid()
	}
}

// remove ends the membership of somebody who may not be in the room any more, and closes the socket.
func (s *session) remove(h *Hub) {
	s.setRole(h, "")
	s.close(protocol.CloseForbidden, "removed")
	s.end()
}

// close closes the session's socket, if it has one.
func (s *session) close(code protocol.CloseCode, reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.live != nil {
		s.live.out.Close(code, reason)
	}
}
