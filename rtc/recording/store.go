package recording

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"atelier/protocol"
	"atelier/rtc/opusfile"
)

// store makes assets of a recording's pieces and lists it. The folder goes when nothing of it is missing.
func (r *Recorder) store(ctx context.Context, f *folder, k known, pieces []*piece) protocol.Recording {
	rec := k.Recording
	rec.State, rec.Pieces = protocol.RecordingEnded, []protocol.Piece{}
	var failed error
	for _, p := range pieces {
		kept, err := r.keep(ctx, k, p)
		switch {
		case errors.Is(err, opusfile.ErrNothing):
		case err != nil:
			r.cfg.Metrics.Piece(PieceFailed)
			failed = errors.Join(failed, err)
		default:
			r.cfg.Metrics.Piece(PieceSaved)
			rec.Pieces = append(rec.Pieces, kept)
		}
	}
	err := r.cfg.Store.PutRecording(ctx, k.Room, rec)
	gone := protocol.CodeOf(err) == protocol.CodeNotFound // with its room
	if failed = errors.Join(failed, err); failed == nil || gone {
		failed = f.delete()
	}
	if failed != nil {
		r.cfg.Log.Error("save a recording", "recording", rec.ID, "room", k.Room, "error", failed)
	}
	return rec
}

// keep makes an asset of a piece; [opusfile.ErrNothing] when nothing was said in it.
func (r *Recorder) keep(ctx context.Context, k known, p *piece) (protocol.Piece, error) {
	file, err := p.whole()
	if err != nil {
		return protocol.Piece{}, err
	}
	defer func() { _ = file.Close() }()
	return r.cfg.Assets.Keep(ctx, k.Workspace, p.about, file) //nolint:wrapcheck // says what it did
}

// Recover stores what a server that was killed had recorded. What cannot be stored is told, and stays for the next start.
func (r *Recorder) Recover(ctx context.Context) error {
	entries, err := os.ReadDir(r.cfg.Dir)
	if err != nil {
		return fmt.Errorf("look for recordings that broke off: %w", err)
	}
	for _, e := range entries {
		if !e.IsDir() || !protocol.ValidID(e.Name()) {
			continue
		}
		if err := r.recover(ctx, &folder{path: filepath.Join(r.cfg.Dir, e.Name())}); err != nil {
			r.cfg.Log.Error("a recording that broke off cannot be read", "recording", e.Name(), "error", err)
		}
	}
	return nil
}

func (r *Recorder) recover(ctx context.Context, f *folder) error {
	var k known
	if err := read(filepath.Join(f.path, aboutAll), &k); err != nil {
		return err
	}
	names, err := filepath.Glob(filepath.Join(f.path, "*.ogg"))
	if err != nil {
		return fmt.Errorf("list pieces: %w", err)
	}
	var pieces []*piece
	cut := k.Recording.Ended == 0 // else it had ended, and was not stored
	for _, path := range names {
		p := &piece{path: path, notes: strings.TrimSuffix(path, ".ogg") + ".json"}
		if err := read(p.notes, &p.about); err != nil {
			return err
		}
		pieces = append(pieces, p)
		if info, err := os.Stat(path); err == nil && cut {
			k.Recording.Ended = max(k.Recording.Ended, info.ModTime().UnixMilli())
		}
	}
	k.Recording.Ended, k.Recording.Cut = max(k.Recording.Ended, k.Recording.Since), cut
	rec := r.store(ctx, f, k, pieces)
	r.cfg.Log.Warn("a recording of an earlier run", "recording", rec.ID, "room", k.Room, "pieces", len(rec.Pieces))
	return nil
}

func read(path string, into any) error {
	b, err := os.ReadFile(path) //nolint:gosec // in the recorder's own folder
	if err != nil {
		return fmt.Errorf("read notes of a recording: %w", err)
	}
	if err := json.Unmarshal(b, into); err != nil {
		return fmt.Errorf("read notes of a recording: %w", err)
	}
	return nil
}
