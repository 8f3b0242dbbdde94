package hub

import (
	"context"
	"slices"

	"golang.org/x/time/rate"

	"atelier/hub/spoken"
	"atelier/protocol"
)

// Interpreter understands what the grammar of commands does not. Its errors are never told; a fault is an error that is no
// [protocol.Error].
type Interpreter interface {
	Interpret(ctx context.Context, text string, c spoken.Context) (spoken.Command, error)
}

// How often somebody may say something, a second and at once.
const (
	spokenRate  = rate.Limit(5)
	spokenBurst = 20
)

// Who understood what was said; see [Metrics].
const (
	byGrammar  = "grammar"
	byEndpoint = "endpoint"
	byNobody   = "nobody"
)

// postCommand understands what somebody said. It does nothing about it: that is for the page, with its own calls.
func (h *Hub) postCommand(x *exchange) error {
	if err := h.said.take(x.who.User.ID); err != nil {
		return err
	}
	var in struct {
		Text    string         `json:"text"`
		Context spoken.Context `json:"context"`
	}
	if err := x.read(&in); err != nil {
		return err
	}
	if err := in.Context.Validate(); err != nil {
		return err //nolint:wrapcheck // coded
	}
	cmd, by, err := h.understand(x, in.Text, in.Context)
	h.cfg.Metrics.Understood(by)
	if err != nil {
		return err
	}
	return x.reply(&cmd)
}

// understand asks the grammar, and then, for those who may spend, the interpreter. What that does not know either is told
// as the grammar has it.
func (h *Hub) understand(x *exchange, text string, c spoken.Context) (cmd spoken.Command, by string, err error) {
	cmd, err = h.grammar.Parse(text, c)
	if err == nil {
		return cmd, byGrammar, nil
	}
	open := slices.Contains([]spoken.Reason{spoken.NotUnderstood, spoken.UnknownName}, spoken.ReasonOf(err))
	if !open || h.cfg.Interpreter == nil || !x.role.May(protocol.ActionJobEnqueue) {
		return spoken.Command{}, byNobody, err //nolint:wrapcheck // coded
	}
	cmd, failed := h.cfg.Interpreter.Interpret(x.r.Context(), text, c)
	if failed == nil {
		return cmd, byEndpoint, nil
	}
	if code := protocol.CodeOf(failed); code == protocol.CodeInternal && x.r.Context().Err() == nil {
		h.cfg.Log.WarnContext(x.r.Context(), "the endpoint for commands failed", "error", failed)
	}
	return spoken.Command{}, byNobody, err //nolint:wrapcheck // coded
}
