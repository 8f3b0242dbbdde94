package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strconv"
	"sync"
	"time"

	"atelier/rooms"
)

// A slot is kept for slotLife beyond the newest time that its instance asked for it, every slotEvery.
const (
	slotLife  = 15 * time.Second
	slotEvery = 5 * time.Second
	slotName  = "slot/"
)

// leaseStore has leases that all instances see.
type leaseStore interface {
	TakeLease(ctx context.Context, name, holder string, life time.Duration) (has string, token int64, err error)
	GiveLease(ctx context.Context, name, holder string) error
	Leases(ctx context.Context, prefix string) (holders map[string]string, err error)
}

// slotKeeper keeps the slot of this instance: it is in the numbers of its members, so that no two instances give the same one.
type slotKeeper struct {
	leases   leaseStore
	instance string
	log      *slog.Logger
	changed  func(slot uint32)
	stop     context.CancelFunc
	ended    sync.WaitGroup

	slot int
}

// keepSlot takes a slot and keeps it until close.
func keepSlot(ctx context.Context, leases leaseStore, instance string, log *slog.Logger) (*slotKeeper, error) {
	k := &slotKeeper{leases: leases, instance: instance, log: log, changed: func(uint32) {}}
	if err := k.take(ctx); err != nil {
		return nil, err
	}
	return k, nil
}

// take takes any slot that is free.
func (k *slotKeeper) take(ctx context.Context) error {
	first := rand.IntN(rooms.Slots) //nolint:gosec // spreads instances, keeps no secret
	for i := range rooms.Slots {
		slot := (first + i) % rooms.Slots
		has, _, err := k.leases.TakeLease(ctx, slotName+strconv.Itoa(slot), k.instance, slotLife)
		if err != nil {
			return err
		}
		if has == k.instance {
			k.slot = slot
			return nil
		}
	}
	return fmt.Errorf("there are %d instances already", rooms.Slots)
}

// alone is an error when another instance has a slot.
func (k *slotKeeper) alone(ctx context.Context) error {
	holders, err := k.leases.Leases(ctx, slotName)
	if err != nil {
		return err
	}
	for _, other := range holders {
		if other != k.instance {
			return errors.New("another instance uses this database: several need --redis, each of them (one that was killed is forgotten within 15 s)")
		}
	}
	return nil
}

// keep begins to keep the slot, and tells when it has become another one.
func (k *slotKeeper) keep(changed func(slot uint32)) {
	k.changed = changed
	ctx, stop := context.WithCancel(context.Background())
	k.stop = stop
	k.ended.Go(func() {
		every := time.NewTicker(slotEvery)
		defer every.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-every.C:
				k.renew(ctx)
			}
		}
	})
}

func (k *slotKeeper) renew(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, slotEvery)
	defer cancel()
	has, _, err := k.leases.TakeLease(ctx, slotName+strconv.Itoa(k.slot), k.instance, slotLife)
	if err == nil && has != k.instance { // this instance hung, or could not reach the database for long
		k.log.WarnContext(ctx, "the slot of this instance was taken by another one", "slot", k.slot)
		if err = k.take(ctx); err == nil {
			k.changed(uint32(k.slot)) //nolint:gosec // below rooms.Slots
		}
	}
	if err != nil && ctx.Err() == nil {
		k.log.WarnContext(ctx, "keep the slot of this instance", "error", err)
	}
}

// close gives the slot back.
func (k *slotKeeper) close(ctx context.Context) error {
	if k.stop != nil {
		k.stop()
	}
	k.ended.Wait()
	return k.leases.GiveLease(ctx, slotName+strconv.Itoa(k.slot), k.instance)
}
