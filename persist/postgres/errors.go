package postgres

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"atelier/protocol"
)

func isCode(err error, code string) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && e.Code == code
}

// isUnique tells whether err is the refusal of a second row with the same key.
func isUnique(err error) bool { return isCode(err, "23505") }

// isForeign tells whether err is the refusal of a reference to a row that is not there.
func isForeign(err error) bool { return isCode(err, "23503") }

// unavailable gives UNAVAILABLE to what is the server's or the network's fault and may pass. Other errors, and those with a
// code already, stay as they are.
func unavailable(err error) error {
	if err == nil || protocol.CodeOf(err) != protocol.CodeInternal || errors.Is(err, context.Canceled) || !passes(err) {
		return err
	}
	return fmt.Errorf("%w: %w", protocol.Errorf(protocol.CodeUnavailable, "nothing can be stored right now").After(time.Second), err)
}

// passes tells whether trying again may help: the connection or the server is gone, is short of something or takes too long
// (https://www.postgresql.org/docs/current/errcodes-appendix.html).
func passes(err error) bool {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch e.Code {
		case "55P03", "40001", "40P01", "25P03", "57014":
			return true
		}
		return strings.HasPrefix(e.Code, "08") || strings.HasPrefix(e.Code, "53") || strings.HasPrefix(e.Code, "57P") ||
			strings.HasPrefix(e.Code, "58") // its disk fails, as SQLite's does
	}
	_, dial := errors.AsType[*pgconn.ConnectError](err)
	_, network := errors.AsType[net.Error](err)
	return dial || network || pgconn.Timeout(err) || pgconn.SafeToRetry(err) || strings.Contains(err.Error(), "unexpected EOF") ||
		strings.Contains(err.Error(), "conn closed")
}
