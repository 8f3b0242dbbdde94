package blob

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"atelier/generation"
)

var _ Store = (*S3)(nil)

const (
	attempts     = 3                // of a request
	patient      = 10 * time.Second // default of Options.Timeout
	largest      = 5 << 30          // bytes that S3 takes in one request, so that one checksum covers them
	checksumName = "X-Amz-Checksum-Sha256"
)

// Options of a store elsewhere. All zero values are usable.
type Options struct {
	Spool     string        // folder of uploads on their way, for nothing else; "" is one in the system's temporary folder
	AccessKey string        // with SecretKey; "" takes those of the environment, of ~/.aws or of the machine's role
	SecretKey string        //
	Timeout   time.Duration // how long nothing may move in a request; 0 is 10 s
	Log       *slog.Logger  // of failures of the store, which callers hear about without their causes; nil has none
}

// S3 keeps blobs in a bucket of an S3-compatible store. All methods are safe for concurrent use.
type S3 struct {
	at        location
	core      minio.Core
	transport *http.Transport
	spool     spool
	log       *slog.Logger
}

// OpenS3 opens s3://bucket/prefix?endpoint=http://host:port&region=… and sees that it can be listed. The bucket has to be
// there. Close lets go of its connections.
func OpenS3(ctx context.Context, where string, o Options) (*S3, error) {
	at, err := parseLocation(where)
	if err != nil {
		return nil, err
	}
	s := &S3{at: at, log: o.Log}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if o.Spool == "" {
		o.Spool = filepath.Join(os.TempDir(), fmt.Sprintf("atelier-assets-%d", os.Getuid()))
	}
	if s.spool, err = openSpool(o.Spool); err != nil {
		return nil, err
	}
	if err := s.connect(o); err != nil {
		return nil, err
	}
	if err := s.check(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open the assets in bucket %s at %s: %w", at.bucket, at.host, err), s.Close())
	}
	return s, nil
}

func (s *S3) connect(o Options) (err error) {
	if s.transport, err = minio.DefaultTransport(s.at.secure); err != nil {
		return fmt.Errorf("open the assets in bucket %s: %w", s.at.bucket, err)
	}
	if o.Timeout == 0 {
		o.Timeout = patient
	}
	client, err := minio.New(s.at.host, &minio.Options{
		Creds: credentialsOf(o), Secure: s.at.secure, Region: s.at.region, MaxRetries: attempts,
		Transport: patience{s.transport, o.Timeout},
	})
	if err != nil {
		return fmt.Errorf("open the assets in bucket %s: %w", s.at.bucket, err)
	}
	s.core = minio.Core{Client: client}
	return nil
}

func credentialsOf(o Options) *credentials.Credentials {
	if o.AccessKey != "" {
		return credentials.NewStaticV4(o.AccessKey, o.SecretKey, "")
	}
	return credentials.NewChainCredentials([]credentials.Provider{
		&credentials.EnvAWS{}, &credentials.FileAWSCredentials{}, &credentials.IAM{},
	})
}

// check lists one blob. Who may not list a bucket is not told by S3 that a blob is not there, but that it is forbidden.
func (s *S3) check(ctx context.Context) error {
	given, err := s.core.GetCreds()
	if err != nil {
		return fmt.Errorf("find credentials: %w", err)
	}
	if given.SignerType.IsAnonymous() {
		return errors.New("no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for found := range s.core.ListObjectsIter(ctx, s.at.bucket, minio.ListObjectsOptions{Prefix: s.at.prefix, MaxKeys: 1, Recursive: true}) {
		return explained(found.Err)
	}
	return nil
}

// explained has a store's answer say its code, by which its documentation knows it.
func explained(err error) error {
	if said, ok := errors.AsType[minio.ErrorResponse](err); ok {
		return fmt.Errorf("%s: %w", said.Code, err)
	}
	return err
}

// Close lets go of idle connections.
func (s *S3) Close() error {
	s.transport.CloseIdleConnections()
	return nil
}

// Put implements [generation.Blobs]: it spools what comes, and uploads what is not there yet. UNAVAILABLE when the store
// is away. Nothing is kept on an error.
func (s *S3) Put(ctx context.Context, r io.Reader, limit int64) (id string, size int64, err error) {
	return s.spool.take(ctx, r, min(limit, largest), func(a arrival) error { return s.upload(ctx, a) })
}

// upload has the store compare the blob with its hash twice: as the payload that the signature covers, and as the checksum
// that it keeps.
func (s *S3) upload(ctx context.Context, a arrival) error {
	sum, err := hex.DecodeString(a.id)
	if err != nil {
		return fmt.Errorf("upload blob %s: %w", a.id, err)
	}
	checksum := base64.StdEncoding.EncodeToString(sum)
	there, err := s.core.StatObject(ctx, s.at.bucket, s.at.key(a.id), minio.StatObjectOptions{Checksum: true})
	if err == nil && there.Size == a.size && there.ChecksumSHA256 == checksum {
		return nil
	}
	if err != nil && !isMissing(err) {
		return s.failed(ctx, "look for blob "+a.id, err)
	}
	if _, err := a.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("upload blob %s: %w", a.id, err)
	}
	_, err = s.core.PutObject(ctx, s.at.bucket, s.at.key(a.id), a.File, a.size, "", a.id, minio.PutObjectOptions{
		UserMetadata: map[string]string{checksumName: checksum}, DisableContentSha256: true,
	})
	if err != nil {
		return s.failed(ctx, "upload blob "+a.id, err)
	}
	return nil
}

// Open implements [generation.Blobs]. What it opens is read in ranges, from where it is sought; ctx ends the opening, Close
// ends the reading.
func (s *S3) Open(ctx context.Context, id string) (generation.Blob, error) {
	if !validID(id) {
		return nil, notFound(id)
	}
	info, err := s.core.StatObject(ctx, s.at.bucket, s.at.key(id), minio.StatObjectOptions{})
	if isMissing(err) {
		return nil, notFound(id)
	}
	if err != nil {
		return nil, s.failed(ctx, "open blob "+id, err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	return &object{store: s, ctx: ctx, cancel: cancel, id: id, size: info.Size}, nil
}

// List implements [Store].
func (s *S3) List(ctx context.Context, fn func(id string, size int64) error) error {
	ctx, cancel := context.WithCancel(ctx) // ends the listing when fn does
	defer cancel()
	for found := range s.core.ListObjectsIter(ctx, s.at.bucket, minio.ListObjectsOptions{Prefix: s.at.prefix, Recursive: true}) {
		if found.Err != nil {
			return s.failed(ctx, "list blobs", found.Err)
		}
		if id := s.at.id(found.Key); id != "" {
			if err := fn(id, found.Size); err != nil {
				return err
			}
		}
	}
	return ctx.Err() //nolint:wrapcheck // of the context
}

func isMissing(err error) bool {
	said, ok := errors.AsType[minio.ErrorResponse](err)
	return ok && said.Code == minio.NoSuchKey
}

// failed is an error of the caller's context, or UNAVAILABLE.
func (s *S3) failed(ctx context.Context, doing string, err error) error {
	if ended := ctx.Err(); ended != nil {
		return fmt.Errorf("%s: %w", doing, ended)
	}
	err = fmt.Errorf("%s: %w", doing, explained(err))
	s.log.WarnContext(ctx, "the store of assets fails", "error", err)
	return unavailable(err)
}
