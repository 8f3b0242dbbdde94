package protocol

import (
	"errors"
	"fmt"
	"time"
)

// Code is a machine-readable reason, the same on the socket and over HTTP.
type Code string

// The codes. Their HTTP status is [Code.HTTPStatus].
const (
	CodeAuthRequired    Code = "AUTH_REQUIRED"
	CodeForbidden       Code = "FORBIDDEN"
	CodeNotFound        Code = "NOT_FOUND"
	CodeInvalidInput    Code = "INVALID_INPUT"
	CodeConflict        Code = "CONFLICT"
	CodePayloadTooLarge Code = "PAYLOAD_TOO_LARGE"
	CodeRateLimited     Code = "RATE_LIMITED"
	CodeBudgetExceeded  Code = "BUDGET_EXCEEDED"
	CodeProviderError   Code = "PROVIDER_ERROR"
	CodeUnavailable     Code = "UNAVAILABLE"
	CodeInternal        Code = "INTERNAL_ERROR"
)

// HTTPStatus is the status of an HTTP answer whose body is an error with this code.
func (c Code) HTTPStatus() int {
	switch c {
	case CodeAuthRequired:
		return 401
	case CodeBudgetExceeded:
		return 402
	case CodeForbidden:
		return 403
	case CodeNotFound:
		return 404
	case CodeConflict:
		return 409
	case CodePayloadTooLarge:
		return 413
	case CodeInvalidInput:
		return 422
	case CodeRateLimited:
		return 429
	case CodeProviderError:
		return 502
	case CodeUnavailable:
		return 503
	case CodeInternal:
		return 500
	}
	return 500
}

// Retryable tells whether the same request may succeed later without being changed.
func (c Code) Retryable() bool { return c == CodeRateLimited || c == CodeUnavailable }

// Error is the one coded error of all layers. Message is for people and names what was wrong ("prop x of record …");
// Details is for programs.
type Error struct {
	Code         Code   `msgpack:"code"                     json:"code"`
	Message      string `msgpack:"message"                  json:"message"`
	Retryable    bool   `msgpack:"retryable"                json:"retryable"`
	RetryAfterMS int64  `msgpack:"retry_after_ms,omitempty" json:"retry_after_ms,omitempty"`
	Details      any    `msgpack:"details,omitempty"        json:"details,omitempty"`
}

// Errorf makes an [Error] with the code's own retryability.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...), Retryable: code.Retryable()}
}

// After returns a copy that asks the client to wait for d, rounded up to milliseconds, before it tries again.
func (e *Error) After(d time.Duration) *Error {
	out := *e
	out.Retryable = true
	out.RetryAfterMS = (d + time.Millisecond - 1).Milliseconds()
	return &out
}

// With returns a copy with details.
func (e *Error) With(details any) *Error {
	out := *e
	out.Details = details
	return &out
}

// Error implements error.
func (e *Error) Error() string { return string(e.Code) + ": " + e.Message }

// Is makes errors.Is(err, &Error{Code: c}) compare codes.
func (e *Error) Is(target error) bool {
	t, ok := errors.AsType[*Error](target)
	return ok && t.Code == e.Code
}

// AsError finds the coded error in err's tree; anything else becomes INTERNAL_ERROR with a text that tells the client
// nothing of the inside.
func AsError(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return Errorf(CodeInternal, "internal error")
}

// CodeOf is the code of the error in err's tree: "" for nil, INTERNAL_ERROR for an error without one.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	return AsError(err).Code
}

// CloseCode is a WebSocket close code of the private range (RFC 6455 §7.4.2). 4000–4099: reconnect, with full jitter
// (but not after 4001, or two sockets would take turns for ever). 4100–4199: do not. Every abnormal close is retryable (a slow reader is cut without a code).
type CloseCode uint16

// Close codes.
const (
	CloseDraining        CloseCode = 4000
	CloseReplaced        CloseCode = 4001 // a newer socket of the same session took over
	CloseHeartbeat       CloseCode = 4002
	CloseRoomUnavailable CloseCode = 4003
	CloseUnauthenticated CloseCode = 4100
	CloseForbidden       CloseCode = 4101 // not allowed, removed, or abuse
	CloseProtocol        CloseCode = 4102
	CloseRoomDeleted     CloseCode = 4103
	CloseVersion         CloseCode = 4104
)

// Reconnect tells whether a client should try again after this code.
func (c CloseCode) Reconnect() bool { return (c < 4100 && c != CloseReplaced) || c > 4199 }
