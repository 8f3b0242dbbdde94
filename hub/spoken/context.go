package spoken

import (
	"slices"
	"strconv"
	"unicode/utf8"

	"atelier/protocol"
)

// Context is what somebody may mean who says “this”, or a name. The page of who speaks tells it.
type Context struct {
	Selection []Item   `json:"selection,omitempty"` // as it was selected
	Last      *Item    `json:"last,omitempty"`      // the newest result of who speaks
	Members   []Member `json:"members,omitempty"`
	Self      uint32   `json:"self,omitempty"` // the member who speaks
	Branches  []Branch `json:"branches,omitempty"`
	Branch    string   `json:"branch,omitempty"`  // the one that is shown; none is main
	Jobs      []Job    `json:"jobs,omitempty"`    // of who speaks, the newest first
	InCall    bool     `json:"in_call,omitempty"` //
	Asked     bool     `json:"asked,omitempty"`   // the page waits for a yes or no
}

// Item is a record.
type Item struct {
	ID    string `json:"id"`
	Kind  string `json:"kind"`
	Asset string `json:"asset,omitempty"` // of what shows a file
}

// Member is somebody in the room.
type Member struct {
	M    uint32 `json:"m"`
	Name string `json:"name"`
}

// Branch is one that is open.
type Branch struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Job is one that may be cancelled or asked for again.
type Job struct {
	ID     string            `json:"id"`
	State  protocol.JobState `json:"state"`
	Prompt string            `json:"prompt,omitempty"`
}

// Bounds of a context.
const (
	mostItems    = 256
	mostMembers  = 500
	mostBranches = 200
	mostJobs     = 100
	mostLabel    = 200 // characters of a name
	mostPrompt   = 500 // characters of a job's prompt
	assetDigits  = 64
)

// Validate names what a context must not be; INVALID_INPUT.
func (c *Context) Validate() error {
	items := c.Selection
	if c.Last != nil {
		items = append(slices.Clip(items), *c.Last)
	}
	for _, bound := range []struct {
		of   string
		have int
		most int
	}{
		{"selection", len(c.Selection), mostItems},
		{"members", len(c.Members), mostMembers},
		{"branches", len(c.Branches), mostBranches},
		{"jobs", len(c.Jobs), mostJobs},
	} {
		if bound.have > bound.most {
			return protocol.Errorf(protocol.CodeInvalidInput, "context: %s has more than %d", bound.of, bound.most)
		}
	}
	for _, it := range items {
		if !protocol.ValidID(it.ID) || it.Kind == "" || !short(it.Kind, mostLabel) || !validAsset(it.Asset) {
			return bad("record", it.ID)
		}
	}
	return c.validateNames()
}

func (c *Context) validateNames() error {
	for _, m := range c.Members {
		if m.M == 0 || !short(m.Name, mostLabel) {
			return bad("member", strconv.FormatUint(uint64(m.M), 10))
		}
	}
	for _, b := range c.Branches {
		if !protocol.ValidID(b.ID) || !short(b.Name, mostLabel) {
			return bad("branch", b.ID)
		}
	}
	if c.Branch != "" && !protocol.ValidID(c.Branch) {
		return bad("branch", c.Branch)
	}
	for _, j := range c.Jobs {
		if !protocol.ValidID(j.ID) || !slices.Contains(jobStates(), j.State) || !short(j.Prompt, mostPrompt) {
			return bad("job", j.ID)
		}
	}
	return nil
}

func jobStates() []protocol.JobState {
	return []protocol.JobState{
		protocol.JobQueued, protocol.JobDelayed, protocol.JobAwaitingApproval, protocol.JobWaiting, protocol.JobLeased,
		protocol.JobRunning, protocol.JobSucceeded, protocol.JobFailed, protocol.JobCancelled,
	}
}

func bad(what, which string) error {
	return protocol.Errorf(protocol.CodeInvalidInput, "context: %s %q is not one", what, which)
}

func short(s string, most int) bool { return utf8.RuneCountInString(s) <= most }

func validAsset(s string) bool {
	if s == "" {
		return true
	}
	if len(s) != assetDigits {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
