package main

import (
	"context"
	"errors"
	"fmt"

	"atelier/generation"
	"atelier/hub/auth"
	"atelier/internal/config"
	"atelier/persist/postgres"
	"atelier/persist/sqlite"
	"atelier/rooms"
	"atelier/rtc/recording"
)

// database is what the server keeps everything in but assets.
type database interface {
	rooms.Store
	rooms.HeadStore
	auth.UserStore
	auth.KeyStore
	auth.InviteStore
	auth.PeopleStore
	auth.RoomStore
	generation.QueueStore
	generation.LineStore
	generation.LeaseStore
	generation.PlacementStore
	generation.AssetStore
	generation.LineageStore
	generation.ShareStore
	recording.Store
	Close() error
}

func authStores(db database) auth.Stores {
	stores := auth.Stores{Users: db, Keys: db, Invites: db, People: db, Rooms: db}
	stores.Tickets, _ = db.(auth.TicketStore) // that several instances see
	return stores
}

// openDatabase opens the database that is configured, and reads the secret that its servers sign with.
func (s *server) openDatabase(ctx context.Context) (secret []byte, err error) {
	if s.cfg.Database == "" {
		if secret, err = s.folder.secret(); err != nil {
			return nil, err
		}
		db, err := sqlite.Open(ctx, databaseIn(s.cfg.Data), sqlite.Options{})
		if err != nil {
			return nil, err
		}
		s.db = db
		return secret, nil
	}
	db, err := postgres.Open(ctx, s.cfg.Database, postgres.Options{})
	if err != nil {
		return nil, fmt.Errorf("--database: %w", err)
	}
	s.db, s.leases = db, db
	return db.Secret(ctx, "sessions")
}

// withDatabase opens the database of a server that may be running, for a command beside it.
func withDatabase(ctx context.Context, at databaseFlags, do func(db database, secret []byte) error) (err error) {
	s := &server{cfg: config.Config{Data: at.Data, Database: at.Database}}
	if at.Database == "" {
		if err := needDatabase(at.Data); err != nil {
			return err
		}
		s.folder = &folder{path: at.Data}
	}
	secret, err := s.openDatabase(ctx)
	if err != nil {
		return err
	}
	return errors.Join(do(s.db, secret), s.db.Close())
}

// databaseFlags say where a server keeps things, for commands beside it.
type databaseFlags struct {
	Data     string `default:"./data" env:"ATELIER_DATA" type:"path" placeholder:"DIR" help:"Data folder of the server."`
	Database string `env:"ATELIER_DATABASE" placeholder:"URL" help:"Its Postgres, when it has one."`
}
