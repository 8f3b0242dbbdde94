package pionplane

import (
	"fmt"
	"log/slog"

	"github.com/pion/logging"
)

// loggers give pion's parts a logger each. What they call info and below is debug here: it is about single packets.
type loggers struct{ log *slog.Logger }

// NewLogger implements [logging.LoggerFactory].
func (l loggers) NewLogger(scope string) logging.LeveledLogger {
	return logger{l.log.With("part", scope)}
}

type logger struct{ log *slog.Logger }

func (l logger) Trace(string)          {}
func (l logger) Tracef(string, ...any) {}
func (l logger) Debug(msg string)      { l.log.Debug("pion", "says", msg) }
func (l logger) Debugf(format string, v ...any) {
	l.log.Debug("pion", "says", fmt.Sprintf(format, v...))
}
func (l logger) Info(msg string) { l.log.Debug("pion", "says", msg) }
func (l logger) Infof(format string, v ...any) {
	l.log.Debug("pion", "says", fmt.Sprintf(format, v...))
}
func (l logger) Warn(msg string) { l.log.Debug("pion", "says", msg) }
func (l logger) Warnf(format string, v ...any) {
	l.log.Debug("pion", "says", fmt.Sprintf(format, v...))
}
func (l logger) Error(msg string) { l.log.Warn("pion", "says", msg) }
func (l logger) Errorf(format string, v ...any) {
	l.log.Warn("pion", "says", fmt.Sprintf(format, v...))
}
