package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"

	"atelier/client/web"
	"atelier/generation"
	"atelier/generation/providers/sketch"
	"atelier/hub"
	"atelier/hub/auth"
	"atelier/hub/fanout"
	"atelier/hub/spoken/chat"
	"atelier/internal/config"
	"atelier/internal/metrics"
	"atelier/persist/blob"
	"atelier/protocol"
	"atelier/rooms"
	"atelier/rtc"
	"atelier/rtc/recording"
)

// server is one instance: every part, wired. The parts are opened in the order of the fields and closed in the reverse,
// so that nothing is used after its end.
type server struct {
	cfg     config.Config
	log     *slog.Logger
	address string // where people reach it
	figures *metrics.Metrics

	instance string // names this process among those over one database; "" with SQLite

	folder   *folder
	db       database
	leases   leaseStore       // nil with SQLite
	slot     *slotKeeper      // nil with SQLite
	bus      fanout.Transport // nil with one instance
	others   *hub.Others      // nil with one instance
	limiter  auth.Limiter     // over all instances; nil with one
	blobs    blob.Store
	assetsAt string // where browsers are sent for assets; "" is nowhere
	auth     *auth.Service
	rooms    *rooms.Registry
	queue    *generation.Queue
	desk     *generation.Desk
	voice    *rtc.Relay          // nil without voice
	recorder *recording.Recorder // nil without voice
	chat     *chat.Client        // nil without an endpoint for commands
	hub      *hub.Hub
	pool     *generation.Pool
}

// openServer opens the data folder and starts everything but the listeners. On an error nothing stays open.
func openServer(ctx context.Context, cfg config.Config, address string, log *slog.Logger) (*server, error) {
	s := &server{cfg: cfg, log: log, address: address, figures: metrics.New(version())}
	if err := s.open(ctx); err != nil {
		return nil, errors.Join(err, s.close(context.WithoutCancel(ctx)))
	}
	return s, nil
}

func (s *server) open(ctx context.Context) (err error) {
	if s.folder, err = holdFolder(s.cfg.Data); err != nil {
		return err
	}
	secret, err := s.openDatabase(ctx)
	if err != nil {
		return err
	}
	if err := s.meetOthers(ctx); err != nil {
		return err
	}
	if err := s.openAssets(ctx); err != nil {
		return err
	}
	guests := protocol.RoleEditor
	if !s.cfg.GuestsAllowed() {
		guests = ""
	}
	s.auth, err = auth.New(ctx, auth.Config{Stores: authStores(s.db), Secret: secret, GuestRole: guests})
	if err != nil {
		return err
	}
	if err := s.wire(); err != nil { //nolint:contextcheck // what it starts lives until close, not until ctx ends
		return err
	}
	if s.recorder != nil {
		return s.recorder.Recover(ctx)
	}
	return nil
}

// wire connects rooms, queue and hub. Placer and announcer of the queue know rooms alone, so that nothing is circular.
func (s *server) wire() (err error) {
	limits, figures := s.cfg.Limits.Protocol(), s.figures
	providers := generation.NewRegistry(sketch.New())
	assets := generation.NewAssets(generation.AssetsConfig{Store: s.db, Blobs: s.blobs, MaxBytes: limits.UploadBytes})
	inRooms := rooms.Config{Limits: limits, Metrics: figures.Rooms(), Log: s.log}
	inQueue := generation.Config{
		Jobs: s.db, Line: s.db, Assets: s.db, Providers: providers, Limits: limits, Slots: s.cfg.Workers, Metrics: figures.Queue(), Log: s.log,
	}
	if s.bus != nil {
		inRooms.Bus, inRooms.Feed = fanout.Rooms{Over: s.bus}, hub.Feed{Jobs: s.db}
		inQueue.Others = s.others
	}
	if s.slot != nil {
		inRooms.Slot = uint32(s.slot.slot) //nolint:gosec // below rooms.Slots
	}
	s.rooms = rooms.NewRegistry(s.db, inRooms)
	inQueue.Announcer = hub.NewAnnouncer(s.rooms)
	s.queue = generation.NewQueue(inQueue)
	if s.slot != nil {
		s.slot.keep(s.rooms.SetSlot)
	}
	s.desk = generation.NewDesk(generation.DeskConfig{
		Queue: s.queue, Leases: s.db, Placements: s.db, Placer: hub.NewPlacer(s.rooms), Assets: assets, Instance: s.instance,
		Lease: s.cfg.Lease, Log: s.log,
	})
	lineages := generation.NewLineages(generation.LineagesConfig{Store: s.db, Shares: s.db, Jobs: s.db, Rows: s.db, Assets: assets})
	if s.bus == nil { // a call is in one process: its members may not be in several
		if s.voice, err = openVoice(&s.cfg, figures.Voice(), s.log); err != nil {
			return err
		}
	} else if s.cfg.Voice.Enabled() {
		s.log.Warn("with --redis there are no calls yet")
	}
	var voice hub.Voice // nil, and not one that holds nil
	var recorder hub.Recorder
	if s.voice != nil {
		if err := s.openRecorder(assets, figures.Recording()); err != nil {
			return err
		}
		voice, recorder = s.voice, s.recorder
	}
	interpreter, err := s.openInterpreter()
	if err != nil {
		return err
	}
	s.hub, err = hub.New(hub.Config{
		Auth: s.auth, Guard: auth.Guard{Loopback: s.cfg.Loopback()}, Rooms: s.rooms, Queue: s.queue, Keeper: s.queue,
		Jobs: s.queue, Desk: s.desk, Voice: voice, Recorder: recorder, Interpreter: interpreter, ViewersSpeak: s.cfg.Voice.Viewers, ICE: iceServers(s.cfg.Voice),
		Assets: assets, AssetsAt: s.assetsAt, Lineages: lineages, Shares: lineages, Providers: providers.Infos(), Page: web.Dist(), PublicURL: s.address, Version: version(),
		Others: s.others, Ready: s.ready, Metrics: figures, Scrape: figures.Handler(), Limits: limits, Log: s.log,
	})
	if err != nil {
		return err
	}
	if s.others != nil {
		s.others.Attend(s.queue)
	}
	s.pool = generation.NewPool(generation.PoolConfig{
		Desk: s.desk, Worker: s.worker(), Name: "built-in", Concurrency: s.cfg.Workers, Log: s.log,
	})
	return nil
}

