package fanout_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"atelier/hub/fanout"
	"atelier/hub/fanout/fanouttest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestTheExchangeIsATransport(t *testing.T) {
	exchanges := make(map[testing.TB]*fanout.Exchange)
	fanouttest.Run(t, func(t *testing.T) fanout.Transport {
		t.Helper()
		if exchanges[t] == nil {
			exchanges[t] = fanout.NewExchange()
		}
		return exchanges[t].Transport()
	})
}

func TestWhoWasCutIsToldSo(t *testing.T) {
	x := fanout.NewExchange()
	a, b := x.Transport(), x.Transport()
	e := fanouttest.NewEar()
	defer b.Subscribe("x", e)()
	e.Listens(t, 1)
	_, changed := b.Health()
	b.Cut()
	<-changed
	state, _ := b.Health()
	require.Equal(t, fanout.Degraded, state)
	a.Publish("x", []byte("in vain"))
	b.Mend()
	e.Listens(t, 2)
	a.Publish("x", []byte("again"))
	e.Hears(t, "again")
	require.Len(t, e.Heard(), 1)
	require.NoError(t, a.Close(t.Context()))
	require.NoError(t, b.Close(t.Context()))
}
