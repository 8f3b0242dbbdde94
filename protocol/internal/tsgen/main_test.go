package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestGeneratedFileIsUpToDate(t *testing.T) {
	want, err := generate("../..")
	require.NoError(t, err)
	have, err := os.ReadFile("../../../client/web/src/protocol/generated.ts")
	require.NoError(t, err)
	require.Equal(t, string(want), string(have), "stale: run go generate ./protocol")
}

func TestEveryTypedConstantIsGenerated(t *testing.T) {
	consts, err := readConstants("../..")
	require.NoError(t, err)
	for typ := range prefixes() {
		require.NotEmpty(t, consts[typ], typ)
	}
}

func TestRunWritesTheFile(t *testing.T) {
	out := filepath.Join(t.TempDir(), "generated.ts")
	require.NoError(t, run("../..", out))
	want, err := generate("../..")
	require.NoError(t, err)
	have, err := os.ReadFile(out)
	require.NoError(t, err)
	require.Equal(t, string(want), string(have))
}
