package blob

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"atelier/generation"
)

var _ generation.LinkedBlob = (*object)(nil)

// Link implements [generation.LinkedBlob]. It asks nothing of the store.
func (o *object) Link(ctx context.Context, as generation.BlobHeaders, life time.Duration) (string, error) {
	u, err := o.store.link(ctx, o.id, life, url.Values{
		"response-content-type":        {as.Type},
		"response-content-disposition": {as.Disposition},
		"response-cache-control":       {as.Caching},
	})
	if err != nil {
		return "", err
	}
	return u.String(), nil
}

// Origin is the scheme, host and port of all links to blobs.
func (s *S3) Origin(ctx context.Context) (string, error) {
	u, err := s.link(ctx, strings.Repeat("0", hashDigits), time.Minute, nil)
	if err != nil {
		return "", err
	}
	return u.Scheme + "://" + u.Host, nil
}

func (s *S3) link(ctx context.Context, id string, life time.Duration, query url.Values) (*url.URL, error) {
	u, err := s.core.PresignedGetObject(ctx, s.at.bucket, s.at.key(id), life, query)
	if err != nil {
		return nil, fmt.Errorf("sign a link to blob %s: %w", id, err)
	}
	return u, nil
}
