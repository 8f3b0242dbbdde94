package blob

import (
	"context"
	"strings"
)

// Open opens the store that where names: a bucket as [OpenS3] takes it, else a folder.
func Open(ctx context.Context, where string, o Options) (Store, error) {
	if strings.HasPrefix(where, scheme) {
		return OpenS3(ctx, where, o)
	}
	return OpenDir(where)
}
