package generation

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"atelier/generation/media"
	"atelier/protocol"
)

// AssetsConfig wires [Assets]. Store and Blobs are required.
type AssetsConfig struct {
	Store AssetStore
	Blobs Blobs

	MaxBytes  int64            // one file; 50 MiB
	MaxPixels int              // one picture; 40 million
	Decoders  int              // pictures decoded at once; 2
	Previews  int64            // bytes of previews kept; 32 MiB
	TempDir   string           // where files wait to be looked at; os.TempDir
	FFmpeg    string           // program that draws a film's picture, where it is installed; "ffmpeg"
	Drawing   time.Duration    // how long a film may wait for its picture; 5 s
	Now       func() time.Time // time.Now
}

// Assets is the one way in and out for bytes, uploaded or generated. Files wait on disk while they are received, so a slow
// sender holds no memory; what they are is found out by looking, pictures are decoded whole before they are believed, and
// only then does anything reach the blob store.
type Assets struct {
	cfg      AssetsConfig
	decoders chan struct{} // as many as may decode at once
	previews *previews
	posters  *posters
}

// NewAssets makes the service.
func NewAssets(cfg AssetsConfig) *Assets {
	if cfg.MaxBytes == 0 {
		cfg.MaxBytes = protocol.DefaultLimits().UploadBytes
	}
	if cfg.MaxPixels == 0 {
		cfg.MaxPixels = 40_000_000
	}
	if cfg.Decoders == 0 {
		cfg.Decoders = 2
	}
	if cfg.Previews == 0 {
		cfg.Previews = 32 << 20
	}
	if cfg.FFmpeg == "" {
		cfg.FFmpeg = "ffmpeg"
	}
	if cfg.Drawing == 0 {
		cfg.Drawing = 5 * time.Second
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Assets{
		cfg: cfg, decoders: make(chan struct{}, cfg.Decoders), previews: newPreviews(cfg.Previews),
		posters: newPosters(cfg.FFmpeg, cfg.Drawing),
	}
}

// Ingest takes an upload of a user into a workspace: metadata about its maker is stripped, so the asset's id may differ
// from the hash of what was sent. PAYLOAD_TOO_LARGE over the size or the pixels, INVALID_INPUT for what is not of an
// accepted type or does not decode.
func (a *Assets) Ingest(ctx context.Context, workspace, user string, r io.Reader) (Asset, error) {
	var says *Provenance
	rows, err := a.take(ctx, r, func(mime string, data []byte) ([]byte, error) {
		if mime == "image/png" {
			says = readProvenance(data)
		}
		data, err := media.Strip(mime, data)
		if err != nil || says == nil {
			return data, err //nolint:wrapcheck // take does
		}
		return media.Annotate(data, []media.Note{says.note()}) //nolint:wrapcheck // take does
	})
	if err != nil {
		return Asset{}, err
	}
	rows[0].Provenance = says
	a.sign(rows, workspace, user)
	if err := a.cfg.Store.PutAssets(ctx, rows...); err != nil {
		return Asset{}, fmt.Errorf("store asset rows: %w", err)
	}
	return rows[0], nil
}

// Open reads an asset of a workspace, or a preview that is still there. NOT_FOUND otherwise. The caller closes the blob.
func (a *Assets) Open(ctx context.Context, workspace, id string) (Asset, Blob, error) {
	if row, blob, ok := a.previews.open(workspace, id); ok {
		return row, blob, nil
	}
	row, err := a.cfg.Store.Asset(ctx, workspace, id)
	if err != nil {
		return Asset{}, nil, fmt.Errorf("look up asset: %w", err)
	}
	blob, err := a.cfg.Blobs.Open(ctx, id)
	if err != nil {
		return Asset{}, nil, fmt.Errorf("open asset %s: %w", id, err)
	}
	return row, blob, nil
}

// Preview keeps a small picture in memory, for as long as newer ones leave it room, and returns the asset id by which
// [Assets.Open] finds it; "" when it is not a PNG or JPEG of a bearable size.
func (a *Assets) Preview(workspace string, picture []byte) string {
	if mime := media.Sniff(picture); mime != "image/png" && mime != "image/jpeg" {
		return ""
	}
	return a.previews.put(workspace, picture, a.cfg.Now())
}

// keep stores the bytes of a result and returns what the job says of it, with the rows that its ending stores.
func (a *Assets) keep(ctx context.Context, workspace string, req Request, answer Result) (protocol.JobResult, []Asset, error) {
	if answer.Body != nil {
		defer func() { _ = answer.Body.Close() }()
	}
	result := protocol.JobResult{Record: RecordID(req.Job.ID, req.Index), Text: cutText(answer.Text)}
	var rows []Asset
	var err error
	if req.Job.Kind == kindText {
		rows, err = a.takeText(ctx, result.Text)
	} else {
		rows, err = a.takeResult(ctx, req, answer.Body)
	}
	if err != nil {
		return protocol.JobResult{}, nil, err
	}
	a.sign(rows, workspace, req.Job.User)
	made := provenanceOf(req)
	rows[0].Provenance = &made
	row := rows[0]
	result.Asset, result.Mime, result.Bytes, result.Width, result.Height = row.ID, row.Mime, row.Bytes, row.Width, row.Height
	result.Thumb, result.Placeholder, result.DurationMS = row.Thumb, row.Placeholder, row.DurationMS
	return result, rows, nil
}

func (a *Assets) takeText(ctx context.Context, text string) ([]Asset, error) {
	if text == "" {
		return nil, retryable(protocol.Errorf(protocol.CodeProviderError, "the provider answered with an empty text"))
	}
	id, size, err := a.cfg.Blobs.Put(ctx, bytes.NewReader([]byte(text)), a.cfg.MaxBytes)
	if err != nil {
		return nil, fmt.Errorf("store text: %w", err)
	}
	return []Asset{{ID: id, Mime: "text/plain; charset=utf-8", Bytes: size}}, nil
}

// takeResult takes a provider's file and says in the provider's name what is wrong with it.
func (a *Assets) takeResult(ctx context.Context, req Request, body io.Reader) ([]Asset, error) {
	if body == nil {
		return nil, retryable(protocol.Errorf(protocol.CodeProviderError, "the provider answered without a result"))
	}
	rows, err := a.take(ctx, body, func(mime string, data []byte) ([]byte, error) {
		if mime != "image/png" {
			return data, nil
		}
		return media.Annotate(data, notesOf(req))
	})
	switch code := protocol.CodeOf(err); {
	case err == nil && !fitsKind(req.Job.Kind, rows[0].Mime):
		return nil, protocol.Errorf(protocol.CodeProviderError, "the provider answered %s, not %s", rows[0].Mime, req.Job.Kind)
	case code == protocol.CodeInvalidInput, code == protocol.CodePayloadTooLarge:
		wrong := protocol.Errorf(protocol.CodeProviderError, "the provider's result: %s", protocol.AsError(err).Message)
		wrong.Retryable = errors.Is(err, media.ErrBroken)
		return nil, wrong
	}
	return rows, err
}

func (a *Assets) sign(rows []Asset, workspace, user string) {
	for i := range rows {
		rows[i].Workspace, rows[i].CreatedBy, rows[i].CreatedAt = workspace, user, a.cfg.Now()
	}
}

// take receives a file, finds out what it is and stores it, a picture as rewrite makes it, with its thumbnail. The rows
// are the file's and its thumbnail's.
func (a *Assets) take(ctx context.Context, r io.Reader, rewrite func(string, []byte) ([]byte, error)) ([]Asset, error) {
	file, size, err := a.receive(r)
	if err != nil {
		return nil, err
	}
	defer func() {
		_ = file.Close()
		_ = os.Remove(file.Name())
	}()
	head := make([]byte, min(size, media.HeadSize))
	if _, err := file.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read received file: %w", err)
	}
	mime := media.Sniff(head)
	switch {
	case mime == "":
		return nil, refuse(fmt.Errorf("content: %w", media.ErrType))
	case media.Picture(mime):
		return a.takePicture(ctx, mime, file, size, rewrite)
	}
	return a.takeTrack(ctx, mime, file, size)
}

