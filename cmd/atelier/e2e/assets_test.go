package e2e

import (
	"bytes"
	"image"
	"image/png"
	"io"
	"math/rand/v2"
	"net/http"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/client"
	"atelier/internal/testservers"
)

func TestAssetsAreKeptOnAStore(t *testing.T) {
	store := testservers.S3(t)
	t.Setenv("AWS_ACCESS_KEY_ID", testservers.S3Key)
	t.Setenv("AWS_SECRET_ACCESS_KEY", testservers.S3Secret)
	where := "--assets=" + store.URL("assets", store.Addr())
	data := t.TempDir()
	server, addr := serve(t, data, where)
	olga := ownerOf(t, server, "http://"+addr)
	picture := noisyPicture(t)
	asset, err := olga.PutAsset(soon(t), bytes.NewReader(picture), int64(len(picture)))
	require.NoError(t, err)
	require.FileExists(t, store.File("assets/"+asset.ID[:2]+"/"+asset.ID))
	requireAsset(t, olga, asset.ID, picture)
	secret, err := olga.CreateKey(soon(t), client.NewKey{Name: "Robot", Role: "editor"})
	require.NoError(t, err)
	require.NoError(t, server.stop())

	_, addr = serve(t, data, where, "--assets-redirect")
	olga, err = client.NewAPI("http://"+addr, client.Identity{Cookie: olga.Cookie()}, nil)
	require.NoError(t, err)
	requireAsset(t, olga, asset.ID, picture)
	requireSentOn(t, "http://"+addr+"/v1/assets/"+asset.ID, olga.Cookie(), picture)
	robot, err := client.NewAPI("http://"+addr, client.Identity{Key: secret}, nil)
	require.NoError(t, err)
	requireAsset(t, robot, asset.ID, picture)
}

func TestAServerDoesNotStartWithTheWrongCredentialsOfAStore(t *testing.T) {
	store := testservers.S3(t)
	t.Setenv("AWS_ACCESS_KEY_ID", testservers.S3Key)
	t.Setenv("AWS_SECRET_ACCESS_KEY", "another")
	out, err := exec.CommandContext(t.Context(), binary, "serve", "--listen=127.0.0.1:0", "--admin=", "--data="+t.TempDir(),
		"--voice-udp=off", "--assets="+store.URL("", store.Addr())).CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(out), "--assets: open the assets in bucket assets at "+store.Addr()+": SignatureDoesNotMatch")
	require.NotContains(t, string(out), "another")
}

func noisyPicture(t *testing.T) []byte {
	t.Helper()
	picture := image.NewGray(image.Rect(0, 0, 800, 800))
	_, _ = rand.NewChaCha8([32]byte{}).Read(picture.Pix)
	var out bytes.Buffer
	require.NoError(t, png.Encode(&out, picture))
	return out.Bytes()
}

func requireAsset(t *testing.T, api *client.API, id string, want []byte) {
	t.Helper()
	body, size, err := api.Asset(soon(t), id)
	require.NoError(t, err)
	require.EqualValues(t, len(want), size)
	got, err := io.ReadAll(body)
	require.NoError(t, err)
	require.NoError(t, body.Close())
	require.True(t, bytes.Equal(want, got))
}

// requireSentOn asks as a page does for what it shows, and follows.
func requireSentOn(t *testing.T, address, cookie string, want []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(soon(t), http.MethodGet, address, http.NoBody)
	require.NoError(t, err)
	req.Header.Set("Sec-Fetch-Mode", "no-cors")
	req.AddCookie(&http.Cookie{Name: "atelier", Value: cookie})
	res, err := http.DefaultTransport.RoundTrip(req)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.Equal(t, http.StatusTemporaryRedirect, res.StatusCode)
	req.URL, err = res.Location()
	require.NoError(t, err)
	req.Host = ""
	res, err = http.DefaultTransport.RoundTrip(req)
	require.NoError(t, err)
	got, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.Equal(t, http.StatusOK, res.StatusCode, "%s", got)
	require.True(t, bytes.Equal(want, got))
}
