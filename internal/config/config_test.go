package config_test

import (
	"flag"
	"os"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/require"

	"atelier/internal/config"
	"atelier/protocol"
)

var update = flag.Bool("update", false, "write docs/configuration.md anew")

const page = "../../docs/configuration.md"

func parse(t *testing.T, args ...string) (config.Config, error) {
	t.Helper()
	var c config.Config
	p, err := kong.New(&c, kong.Exit(func(int) {}))
	require.NoError(t, err)
	_, err = p.Parse(args)
	return c, err
}

func TestTheReferenceIsWrittenFromTheFlags(t *testing.T) {
	want, err := config.Reference()
	require.NoError(t, err)
	if *update {
		require.NoError(t, os.WriteFile(page, []byte(want), 0o644))
	}
	have, err := os.ReadFile(page)
	require.NoError(t, err)
	require.Equal(t, want, string(have), "docs/configuration.md is stale: make generate")
}

func TestDefaultsAreValidAndThoseOfTheProtocol(t *testing.T) {
	c, err := parse(t)
	require.NoError(t, err)
	require.Equal(t, protocol.DefaultLimits(), c.Limits.Protocol())
	require.Equal(t, config.DefaultAdmin, c.Admin)
	require.True(t, c.GuestsAllowed())
}

func TestTheFlagWinsOverTheEnvironment(t *testing.T) {
	t.Setenv("ATELIER_WORKERS", "5")
	c, err := parse(t)
	require.NoError(t, err)
	require.Equal(t, 5, c.Workers)
	c, err = parse(t, "--workers=7")
	require.NoError(t, err)
	require.Equal(t, 7, c.Workers)
}

func TestWhatCannotBeIsNamed(t *testing.T) {
	for name, args := range map[string][]string{
		"--listen":      {"--listen=nowhere"},
		"--admin":       {"--admin=9090"},
		"--drain":       {"--drain=-1s"},
		"--workers":     {"--workers=-1"},
		"--max-members": {"--max-members=0"},
		"--public-url":  {"--public-url=example.org"},
		"--guests":      {"--guests=perhaps"},

		"--assets":          {"--assets=https://bucket.example"},
		"--assets-redirect": {"--assets=/srv/assets", "--assets-redirect"},

		"--commands-url":   {"--commands-url=ftp://example.org", "--commands-model=small"},
		"--commands-model": {"--commands-url=https://example.org/v1"},
		"belong together":  {"--commands-model=small"},
		"--commands-key":   {"--commands-key=secret"},
	} {
		_, err := parse(t, args...)
		require.ErrorContains(t, err, name)
	}
}

func TestGuestsAreForLoopbackUnlessTheOperatorSaysOtherwise(t *testing.T) {
	for _, c := range []struct {
		listen string
		guests config.Guests
		want   bool
	}{
		{"127.0.0.1:1", config.GuestsAuto, true},
		{"[::1]:1", config.GuestsAuto, true},
		{"localhost:1", config.GuestsAuto, true},
		{":1", config.GuestsAuto, false},
		{"0.0.0.0:1", config.GuestsAuto, false},
		{"0.0.0.0:1", config.GuestsOn, true},
		{"127.0.0.1:1", config.GuestsOff, false},
	} {
		conf := config.Config{Listen: c.listen, Guests: c.guests}
		require.Equal(t, c.want, conf.GuestsAllowed(), "%s %s", c.listen, c.guests)
	}
}
