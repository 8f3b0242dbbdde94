package spoken

import "atelier/protocol"

// Reason says for programs why nothing was understood.
type Reason string

// Reasons.
const (
	NotUnderstood  Reason = "not_understood" // no phrase of the grammar; the only one that the endpoint may help with
	Unfinished     Reason = "unfinished"     // something is missing, such as what a picture shall show
	NothingMeant   Reason = "nothing_meant"  // “this”, and nothing is selected or was made
	UnknownName    Reason = "unknown_name"   // nobody and nothing is called so
	Ambiguous      Reason = "ambiguous"      // several are; Candidates lists them
	NotInCall      Reason = "not_in_call"    //
	NotPossible    Reason = "not_possible"   // nobody can, such as to unmute somebody else
	TooMuch        Reason = "too_much"       // more results or repetitions than may be
	TooLong        Reason = "too_long"       // more than [MostText] characters
	NothingWasSaid Reason = "nothing_said"   // silence
)

// Doubt is the details of the error of what cannot be carried out as it was said.
type Doubt struct {
	Reason     Reason      `json:"reason"`
	Candidates []Candidate `json:"candidates,omitempty"`
	Try        []string    `json:"try,omitempty"` // phrases that are understood
}

// Candidate is one that may have been meant: a member, a branch or a job.
type Candidate struct {
	Member uint32 `json:"member,omitempty"`
	Branch string `json:"branch,omitempty"`
	Job    string `json:"job,omitempty"`
	Name   string `json:"name"`
}

// doubt is INVALID_INPUT with its reason.
func doubt(reason Reason, format string, args ...any) *protocol.Error {
	return protocol.Errorf(protocol.CodeInvalidInput, format, args...).With(Doubt{Reason: reason})
}

// ReasonOf is the reason of a doubt, "" of any other error.
func ReasonOf(err error) Reason {
	if err == nil {
		return ""
	}
	if d, ok := protocol.AsError(err).Details.(Doubt); ok {
		return d.Reason
	}
	return ""
}
