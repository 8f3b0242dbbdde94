package redisbus

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// Limiter counts how often something happens over all instances, by the generic cell rate algorithm
// (https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm): one key a subject, by the clock of Redis.
type Limiter struct {
	client redis.UniversalClient
	prefix string
	take   *redis.Script
}

// gcra keeps in KEYS[1] when the subject will have had nothing. ARGV: microseconds between two at the rate, how many at once. It
// returns 0 when one was taken, else in how many microseconds to come back.
const gcra = `
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local each = tonumber(ARGV[1])
local due = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now) + each
local wait = due - tonumber(ARGV[2]) * each - now
if wait > 0 then
	return math.ceil(wait)
end
redis.call('SET', KEYS[1], string.format('%.0f', due), 'PX', math.ceil((due - now) / 1000))
return 0`

// Limiter is one over the transport's Redis.
func (t *Transport) Limiter() *Limiter {
	return &Limiter{client: t.client, prefix: t.opts.Prefix, take: redis.NewScript(gcra)}
}

// Take takes one of a subject, of whom so many may come in a second and burst at once. It returns 0 when one was taken, else
// how long to wait. An error says that Redis does not answer.
func (l *Limiter) Take(ctx context.Context, subject string, perSecond float64, burst int) (wait time.Duration, err error) {
	each := 1e6 / perSecond
	got, err := l.take.Run(ctx, l.client, []string{l.prefix + ":limit:{" + subject + "}"}, each, burst).Int64()
	if err != nil {
		return 0, fmt.Errorf("count against a limit: %w", err)
	}
	return time.Duration(got) * time.Microsecond, nil
}
