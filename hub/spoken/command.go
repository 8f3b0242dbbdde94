package spoken

// Do names what is to be done.
type Do string

// What can be said. Which fields of a [Command] belong to which is in the table of [form].
const (
	Generate Do = "generate" // something new of words
	Run      Do = "run"      // what prompt records ask for
	Remix    Do = "remix"    // something of results
	Download Do = "download" //
	Open     Do = "open"     // show a record large
	Lineage  Do = "lineage"  // what a result was made from
	Rate     Do = "rate"     // a result, with stars
	Pick     Do = "pick"     // a result as the winner of its job

	AddNote   Do = "add_note"
	AddText   Do = "add_text"
	AddPrompt Do = "add_prompt"
	Comment   Do = "comment"
	Delete    Do = "delete"
	Duplicate Do = "duplicate"
	Select    Do = "select"
	Undo      Do = "undo"
	Redo      Do = "redo"

	Zoom     Do = "zoom"
	Follow   Do = "follow"
	Unfollow Do = "unfollow"
	Show     Do = "show" // a panel
	Hide     Do = "hide" // the panel

	MakeBranch  Do = "make_branch"
	GoBranch    Do = "go_branch"
	MergeBranch Do = "merge_branch"
	Compare     Do = "compare" // a branch with main
	NameVersion Do = "name_version"

	Cancel      Do = "cancel"
	Retry       Do = "retry"
	ClearQueue  Do = "clear_queue"
	PauseQueue  Do = "pause_queue"
	ResumeQueue Do = "resume_queue"

	JoinCall       Do = "join_call"
	LeaveCall      Do = "leave_call"
	Mute           Do = "mute"
	Unmute         Do = "unmute"
	Deafen         Do = "deafen"
	Undeafen       Do = "undeafen"
	MuteMember     Do = "mute_member"
	RemoveMember   Do = "remove_member" // from the call
	StartRecording Do = "start_recording"
	StopRecording  Do = "stop_recording"

	Help          Do = "help"
	Invite        Do = "invite"
	StopListening Do = "stop_listening"
	Yes           Do = "yes" // to what the page asked
	No            Do = "no"
)

// Command is what was understood. It names records, members, branches and jobs of the [Context] only, and has the fields
// that belong to its Do and no others. [Context.Complete] sees to both.
type Command struct {
	Do        Do       `json:"do"`
	Of        []string `json:"of,omitempty"`        // record ids
	Kind      string   `json:"kind,omitempty"`      // image, video, audio or text; for select also note, prompt or frame
	Transform string   `json:"transform,omitempty"` // variation, edit, upscale, soundtrack, animate or describe
	Prompt    string   `json:"prompt,omitempty"`    // in the words of who spoke
	Count     int      `json:"count,omitempty"`     // results wanted, 1 to [MostResults]
	Shape     string   `json:"shape,omitempty"`     // square, wide or tall; none is the usual one
	Text      string   `json:"text,omitempty"`      // of a note, text, prompt or comment
	Name      string   `json:"name,omitempty"`      // of a branch or version
	To        string   `json:"to,omitempty"`        // zoom: member, records, all, in, out; select: all, none, records
	Member    uint32   `json:"member,omitempty"`    //
	Branch    string   `json:"branch,omitempty"`    // an id, or main
	Job       string   `json:"job,omitempty"`       //
	Times     int      `json:"times,omitempty"`     // 1 to [MostTimes]
	Stars     *int     `json:"stars,omitempty"`     // 0 to 5; 0 takes the rating back
	Panel     string   `json:"panel,omitempty"`     // queue, inspector, history, comments, people or keys

	Say     string `json:"say"`               // one short sentence to speak or show; a question where Confirm is set
	Confirm bool   `json:"confirm,omitempty"` // ask first: it destroys, or ends something
	Guessed bool   `json:"guessed,omitempty"` // understood by the endpoint, not by the grammar
}

// Bounds of commands.
const (
	MostResults = 8
	MostTimes   = 20
	MostStars   = 5
	MostText    = 500 // characters of what was said, and so of everything taken from it
	MostName    = 100 // characters of the name of a branch or version
)

// Main is the branch that is none.
const Main = "main"
