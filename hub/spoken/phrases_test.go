package spoken_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/hub/spoken"
	"atelier/protocol"
)

// Ids of the room that phrases are about.
const (
	picture  = "00000000-0000-7000-8000-000000000001" // selected
	picture2 = "00000000-0000-7000-8000-000000000002"
	note     = "00000000-0000-7000-8000-000000000003"
	prompt   = "00000000-0000-7000-8000-000000000004"
	made     = "00000000-0000-7000-8000-000000000005" // the last result
	night    = "00000000-0000-7000-8000-00000000000a"
	summer   = "00000000-0000-7000-8000-00000000000b"
	harbour  = "00000000-0000-7000-8000-00000000000c" // queued
	lighting = "00000000-0000-7000-8000-00000000000d" // running
	lost     = "00000000-0000-7000-8000-00000000000e" // failed
)

const file = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

func image(id string) spoken.Item { return spoken.Item{ID: id, Kind: "image", Asset: file} }

// studio is a room with people, branches and jobs, in which the items are selected.
func studio(selected ...spoken.Item) spoken.Context {
	last := image(made)
	return spoken.Context{
		Selection: selected,
		Last:      &last,
		Members: []spoken.Member{
			{M: 1, Name: "Zoë"},
			{M: 3, Name: "Ana Sousa"},
			{M: 4, Name: "José"},
			{M: 5, Name: "Ben Ali"},
			{M: 6, Name: "Ben Weber"},
			{M: 7, Name: "Katharina"},
			{M: 8, Name: "李小龍"},
		},
		Self:     1,
		Branches: []spoken.Branch{{ID: night, Name: "Night"}, {ID: summer, Name: "Summer campaign"}},
		Jobs: []spoken.Job{
			{ID: harbour, State: protocol.JobQueued, Prompt: "A harbour in fog"},
			{ID: lighting, State: protocol.JobRunning, Prompt: "The lighthouse"},
			{ID: lost, State: protocol.JobFailed, Prompt: "A whale"},
		},
		InCall: true,
	}
}

func grammar(t testing.TB) *spoken.Grammar {
	t.Helper()
	g, err := spoken.NewGrammar()
	require.NoError(t, err)
	return g
}

// shortly is a command as JSON without its sentence, ids by their last digit.
func shortly(t testing.TB, cmd spoken.Command) string {
	t.Helper()
	cmd.Say = ""
	text, err := json.Marshal(cmd)
	require.NoError(t, err)
	s := strings.ReplaceAll(string(text), "00000000-0000-7000-8000-00000000000", "")
	return strings.Replace(s, `,"say":""`, "", 1)
}

// understood maps phrases to commands, each phrase a line of its own.
func understood(t *testing.T, c spoken.Context, table map[string]string) {
	t.Helper()
	g := grammar(t)
	require.NoError(t, c.Validate())
	for text, want := range table {
		for phrase := range strings.Lines(text) {
			phrase = strings.Trim(phrase, "\n\t")
			if phrase == "" {
				continue
			}
			t.Run(phrase, func(t *testing.T) {
				cmd, err := g.Parse(phrase, c)
				require.NoError(t, err)
				require.Equal(t, want, shortly(t, cmd))
				require.NotEmpty(t, cmd.Say)
			})
		}
	}
}

