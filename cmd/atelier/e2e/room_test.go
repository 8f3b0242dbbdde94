package e2e

import (
	"image"
	_ "image/png" // what the sketch provider makes
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/client"
	"atelier/protocol"
)

func TestTwoPeopleAndABotSeeEachOtherAndThePictureArrivesForAll(t *testing.T) {
	_, addr := serve(t, t.TempDir())
	url := "http://" + addr
	ana := guest(t, url, "Ana")
	id := newRoom(t, ana)
	anas := enter(t, url, id, ana)
	robot := run(t, "bot", "--url="+url, "--room="+id, "--name=Imago")
	until(t, anas, "the bot watches", func() bool { return statusOf(anas, "Imago") != "" })

	ben := guest(t, url, "Ben")
	events := client.NewSubscription()
	bens := enterListening(t, url, id, ben, events)
	greeted := func() bool {
		for {
			e, err := events.Next(soon(t))
			require.NoError(t, err)
			if n, ok := e.(client.Notice); ok && n.Notice.Topic == "greeting" {
				return true
			}
		}
	}
	require.True(t, greeted())

	anas.MoveCursor(12, 34)
	until(t, bens, "Ben sees Ana's cursor", func() bool {
		m := bens.Members()[anas.Self().M]
		return m.HasCursor && m.X == 12 && m.Y == 34
	})

	note, writes := client.Create(protocol.KindNote, map[string]protocol.Value{
		"x": protocol.Int(10), "y": protocol.Int(20), "w": protocol.Int(200), "h": protocol.Int(100),
		"text": protocol.String("/imagine a lighthouse in a storm at night"),
	})
	_, err := anas.Change(soon(t), writes...)
	require.NoError(t, err)
	picture := awaitPicture(t, bens, note)
	require.Greater(t, picture.Number("x"), 10.0+200, "beside the note")
	body, size, err := ben.Asset(soon(t), picture.Text("asset"))
	require.NoError(t, err)
	defer body.Close() //nolint:errcheck // read
	shape, format, err := image.DecodeConfig(body)
	require.NoError(t, err)
	require.Equal(t, "png", format)
	require.Positive(t, shape.Width)
	require.Positive(t, size)
	agree(t, anas, bens)

	// A bot that comes back answers nothing twice.
	require.NoError(t, robot.stop())
	run(t, "bot", "--url="+url, "--room="+id, "--name=Imago again")
	until(t, anas, "the bot is back", func() bool { return statusOf(anas, "Imago again") != "" })
	require.Len(t, anas.Jobs(), 1)
}

func statusOf(r *client.Room, name string) string {
	for _, m := range r.Members() {
		if m.Name == name {
			s, _ := m.Presence["status"].(string)
			return s
		}
	}
	return ""
}

// awaitPicture waits for the note's job, and for its picture on the canvas of r.
func awaitPicture(t *testing.T, r *client.Room, note string) client.Record {
	t.Helper()
	until(t, r, "the note names its job", func() bool {
		rec, _ := r.Record(note)
		return rec.Text("job") != ""
	})
	rec, _ := r.Record(note)
	job, err := r.AwaitJob(soon(t), rec.Text("job"))
	require.NoError(t, err)
	require.Equal(t, protocol.JobSucceeded, job.State, "%v", job.Error)
	require.Len(t, job.Results, 1)
	until(t, r, "the picture is on the canvas", func() bool { _, ok := r.Record(job.Results[0].Record); return ok })
	picture, _ := r.Record(job.Results[0].Record)
	require.Equal(t, protocol.KindImage, picture.Kind)
	require.Equal(t, job.Results[0].Asset, picture.Text("asset"))
	return picture
}
