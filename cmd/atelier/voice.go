package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"atelier/generation"
	"atelier/hub"
	"atelier/internal/config"
	"atelier/internal/metrics"
	"atelier/protocol"
	"atelier/rtc"
	"atelier/rtc/pionplane"
	"atelier/rtc/recording"
)

// openVoice takes the voice ports. Nil without voice.
func openVoice(cfg *config.Config, figures *metrics.Voice, log *slog.Logger) (*rtc.Relay, error) {
	if !cfg.Voice.Enabled() {
		return nil, nil //nolint:nilnil // no voice is no error
	}
	udp, err := listenVoice(cfg, log)
	if err != nil {
		return nil, err
	}
	tcp, err := listenVoiceTCP(cfg, udp)
	if err != nil {
		return nil, errors.Join(err, udp.Close())
	}
	plane, err := pionplane.New(pionplane.Config{UDP: udp, TCP: tcp, Public: cfg.Voice.Address, Log: log, ICE: figures.ICE})
	if err != nil {
		return nil, err
	}
	return rtc.NewRelay(rtc.Config{Plane: plane, Slots: cfg.Voice.Slots, Metrics: figures}), nil
}

func listenVoice(cfg *config.Config, log *slog.Logger) (*net.UDPConn, error) {
	port, err := cfg.Voice.UDPPort()
	if err != nil {
		return nil, err
	}
	at := &net.UDPAddr{IP: cfg.VoiceHost(), Port: port}
	conn, err := net.ListenUDP("udp", at)
	if err != nil && cfg.Voice.UDP == config.DefaultVoiceUDP {
		at.Port = 0
		if conn, err = net.ListenUDP("udp", at); err == nil {
			log.Warn("the voice port is taken", "port", port, "instead", conn.LocalAddr().(*net.UDPAddr).Port) //nolint:forcetypeassert // of a UDPConn
		}
	}
	if err != nil {
		return nil, fmt.Errorf("--voice-udp: %w", err)
	}
	return conn, nil
}

// listenVoiceTCP takes the TCP port. A number that follows from the UDP port's and is taken is done without.
func listenVoiceTCP(cfg *config.Config, udp *net.UDPConn) (net.Listener, error) {
	port, err := cfg.Voice.TCPPort(udp.LocalAddr().(*net.UDPAddr).Port) //nolint:forcetypeassert // of a UDPConn
	if err != nil || port < 0 {
		return nil, err
	}
	l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: cfg.VoiceHost(), Port: port})
	switch {
	case err == nil:
		return l, nil
	case cfg.Voice.TCP == "same":
		return nil, nil //nolint:nilnil // voice goes on over UDP
	}
	return nil, fmt.Errorf("--voice-tcp: %w", err)
}

// openRecorder makes what records calls.
func (s *server) openRecorder(assets *generation.Assets, figures recording.Metrics) (err error) {
	s.recorder, err = recording.New(recording.Config{
		Dir: recordingsIn(s.cfg.Data), Store: s.db, Assets: hub.NewPieces(assets), Tell: hub.NewAnnouncer(s.rooms).Recording,
		PieceBytes: s.cfg.Limits.Protocol().UploadBytes / 2, Metrics: figures, Log: s.log,
	})
	return err
}

// iceServers are those of the configuration, for one user.
func iceServers(v config.Voice) func(user string) []protocol.ICEServer {
	servers := rtc.ICEServers{STUN: v.STUN, TURN: v.TURN, Secret: v.Secret}
	return func(user string) []protocol.ICEServer { return servers.For(user, time.Now()) }
}
