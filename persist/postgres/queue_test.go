package postgres

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/generation"
)

// What the queue asks by can be taken back and made again, with the jobs there.
func TestTheQueuesFunctionsGoAndComeBack(t *testing.T) {
	t.Parallel()
	db := instances(t, 1, Options{})[0]
	furnish(t, db, "one")
	url := db.conns.Config().ConnString()
	withoutQueue(t, url)
	_, err := db.Claim(t.Context(), fakes("w"), time.Minute, generation.Caps{})
	require.ErrorContains(t, err, "queue_claim")
	require.NoError(t, MigrateUp(t.Context(), url))
	l, err := db.Claim(t.Context(), fakes("w"), time.Minute, generation.Caps{})
	require.NoError(t, err)
	require.NotNil(t, l)
}
