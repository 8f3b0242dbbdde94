package storm

import (
	"fmt"
	"log/slog"
	"time"
)

// Options of a storm.
type Options struct {
	URL       string        // of the server; guests must be allowed there
	Rooms     int           // how many rooms
	Members   int           // in each
	Hz        float64       // positions or changes of each member in a second
	Duration  time.Duration // of the load
	ServerPID int           // whose cost to measure; 0 measures none
	PerUser   int           // sockets of one guest
	Deaf      int           // further members of each room that never read; cursor storms only
	Talk      int           // members of each room who talk; voice storms only
	Admin     string        // address of the server's admin listener, to count its goroutines; "" counts none
	Quiet     time.Duration // how long the last positions may take; 0 is 5 s
	Log       *slog.Logger
}

// Validate names what cannot be.
func (o Options) Validate() error {
	switch {
	case o.URL == "":
		return fmt.Errorf("storm: no server address")
	case o.Rooms < 1 || o.Members < 1:
		return fmt.Errorf("storm: %d rooms of %d members", o.Rooms, o.Members)
	case o.Hz <= 0:
		return fmt.Errorf("storm: %v Hz", o.Hz)
	case o.Duration <= 0:
		return fmt.Errorf("storm: a load of %s", o.Duration)
	case o.Deaf < 0:
		return fmt.Errorf("storm: %d deaf members", o.Deaf)
	case o.PerUser < 1:
		return fmt.Errorf("storm: %d sockets a user", o.PerUser)
	}
	return nil
}

func (o Options) quiet() time.Duration {
	if o.Quiet == 0 {
		return 5 * time.Second
	}
	return o.Quiet
}

func (o Options) sockets() int { return o.Rooms * o.Members }