func (a *Assets) putFile(ctx context.Context, file io.ReaderAt, size int64) (id string, err error) {
	if id, _, err = a.cfg.Blobs.Put(ctx, io.NewSectionReader(file, 0, size), a.cfg.MaxBytes); err != nil {
		return "", fmt.Errorf("store file: %w", err)
	}
	return id, nil
}

// receive copies r to a temporary file, to which the reader of an open file stands at no particular place.
func (a *Assets) receive(r io.Reader) (file *os.File, size int64, err error) {
	file, err = os.CreateTemp(a.cfg.TempDir, "atelier-*.part")
	if err != nil {
		return nil, 0, fmt.Errorf("make a temporary file: %w", err)
	}
	size, err = io.Copy(file, io.LimitReader(r, a.cfg.MaxBytes+1))
	switch {
	case err != nil:
		err = fmt.Errorf("receive file: %w", err)
	case size > a.cfg.MaxBytes:
		err = protocol.Errorf(protocol.CodePayloadTooLarge, "larger than %d bytes", a.cfg.MaxBytes)
	case size == 0:
		err = protocol.Errorf(protocol.CodeInvalidInput, "the file is empty")
	default:
		return file, size, nil
	}
	return nil, 0, errors.Join(err, file.Close(), os.Remove(file.Name()))
}

