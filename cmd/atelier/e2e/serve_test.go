package e2e

import (
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/client"
)

func TestTheOwnerLinkIsPrintedAtTheFirstStartAndMakesAnOwner(t *testing.T) {
	data := t.TempDir()
	server, addr := serve(t, data)
	token := server.waitFor(`(?m)^owner link \(.*\): http://\S+/join#(\S+)$`)
	api, err := client.NewAPI("http://"+addr, client.Identity{}, nil)
	require.NoError(t, err)
	got, err := api.AcceptInvite(soon(t), token, "Olga")
	require.NoError(t, err)
	require.EqualValues(t, "owner", got.Role)
	secret, err := api.CreateKey(soon(t), client.NewKey{Name: "Robot", Role: "editor"})
	require.NoError(t, err)

	require.NoError(t, server.stop(), "SIGTERM drains and ends without an error")
	again, addr := serve(t, data)
	require.NotContains(t, again.output(), "owner link")
	bot, err := client.NewAPI("http://"+addr, client.Identity{Key: secret}, nil)
	require.NoError(t, err)
	_, err = bot.Rooms(soon(t))
	require.NoError(t, err, "keys hold over a restart")

	info, err := os.Stat(filepath.Join(data, "secret"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

func TestASecondServerOnTheSameFolderIsRefused(t *testing.T) {
	data := t.TempDir()
	serve(t, data)
	out, err := exec.CommandContext(t.Context(), binary, "serve", "--listen=127.0.0.1:0", "--admin=", "--data="+data).CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(out), "is used by another")
}

func TestKeysMadeInTheShellOpenTheRunningServer(t *testing.T) {
	data := t.TempDir()
	_, addr := serve(t, data)
	secret, err := exec.CommandContext(t.Context(), binary, "token", "key", "--data="+data, "--name=Robot", "--role=editor", "--quiet").Output()
	require.NoError(t, err)
	bot, err := client.NewAPI("http://"+addr, client.Identity{Key: string(secret[:len(secret)-1])}, nil)
	require.NoError(t, err)
	room, err := bot.CreateRoom(soon(t), "Robot's room")
	require.NoError(t, err)
	require.NotEmpty(t, room.ID)
}

func TestTheStormFindsNothingMissing(t *testing.T) {
	_, addr := serve(t, t.TempDir())
	for _, args := range [][]string{
		{"cursors", "--rooms=2", "--members=10", "--hz=20"},
		{"joins", "--rooms=4", "--members=10"},
		{"herd", "--rooms=4", "--members=10"},
		{"edits", "--rooms=2", "--members=5"},
	} {
		args = append([]string{"storm", args[0], "--url=http://" + addr, "--seconds=1"}, args[1:]...)
		out, err := exec.CommandContext(t.Context(), binary, args...).CombinedOutput()
		require.NoError(t, err, "%s", out)
		t.Logf("%s", out)
	}
}

func TestOperatorsSeeHealthAndFigures(t *testing.T) {
	server := run(t, "serve", "--listen=127.0.0.1:0", "--admin=127.0.0.1:0", "--data="+t.TempDir())
	public := "http://" + server.waitFor(`(?m)^atelier is at http://(\S+)$`)
	admin := server.waitFor(`(?m)^metrics and health at (\S+)$`)
	api := guest(t, public, "Ana")
	enter(t, public, newRoom(t, api), api)
	require.Contains(t, get(t, admin+"/metrics"), "atelier_")
	require.Contains(t, get(t, admin+"/readyz"), "ready")
	require.Contains(t, get(t, public+"/healthz"), "ok")
}

func TestAnAdminAddressThatWasAskedForMustBeFree(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close() //nolint:errcheck // a test's
	server := run(t, "serve", "--listen=127.0.0.1:0", "--admin="+taken.Addr().String(), "--data="+t.TempDir())
	<-server.done
	require.Error(t, server.err)
	require.Contains(t, server.output(), "--admin")
}

func get(t *testing.T, url string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(soon(t), http.MethodGet, url, http.NoBody)
	require.NoError(t, err)
	res, err := (&http.Client{Timeout: patience}).Do(req)
	require.NoError(t, err)
	defer res.Body.Close() //nolint:errcheck // read to its end
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, res.StatusCode, "%s", body)
	return string(body)
}
