package storm

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// clockTick is the unit of CPU times in /proc: USER_HZ, 100 on every Linux that Go runs on.
const clockTick = 10 * time.Millisecond

// cpuTime is what a process has used of the CPU: utime + stime (proc(5)).
func cpuTime(pid string) (time.Duration, error) {
	raw, err := os.ReadFile("/proc/" + pid + "/stat") //nolint:gosec // a number, or self
	if err != nil {
		return 0, fmt.Errorf("CPU time of a process: %w", err)
	}
	// The second field is the program's name in brackets and may hold anything; the rest are numbers.
	_, rest, ok := bytes.Cut(raw[bytes.LastIndexByte(raw, ')'):], []byte(" "))
	fields := strings.Fields(string(rest))
	if !ok || len(fields) < 13 {
		return 0, fmt.Errorf("CPU time of process %s: unknown form of stat", pid)
	}
	var ticks int64
	for _, f := range fields[11:13] {
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("CPU time of process %s: %w", pid, err)
		}
		ticks += n
	}
	return time.Duration(ticks) * clockTick, nil
}

// rss is the resident memory of a process in KB.
func rss(pid string) (int64, error) {
	raw, err := os.ReadFile("/proc/" + pid + "/status") //nolint:gosec // a number, or self
	if err != nil {
		return 0, fmt.Errorf("memory of a process: %w", err)
	}
	_, rest, ok := strings.Cut(string(raw), "VmRSS:")
	fields := strings.Fields(rest)
	if !ok || len(fields) == 0 {
		return 0, fmt.Errorf("memory of process %s: no VmRSS", pid)
	}
	return strconv.ParseInt(fields[0], 10, 64)
}

// meter measures the generator and, when there is a pid, the server. The first error sticks and is told by report.
type meter struct {
	pid    string // "" measures no server
	cost   Cost
	own    time.Duration
	server time.Duration
	err    error
}

func newMeter(pid int) *meter {
	m := &meter{cost: Cost{PID: pid}}
	if pid > 0 {
		m.pid = strconv.Itoa(pid)
	}
	return m
}

func (m *meter) memory(into *int64) {
	if m.pid == "" {
		return
	}
	kb, err := rss(m.pid)
	m.keep(err)
	*into = kb
}

func (m *meter) before() { m.memory(&m.cost.RSSBefore) }
func (m *meter) idle()   { m.memory(&m.cost.RSSIdle) }

// start begins to count CPU time.
func (m *meter) start() { m.own, m.server = m.used() }

// stop ends counting.
func (m *meter) stop() {
	own, server := m.used()
	m.own, m.server = own-m.own, server-m.server
	m.memory(&m.cost.RSSLoad)
}

func (m *meter) used() (own, server time.Duration) {
	own, err := cpuTime("self")
	m.keep(err)
	if m.pid != "" {
		server, err = cpuTime(m.pid)
		m.keep(err)
	}
	return own, server
}

func (m *meter) keep(err error) {
	if m.err == nil {
		m.err = err
	}
}

// report fills in what was spent on r.Units.
func (m *meter) report(r *Report) error {
	r.GeneratorCPU = m.own.Seconds()
	if m.pid == "" || m.err != nil {
		return m.err
	}
	c := m.cost
	c.CPU = m.server.Seconds()
	if r.Units > 0 {
		c.MicrosPerUnit = float64(m.server.Microseconds()) / float64(r.Units)
	}
	if c.CPU > 0 {
		c.UnitsPerCPU = float64(r.Units) / c.CPU
	}
	if c.RSSIdle > 0 {
		c.KBPerConnection = float64(c.RSSIdle-c.RSSBefore) / float64(r.Rooms*r.Members)
	}
	r.Server = &c
	return nil
}
