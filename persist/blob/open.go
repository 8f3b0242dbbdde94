package blob

import (
	"context"
	"strings"
)

// Open opens the store that where names: a bucket as [OpenS3] takes it, else a folder. On an error the store is nil.
func Open(ctx context.Context, where string, o Options) (Store, error) {
	if strings.HasPrefix(where, scheme) {
		s, err := OpenS3(ctx, where, o)
		if err != nil {
			return nil, err
		}
		return s, nil
	}
	d, err := OpenDir(where)
	if err != nil {
		return nil, err
	}
	return d, nil
}
