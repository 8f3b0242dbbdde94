package spoken

// field is a set of fields of a [Command].
type field uint16

const (
	fOf field = 1 << iota
	fKind
	fTransform
	fPrompt
	fCount
	fShape
	fText
	fName
	fTo
	fMember
	fBranch
	fJob
	fTimes
	fStars
	fPanel
)

// form is what a command looks like.
type form struct {
	needs   field
	may     field
	of      records
	confirm bool
}

// records says of which records a command may be.
type records struct {
	one  bool
	fits func(Item) bool // nil: any
}

// form finds the form of what is to be done.
func (d Do) form() (f form, ok bool) {
	file := records{fits: hasFile}
	theFile := records{one: true, fits: hasFile}
	switch d {
	case Generate:
		return form{needs: fKind | fPrompt | fCount, may: fShape}, true
	case Run:
		return form{needs: fOf, of: records{fits: isPrompt}}, true
	case Remix:
		return form{needs: fOf | fTransform | fCount, may: fPrompt, of: file}, true
	case Download:
		return form{needs: fOf, of: file}, true
	case Open:
		return form{needs: fOf, of: records{one: true, fits: isMedia}}, true
	case Lineage, Pick:
		return form{needs: fOf, of: theFile}, true
	case Rate:
		return form{needs: fOf | fStars, of: theFile}, true
	case AddNote, AddText, AddPrompt:
		return form{may: fText}, true
	case Comment:
		return form{needs: fText, may: fOf, of: records{one: true}}, true
	case Delete:
		return form{needs: fOf, confirm: true}, true
	case Duplicate:
		return form{needs: fOf}, true
	case Select:
		return form{needs: fTo, may: fKind | fOf}, true
	case Undo, Redo:
		return form{needs: fTimes}, true
	default:
		return d.formOfPlaces()
	}
}

// formOfPlaces finds the forms of what is done with nothing on the canvas.
func (d Do) formOfPlaces() (f form, ok bool) {
	switch d {
	case Zoom:
		return form{needs: fTo, may: fMember | fOf}, true
	case Follow, MuteMember:
		return form{needs: fMember}, true
	case RemoveMember:
		return form{needs: fMember, confirm: true}, true
	case Show:
		return form{needs: fPanel}, true
	case MakeBranch:
		return form{may: fName}, true
	case GoBranch, MergeBranch, Compare:
		return form{needs: fBranch}, true
	case NameVersion:
		return form{needs: fName}, true
	case Cancel, Retry:
		return form{needs: fJob}, true
	case ClearQueue, LeaveCall:
		return form{confirm: true}, true
	case Unfollow, Hide, PauseQueue, ResumeQueue, JoinCall, Mute, Unmute, Deafen, Undeafen, StartRecording, StopRecording,
		Help, Invite, StopListening, Yes, No:
		return form{}, true
	default:
		return form{}, false
	}
}

// All lists everything that can be done.
func All() []Do {
	return []Do{
		Generate, Run, Remix, Download, Open, Lineage, Rate, Pick,
		AddNote, AddText, AddPrompt, Comment, Delete, Duplicate, Select, Undo, Redo,
		Zoom, Follow, Unfollow, Show, Hide,
		MakeBranch, GoBranch, MergeBranch, Compare, NameVersion,
		Cancel, Retry, ClearQueue, PauseQueue, ResumeQueue,
		JoinCall, LeaveCall, Mute, Unmute, Deafen, Undeafen, MuteMember, RemoveMember, StartRecording, StopRecording,
		Help, Invite, StopListening, Yes, No,
	}
}

// Values of fields.
const (
	kindImage  = "image"
	kindVideo  = "video"
	kindAudio  = "audio"
	kindText   = "text"
	kindNote   = "note"
	kindPrompt = "prompt"
	kindFrame  = "frame"

	variation  = "variation"
	edit       = "edit"
	upscale    = "upscale"
	soundtrack = "soundtrack"
	animate    = "animate"
	describe   = "describe"

	toMember  = "member"
	toRecords = "records"
	toAll     = "all"
	toNone    = "none"
	toIn      = "in"
	toOut     = "out"

	square = "square"
	wide   = "wide"
	tall   = "tall"
)

// Media lists the kinds of what can be made.
func Media() []string { return []string{kindImage, kindVideo, kindAudio, kindText} }

// Selectable lists the kinds that can be selected together.
func Selectable() []string { return append(Media(), kindNote, kindPrompt, kindFrame) }

// Transforms lists what can be made of results.
func Transforms() []string {
	return []string{variation, edit, upscale, soundtrack, animate, describe}
}

// Shapes lists those of pictures and films.
func Shapes() []string { return []string{square, wide, tall} }

// Panels lists what can be shown.
func Panels() []string {
	return []string{"queue", "inspector", "history", "comments", "people", "keys"}
}

// Ends lists where a zoom or a selection may go.
func Ends() []string { return []string{toMember, toRecords, toAll, toNone, toIn, toOut} }

func hasFile(it Item) bool  { return it.Asset != "" }
func isPrompt(it Item) bool { return it.Kind == kindPrompt }

func isMedia(it Item) bool {
	switch it.Kind {
	case kindImage, kindVideo, kindAudio, kindText:
		return true
	}
	return false
}
