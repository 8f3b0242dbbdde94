package storm

import (
	"encoding/binary"
	"fmt"
	"net"
	"syscall"
	"time"
)

// stamp has the kernel say when packets arrived (socket(7), SO_TIMESTAMPNS): one goroutine reads after the other here, and
// what a packet waits for its turn is no latency of the server's.
func stamp(conn *net.UDPConn) error {
	raw, err := conn.SyscallConn()
	if err != nil {
		return fmt.Errorf("stamp arrivals: %w", err)
	}
	var failed error
	err = raw.Control(func(fd uintptr) {
		failed = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_TIMESTAMPNS, 1)
	})
	if err == nil {
		err = failed
	}
	if err != nil {
		return fmt.Errorf("stamp arrivals: %w", err)
	}
	return nil
}

// stampSize is the space that a stamp takes among the control messages.
const stampSize = syscall.SizeofCmsghdr + 16

// arrival reads a stamp; now without one.
func arrival(control []byte) time.Time {
	if len(control) < stampSize {
		return time.Now()
	}
	of := control[syscall.SizeofCmsghdr:]                                                              // a timespec of 64 bits
	return time.Unix(int64(binary.NativeEndian.Uint64(of)), int64(binary.NativeEndian.Uint64(of[8:]))) //nolint:gosec // the kernel's
}