func TestMakingIsUnderstood(t *testing.T) {
	understood(t, studio(), map[string]string{
		`
		generate an image of a lighthouse
		Generate an image of a lighthouse.
		GENERATE AN IMAGE OF a lighthouse
		hey atelier, could you please generate a picture of a lighthouse
		um generate, uh, an image of, um, a lighthouse
		Could you make me a picture showing a lighthouse, please?
		create a visual of a lighthouse
		create for me a picture of a lighthouse thank you
		I want a picture of a lighthouse
		I would like you to generate an image of a lighthouse
		give me an image of a lighthouse
		show me a picture of a lighthouse
		draw a lighthouse
		paint me a lighthouse please
		imagine a lighthouse
		generate a lighthouse
		make a lighthouse
		an image of a lighthouse
		make an image: a lighthouse`: `{"do":"generate","kind":"image","prompt":"a lighthouse","count":1}`,
		`
		generate three images of foxes in the snow
		make me 3 pictures of foxes in the snow
		create three more images of foxes in the snow
		a few pictures of foxes in the snow
		some images of foxes in the snow`: `{"do":"generate","kind":"image","prompt":"foxes in the snow","count":3}`,
		`generate a couple of pictures of foxes`:           `{"do":"generate","kind":"image","prompt":"foxes","count":2}`,
		`generate eight images of foxes`:                   `{"do":"generate","kind":"image","prompt":"foxes","count":8}`,
		`generate three foxes playing chess`:               `{"do":"generate","kind":"image","prompt":"three foxes playing chess","count":1}`,
		`generate a wide image of the harbour`:             `{"do":"generate","kind":"image","prompt":"the harbour","count":1,"shape":"wide"}`,
		`make two vertical pictures of the harbour`:        `{"do":"generate","kind":"image","prompt":"the harbour","count":2,"shape":"tall"}`,
		`a square picture of the harbour`:                  `{"do":"generate","kind":"image","prompt":"the harbour","count":1,"shape":"square"}`,
		`generate an image of a tall ship`:                 `{"do":"generate","kind":"image","prompt":"a tall ship","count":1}`,
		`generate a tall ship`:                             `{"do":"generate","kind":"image","prompt":"a tall ship","count":1}`,
		`generate a black-and-white picture of Zoë's dog`:  `{"do":"generate","kind":"image","prompt":"black-and-white picture of Zoë's dog","count":1}`,
		`create a photo of Tokyo at night`:                 `{"do":"generate","kind":"image","prompt":"photo of Tokyo at night","count":1}`,
		`make a watercolour painting of an old mill`:       `{"do":"generate","kind":"image","prompt":"watercolour painting of an old mill","count":1}`,
		`generate an image for a birthday card`:            `{"do":"generate","kind":"image","prompt":"image for a birthday card","count":1}`,
		`generate an image of 夜の灯台`:                        `{"do":"generate","kind":"image","prompt":"夜の灯台","count":1}`,
		`generate an image of Ночной маяк, please`:         `{"do":"generate","kind":"image","prompt":"Ночной маяк","count":1}`,
		`generate an image of «Mont-Saint-Michel»`:         `{"do":"generate","kind":"image","prompt":"Mont-Saint-Michel","count":1}`,
		`generate an image of #1 fans, 50% of them in red`: `{"do":"generate","kind":"image","prompt":"#1 fans, 50% of them in red","count":1}`,
		`generate image lighthouse at night`:               `{"do":"generate","kind":"image","prompt":"lighthouse at night","count":1}`,
		`create a music box`:                               `{"do":"generate","kind":"image","prompt":"a music box","count":1}`,
		`generate a video of waves`:                        `{"do":"generate","kind":"video","prompt":"waves","count":1}`,
		`make a short clip of waves`:                       `{"do":"generate","kind":"video","prompt":"short clip of waves","count":1}`,
		`make a movie about a robot`:                       `{"do":"generate","kind":"video","prompt":"a robot","count":1}`,
		`film a sunset`:                                    `{"do":"generate","kind":"video","prompt":"a sunset","count":1}`,
		`generate calm piano music`:                        `{"do":"generate","kind":"audio","prompt":"calm piano music","count":1}`,
		`make some music for a rainy day`:                  `{"do":"generate","kind":"audio","prompt":"music for a rainy day","count":1}`,
		`generate the sound of rain`:                       `{"do":"generate","kind":"audio","prompt":"rain","count":1}`,
		`compose a waltz`:                                  `{"do":"generate","kind":"audio","prompt":"a waltz","count":1}`,
		`create a song about the sea`:                      `{"do":"generate","kind":"audio","prompt":"song about the sea","count":1}`,
		`write a poem about the sea`:                       `{"do":"generate","kind":"text","prompt":"poem about the sea","count":1}`,
		`write a text about the sea`:                       `{"do":"generate","kind":"text","prompt":"the sea","count":1}`,
		`write three slogans for a bakery`:                 `{"do":"generate","kind":"text","prompt":"slogans for a bakery","count":3}`,
	})
}

