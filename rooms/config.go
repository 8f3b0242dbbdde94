package rooms

import (
	"errors"
	"log/slog"
	"time"

	"atelier/protocol"
)

// Errors of rooms.
var (
	// ErrRoomClosed is returned by a room that was unloaded; ask the registry again.
	ErrRoomClosed = errors.New("room is closed")
	// ErrNotMember is returned for a member number that is not in the room.
	ErrNotMember = errors.New("not a member of the room")
)

// Config of all rooms of a registry. The zero value of a field means its default.
type Config struct {
	Limits       protocol.Limits
	Tick         time.Duration // least time between two latest-wins frames; 20 ms
	LargeTick    time.Duration // the same in rooms of more than largeRoom members; 50 ms
	IdleUnload   time.Duration // an empty room is unloaded after it; 1 minute
	CommitWait   time.Duration // a change that waited longer to be judged gets UNAVAILABLE; 5 s
	PendingBytes int           // changes that wait beyond it get UNAVAILABLE; 8 MiB
	Slot         uint32        // of this instance, 0–63: the high bits of its members' numbers
	Bus          Bus           // to the other instances; nil: there are none
	Feed         Feed          // of job messages; nil has none
	Metrics      Metrics       // nil counts nothing
	Log          *slog.Logger  // nil is slog.Default
	Now          func() time.Time
}

const (
	largeRoom   = 250
	tailRows    = 2048    // newest rows kept in memory for resumes and retries
	tailBytes   = 2 << 20 // and at most so many bytes of writes
	batchRows   = 1024    // most changes of one commit
	slotBits    = 6
	counterBits = 32 - slotBits
)

func (c Config) withDefaults() Config {
	if c.Limits == (protocol.Limits{}) {
		c.Limits = protocol.DefaultLimits()
	}
	for _, d := range []struct {
		field *time.Duration
		value time.Duration
	}{
		{&c.Tick, 20 * time.Millisecond},
		{&c.LargeTick, 50 * time.Millisecond},
		{&c.IdleUnload, time.Minute},
		{&c.CommitWait, 5 * time.Second},
	} {
		if *d.field == 0 {
			*d.field = d.value
		}
	}
	if c.PendingBytes == 0 {
		c.PendingBytes = 8 << 20
	}
	if c.Metrics == nil {
		c.Metrics = noMetrics{}
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

// Metrics counts what rooms do. Methods are called from actors and must not block.
type Metrics interface {
	RoomLoaded(took time.Duration, records int)
	RoomUnloaded()
	Committed(changes int, took time.Duration)
	Refused(code protocol.Code)
	Ticked(members, bytes int)
}

type noMetrics struct{}

func (noMetrics) RoomLoaded(time.Duration, int) {}
func (noMetrics) RoomUnloaded()                 {}
func (noMetrics) Committed(int, time.Duration)  {}
func (noMetrics) Refused(protocol.Code)         {}
func (noMetrics) Ticked(int, int)               {}
