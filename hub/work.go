package hub

import (
	"context"
	"io"

	"atelier/generation"
	"atelier/protocol"
)

// Desk is where members of rooms get jobs to run.
type Desk interface {
	Employ(ctx context.Context, who generation.Who, session string, offer protocol.WorkOffer, to generation.Deliver) (*generation.Hand, error)
	Upload(ctx context.Context, who generation.Who, job string, token int64, index int, r io.Reader) (generation.Asset, error)
}

// workCommand has what a worker says done beside the reader.
func (s *socket) workCommand(cmd protocol.Command) *protocol.Error {
	type nothing struct{}
	switch cmd.Type {
	case protocol.TypeWorkOffer:
		return later(s, &s.work, cmd, func(ctx context.Context, who generation.Who, o protocol.WorkOffer) (nothing, error) {
			return nothing{}, s.session.employ(ctx, s.hub.cfg.Desk, who, o)
		})
	case protocol.TypeWorkReport:
		return later(s, &s.work, cmd, func(ctx context.Context, _ generation.Who, r protocol.WorkReport) (nothing, error) {
			hand, err := s.session.worker()
			if err == nil {
				err = hand.Report(ctx, r)
			}
			return nothing{}, err //nolint:wrapcheck // coded
		})
	default:
		return later(s, &s.work, cmd, func(ctx context.Context, _ generation.Who, e protocol.WorkEnd) (protocol.Job, error) {
			hand, err := s.session.worker()
			if err != nil {
				return protocol.Job{}, err
			}
			return hand.End(ctx, e) //nolint:wrapcheck // coded
		})
	}
}

// employ makes the session a worker, or changes what it offers. Its work lane does one thing at a time.
func (s *session) employ(ctx context.Context, desk Desk, who generation.Who, offer protocol.WorkOffer) error {
	s.mu.Lock()
	hand := s.hand
	s.mu.Unlock()
	if hand != nil {
		return hand.Offer(ctx, offer) //nolint:wrapcheck // coded
	}
	hand, err := desk.Employ(ctx, who, s.id, offer, foreman{s})
	if err != nil {
		return err //nolint:wrapcheck // coded
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		hand.Dismiss()
		return protocol.Errorf(protocol.CodeUnavailable, "the session has ended")
	}
	s.hand = hand
	return nil
}

func (s *session) worker() (*generation.Hand, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hand == nil {
		return nil, protocol.Errorf(protocol.CodeConflict, "no work was offered in this session")
	}
	return s.hand, nil
}

func (s *session) dismissLocked() {
	if s.hand != nil {
		s.hand.Dismiss()
		s.hand = nil
	}
}

// foreman tells a session's socket what its worker is to do. While there is none, nothing is told: who comes back is told all
// that it has, and hears of what it lost when it reports.
type foreman struct{ to *session }

// Work implements [generation.Deliver].
func (e foreman) Work(w protocol.Work) { e.tell(protocol.Message(protocol.TypeWork, &w)) }

// Stop implements [generation.Deliver].
func (e foreman) Stop(ref protocol.WorkRef) { e.tell(protocol.Message(protocol.TypeWorkStop, &ref)) }

func (e foreman) tell(f *protocol.Frame) {
	e.to.mu.Lock()
	defer e.to.mu.Unlock()
	if e.to.live != nil {
		e.to.live.out.Ordered(f)
	}
}