func TestRemixingIsUnderstood(t *testing.T) {
	understood(t, studio(image(picture)), map[string]string{
		`
		make it darker
		Make this darker, please.
		make the image darker
		make this picture darker
		it should be darker
		could you make it darker?`: `{"do":"remix","of":["1"],"transform":"edit","prompt":"darker","count":1}`,
		`
		darker`: `{"do":"remix","of":["1"],"transform":"edit","prompt":"darker","count":1}`,
		`make it look like an oil painting`:   `{"do":"remix","of":["1"],"transform":"edit","prompt":"like an oil painting","count":1}`,
		`turn it into a watercolor`:           `{"do":"remix","of":["1"],"transform":"edit","prompt":"a watercolor","count":1}`,
		`add a red boat to it`:                `{"do":"remix","of":["1"],"transform":"edit","prompt":"add a red boat","count":1}`,
		`add a red boat`:                      `{"do":"remix","of":["1"],"transform":"edit","prompt":"add a red boat","count":1}`,
		`remove the people from this picture`: `{"do":"remix","of":["1"],"transform":"edit","prompt":"remove the people","count":1}`,
		`remove the background please`:        `{"do":"remix","of":["1"],"transform":"edit","prompt":"remove the background","count":1}`,
		`change the sky to purple`:            `{"do":"remix","of":["1"],"transform":"edit","prompt":"change the sky to purple","count":1}`,
		`make the sky purple`:                 `{"do":"remix","of":["1"],"transform":"edit","prompt":"make the sky purple","count":1}`,
		`give it a hat`:                       `{"do":"remix","of":["1"],"transform":"edit","prompt":"give it a hat","count":1}`,
		`put a cat on the roof`:               `{"do":"remix","of":["1"],"transform":"edit","prompt":"put a cat on the roof","count":1}`,
		`turn it upside down`:                 `{"do":"remix","of":["1"],"transform":"edit","prompt":"turn it upside down","count":1}`,
		`the same but in winter`:              `{"do":"remix","of":["1"],"transform":"variation","prompt":"in winter","count":1}`,
		`describe the image in detail`:        `{"do":"remix","of":["1"],"transform":"describe","prompt":"in detail","count":1}`,
		`more contrast`:                       `{"do":"remix","of":["1"],"transform":"edit","prompt":"more contrast","count":1}`,
		`blur it`:                             `{"do":"remix","of":["1"],"transform":"edit","prompt":"blur it","count":1}`,
		`make the last result darker`:         `{"do":"remix","of":["5"],"transform":"edit","prompt":"darker","count":1}`,
		`
		remix this
		vary it
		make a variation of this
		another one
		another one like this
		one more
		more, please
		again
		do it again
		something like this`: `{"do":"remix","of":["1"],"transform":"variation","count":1}`,
		`
		three variations
		make three variations of this
		give me three versions of it
		three more
		three more like this`: `{"do":"remix","of":["1"],"transform":"variation","count":3}`,
		`remix this with more fog`: `{"do":"remix","of":["1"],"transform":"variation","prompt":"more fog","count":1}`,
		`
		upscale this
		enlarge it
		make it bigger
		make the picture higher resolution
		increase the resolution`: `{"do":"remix","of":["1"],"transform":"upscale","count":1}`,
		`
		animate this
		make it move
		make a video of this
		turn this into a movie
		bring it to life`: `{"do":"remix","of":["1"],"transform":"animate","count":1}`,
		`animate it with slow waves`: `{"do":"remix","of":["1"],"transform":"animate","prompt":"slow waves","count":1}`,
		`
		make a soundtrack for this
		add music to this
		give it some music
		compose a song for this picture`: `{"do":"remix","of":["1"],"transform":"soundtrack","count":1}`,
		`add calm piano music to this`: `{"do":"remix","of":["1"],"transform":"soundtrack","prompt":"calm piano","count":1}`,
		`
		describe this
		what is this
		what's in this picture?
		tell me about it`: `{"do":"remix","of":["1"],"transform":"describe","count":1}`,
	})
}

func TestThisIsWhatIsSelectedOrElseTheLastResult(t *testing.T) {
	understood(t, studio(), map[string]string{
		`make it darker`: `{"do":"remix","of":["5"],"transform":"edit","prompt":"darker","count":1}`,
		`
		download this
		download it
		save the last image
		download`: `{"do":"download","of":["5"]}`,
	})
	understood(t, studio(spoken.Item{ID: note, Kind: "note"}), map[string]string{
		`make it darker`: `{"do":"remix","of":["5"],"transform":"edit","prompt":"darker","count":1}`,
		`delete this`:    `{"do":"delete","of":["3"],"confirm":true}`,
	})
	understood(t, studio(image(picture), image(picture2), spoken.Item{ID: note, Kind: "note"}, spoken.Item{ID: prompt, Kind: "prompt"}), map[string]string{
		`
		download these
		save both images
		download the two pictures
		download the selected images`: `{"do":"download","of":["1","2"]}`,
		`
		delete this note
		get rid of the note`: `{"do":"delete","of":["3"],"confirm":true}`,
		`
		delete the selection
		delete all of these`: `{"do":"delete","of":["1","2","3","4"],"confirm":true}`,
		`
		run this prompt
		run it
		generate this
		generate`: `{"do":"run","of":["4"]}`,
		`make these darker`:       `{"do":"remix","of":["1","2"],"transform":"edit","prompt":"darker","count":1}`,
		`zoom to the selection`:   `{"do":"zoom","of":["1","2","3","4"],"to":"records"}`,
		`zoom to the last result`: `{"do":"zoom","of":["5"],"to":"records"}`,
	})
}

func TestResultsAreHandled(t *testing.T) {
	understood(t, studio(image(picture)), map[string]string{
		`
		download this
		save this picture
		export it as a file
		download this image to my computer`: `{"do":"download","of":["1"]}`,
		`
		open this
		show me this image
		view it full screen
		play it`: `{"do":"open","of":["1"]}`,
		`
		where does this come from
		show the lineage
		how was this made?`: `{"do":"lineage","of":["1"]}`,
		`
		rate this four stars
		give it 4 stars
		four stars
		rate it 4 out of five`: `{"do":"rate","of":["1"],"stars":4}`,
		`remove my rating`: `{"do":"rate","of":["1"],"stars":0}`,
		`
		pick this
		this is the winner
		choose it as my favourite
		make it the winner`: `{"do":"pick","of":["1"]}`,
	})
}