func (a *Assets) takePicture(
	ctx context.Context, mime string, file io.ReaderAt, size int64, rewrite func(string, []byte) ([]byte, error),
) ([]Asset, error) {
	select {
	case a.decoders <- struct{}{}:
		defer func() { <-a.decoders }()
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for a decoder: %w", ctx.Err())
	}
	data := make([]byte, size)
	if _, err := io.ReadFull(io.NewSectionReader(file, 0, size), data); err != nil {
		return nil, fmt.Errorf("read received file: %w", err)
	}
	look, err := media.Examine(mime, data, a.cfg.MaxPixels)
	if err != nil {
		return nil, refuse(err)
	}
	if data, err = rewrite(mime, data); err != nil {
		return nil, refuse(err)
	}
	row := Asset{Mime: mime, Width: look.Width, Height: look.Height, Placeholder: look.Placeholder}
	if row.ID, row.Bytes, err = a.cfg.Blobs.Put(ctx, bytes.NewReader(data), 2*a.cfg.MaxBytes); err != nil {
		return nil, fmt.Errorf("store picture: %w", err)
	}
	row.Thumb = row.ID
	if look.Thumb == nil {
		return []Asset{row}, nil
	}
	thumb := Asset{Mime: look.ThumbMime, Width: look.ThumbWidth, Height: look.ThumbHeight, Placeholder: look.Placeholder}
	if thumb.ID, thumb.Bytes, err = a.cfg.Blobs.Put(ctx, bytes.NewReader(look.Thumb), a.cfg.MaxBytes); err != nil {
		return nil, fmt.Errorf("store thumbnail: %w", err)
	}
	row.Thumb, thumb.Thumb = thumb.ID, thumb.ID
	return []Asset{row, thumb}, nil
}

// refusal carries both the coded error for people and what was found, so that callers can tell damage from a wrong type.
type refusal struct {
	coded *protocol.Error
	found error
}

func (r *refusal) Error() string   { return r.coded.Error() }
func (r *refusal) Unwrap() []error { return []error{r.coded, r.found} }

func refuse(found error) error {
	code := protocol.CodeInvalidInput
	if errors.Is(found, media.ErrPixels) {
		code = protocol.CodePayloadTooLarge
	}
	return &refusal{coded: protocol.Errorf(code, "%v", found), found: found}
}
