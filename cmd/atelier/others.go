package main

import (
	"context"
	"fmt"

	"atelier/hub"
	"atelier/hub/fanout/redisbus"
	"atelier/protocol"
)

// meetOthers takes the place of this instance among those over one database, and connects it with them.
func (s *server) meetOthers(ctx context.Context) (err error) {
	if s.leases == nil {
		return nil
	}
	s.instance = protocol.NewID()
	if s.slot, err = keepSlot(ctx, s.leases, s.instance, s.log); err != nil {
		return fmt.Errorf("take a slot: %w", err)
	}
	if s.cfg.Redis == "" {
		return s.slot.alone(ctx)
	}
	redisbus.Quieten(s.log)
	bus, err := redisbus.Open(redisbus.Options{URL: s.cfg.Redis, Metrics: s.figures.Fanout(), Log: s.log}) //nolint:contextcheck // it lives until close
	if err != nil {
		return fmt.Errorf("--redis: %w", err)
	}
	s.bus, s.limiter = bus, bus.Limiter()
	s.others = hub.NewOthers(s.bus, s.instance, s.log)
	return nil
}

// worker is what the built-in workers of this instance are called among those of all.
func (s *server) worker() string {
	if s.instance == "" {
		return "built-in"
	}
	return "built-in@" + s.instance
}