// openInterpreter is nil, and not one that holds nil, without an endpoint for commands.
func (s *server) openInterpreter() (hub.Interpreter, error) {
	at := s.cfg.Commands
	if at.URL == "" {
		return nil, nil //nolint:nilnil // none is wanted
	}
	var err error
	if s.chat, err = chat.New(chat.Config{URL: at.URL, Model: at.Model, Key: at.Key}); err != nil {
		return nil, err
	}
	return s.chat, nil
}

// ready asks the store something small.
func (s *server) ready(ctx context.Context) error {
	_, err := s.db.Seq(ctx, "")
	return err
}

// serve answers until ctx ends or a listener fails, then drains within the configured time.
func (s *server) serve(ctx context.Context, listener, admin net.Listener) error {
	servers := map[*http.Server]net.Listener{hub.NewServer(s.hub.Handler(), s.log): listener}
	if admin != nil {
		servers[hub.NewServer(s.hub.AdminHandler(), s.log)] = admin
	}
	failed := make(chan error, len(servers))
	for srv, l := range servers {
		go func() { failed <- srv.Serve(l) }()
	}
	var err error
	running := len(servers)
	select {
	case <-ctx.Done():
		s.log.InfoContext(ctx, "stopping", "at most", s.cfg.Drain)
	case err = <-failed:
		running--
	}
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.cfg.Drain)
	defer cancel()
	// Sockets first: http.Server does not know the connections that were taken over from it.
	err = errors.Join(err, s.hub.Shutdown(drain))
	for srv := range servers {
		err = errors.Join(err, srv.Shutdown(drain), srv.Close())
	}
	for ; running > 0; running-- {
		if e := <-failed; !errors.Is(e, http.ErrServerClosed) {
			err = errors.Join(err, e)
		}
	}
	return errors.Join(err, s.close(drain))
}

// close ends the parts that are open. Leases go back to the queue, and what rooms have not committed yet is committed.
func (s *server) close(ctx context.Context) error {
	var errs []error
	if s.pool != nil {
		s.pool.Close()
	}
	if s.chat != nil {
		s.chat.Close()
	}
	if s.voice != nil {
		errs = append(errs, s.voice.Close())
	}
	if s.recorder != nil {
		errs = append(errs, s.recorder.Close(ctx))
	}
	if s.desk != nil {
		s.desk.Close()
	}
	if s.queue != nil {
		s.queue.Close()
	}
	if s.others != nil {
		s.others.Close()
	}
	if s.rooms != nil {
		if err := s.rooms.Close(ctx); err != nil {
			errs = append(errs, fmt.Errorf("close rooms: %w", err))
		}
	}
	if s.bus != nil {
		errs = append(errs, s.bus.Close(ctx))
	}
	if s.slot != nil {
		errs = append(errs, s.slot.close(ctx))
	}
	if s.blobs != nil {
		errs = append(errs, s.blobs.Close())
	}
	if s.db != nil {
		errs = append(errs, s.db.Close())
	}
	if s.folder != nil {
		s.folder.release()
	}
	return errors.Join(errs...)
}
