package sqlite

import (
	"errors"
	"fmt"
	"time"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"atelier/protocol"
)

// isUnique tells whether err is the refusal of a second row with the same key.
func isUnique(err error) bool {
	return isConstraint(err, lib.SQLITE_CONSTRAINT_UNIQUE) || isConstraint(err, lib.SQLITE_CONSTRAINT_PRIMARYKEY)
}

// isForeign tells whether err is the refusal of a reference to a row that is not there.
func isForeign(err error) bool { return isConstraint(err, lib.SQLITE_CONSTRAINT_FOREIGNKEY) }

func isConstraint(err error, code int) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && e.Code() == code
}

// unavailable gives UNAVAILABLE to what is the machine's fault and may pass: the disk is full or fails, the file is locked
// by another process. Other errors, and those with a code already, stay as they are.
func unavailable(err error) error {
	e, ok := errors.AsType[*sqlite.Error](err)
	if !ok || protocol.CodeOf(err) != protocol.CodeInternal {
		return err
	}
	switch e.Code() & 0xff { // the primary code
	case lib.SQLITE_FULL, lib.SQLITE_IOERR, lib.SQLITE_BUSY, lib.SQLITE_READONLY, lib.SQLITE_CANTOPEN:
		return fmt.Errorf("%w: %w", protocol.Errorf(protocol.CodeUnavailable, "nothing can be stored right now").After(time.Second), err)
	}
	return err
}
