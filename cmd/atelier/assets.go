package main

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"

	"atelier/persist/blob"
)

// openAssets opens the place where the bytes of assets are kept, and finds out where browsers are sent for them.
func (s *server) openAssets(ctx context.Context) (err error) {
	own := assetsIn(s.cfg.Data)
	s.blobs, err = blob.Open(ctx, cmp.Or(s.cfg.Assets, own), blob.Options{Spool: filepath.Join(own, "tmp"), Log: s.log})
	if err != nil {
		return fmt.Errorf("--assets: %w", err)
	}
	if !s.cfg.AssetsRedirect {
		return nil
	}
	store, ok := s.blobs.(*blob.S3)
	if !ok {
		return fmt.Errorf("--assets-redirect: nobody can be sent to a folder")
	}
	s.assetsAt, err = store.Origin(ctx)
	return err
}
