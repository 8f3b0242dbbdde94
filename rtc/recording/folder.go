package recording

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"atelier/protocol"
	"atelier/rtc/opusfile"
)

const (
	dirMode  = 0o700
	fileMode = 0o600
	aboutAll = "recording.json"
)

// folder holds a recording until it is stored.
type folder struct {
	path string

	mu sync.Mutex
	n  int // pieces begun
}

// known is what is known of a recording.
type known struct {
	Room      string             `json:"room"`
	Workspace string             `json:"workspace"`
	Recording protocol.Recording `json:"recording"`
}

func makeFolder(dir string, k known) (*folder, error) {
	f := &folder{path: filepath.Join(dir, k.Recording.ID)}
	if err := os.Mkdir(f.path, dirMode); err != nil {
		return nil, fmt.Errorf("begin a recording: %w", err)
	}
	if err := f.note(aboutAll, k); err != nil {
		return nil, err
	}
	return f, nil
}

func (f *folder) note(name string, v any) error {
	b, err := json.Marshal(v)
	if err == nil {
		err = os.WriteFile(filepath.Join(f.path, name), b, fileMode)
	}
	if err != nil {
		return fmt.Errorf("note what is recorded: %w", err)
	}
	return nil
}

// piece is one file with what is known of it.
type piece struct {
	about protocol.Piece
	notes string // path
	path  string

	// While it is written.
	file *os.File
	out  *opusfile.Writer
	size int64
}

// begin begins a piece. What it is stands in the file, too.
func (f *folder) begin(about protocol.Piece, of protocol.Recording) (*piece, error) {
	f.mu.Lock()
	f.n++
	name := fmt.Sprintf("%06d", f.n)
	f.mu.Unlock()
	p := &piece{about: about, notes: filepath.Join(f.path, name+".json"), path: filepath.Join(f.path, name+".ogg")}
	if err := f.note(name+".json", about); err != nil {
		return nil, err
	}
	var err error
	if p.file, err = os.OpenFile(p.path, os.O_CREATE|os.O_EXCL|os.O_RDWR, fileMode); err != nil {
		return nil, fmt.Errorf("begin a piece of a recording: %w", err)
	}
	since := time.UnixMilli(of.Since + about.OffsetMS).UTC()
	p.out, err = opusfile.NewWriter(
		p,
		opusfile.Tag{Name: "TITLE", Value: about.Name}, opusfile.Tag{Name: "ARTIST", Value: about.Name},
		opusfile.Tag{Name: "DATE", Value: since.Format(time.RFC3339)}, opusfile.Tag{Name: "DESCRIPTION", Value: "Recorded by " + of.ByName},
		opusfile.Tag{Name: "ATELIER_RECORDING", Value: of.ID}, opusfile.Tag{Name: "ATELIER_OFFSET_MS", Value: strconv.FormatInt(about.OffsetMS, 10)},
	)
	if err != nil {
		return nil, errors.Join(err, p.file.Close(), f.remove(p))
	}
	return p, nil
}

// Write implements [io.Writer] and counts.
func (p *piece) Write(b []byte) (int, error) {
	n, err := p.file.Write(b)
	p.size += int64(n)
	return n, err //nolint:wrapcheck // io.Writer's contract
}

// end completes the file and the notes.
func (p *piece) end() error {
	p.about.DurationMS = p.out.Length().Milliseconds()
	err := errors.Join(p.out.Close(), p.file.Close())
	p.out, p.file = nil, nil
	b, e := json.Marshal(p.about)
	return errors.Join(err, e, os.WriteFile(p.notes, b, fileMode))
}

// remove deletes a piece.
func (f *folder) remove(p *piece) error {
	err := os.Remove(p.path)
	if errors.Is(err, os.ErrNotExist) {
		err = nil
	}
	return errors.Join(err, os.Remove(p.notes))
}

// delete deletes the folder.
func (f *folder) delete() error {
	if err := os.RemoveAll(f.path); err != nil {
		return fmt.Errorf("delete a recording that is stored: %w", err)
	}
	return nil
}

// whole opens a piece's file for reading, as far as its pages are whole: a server that was killed may have left half of one.
func (p *piece) whole() (io.ReadCloser, error) {
	file, err := os.Open(p.path)
	if err != nil {
		return nil, fmt.Errorf("read a piece of a recording: %w", err)
	}
	size, err := opusfile.Whole(file)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return struct {
		io.Reader
		io.Closer
	}{io.NewSectionReader(file, 0, size), file}, nil
}
