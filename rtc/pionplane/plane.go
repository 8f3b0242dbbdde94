// Package pionplane is the media plane on pion's PeerConnection: one for each client, all over one UDP port and, for networks
// without UDP, one TCP port.
package pionplane

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/webrtc/v4"

	"atelier/rtc"
)

// Config of a [Plane].
type Config struct {
	UDP *net.UDPConn // required; the plane owns it
	TCP net.Listener // of ICE-TCP (RFC 6544), passive; nil has none; the plane owns it

	// Addresses that clients reach the server by, when they are others than its own (NAT). Empty: its own.
	Public []netip.Addr
	Log    *slog.Logger

	// ICE hears the states that connections come into (RFC 8445): checking, connected, disconnected, failed, closed. Nil hears
	// none; it must not wait.
	ICE func(state string)
}

// Sizes and times.
const (
	socketBuffer = 4 << 20 // bytes of the one UDP socket, each way: a burst of all rooms
	tcpBuffer    = 64 << 10
	largest      = 1500 // bytes of a packet
	farewell     = 5 * time.Second
)

var _ rtc.Plane = (*Plane)(nil)

// Plane implements [rtc.Plane]. Make it with [New].
type Plane struct {
	cfg      Config
	settings webrtc.SettingEngine
	media    *webrtc.MediaEngine
	port     *port
	udp      *ice.UDPMuxDefault
	tcp      ice.TCPMux
	running  sync.WaitGroup // the ends of links

	mu     sync.Mutex
	links  map[*link]struct{}
	closed bool
}

// New begins a plane on its sockets.
func New(cfg Config) (*Plane, error) {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.ICE == nil {
		cfg.ICE = func(string) {}
	}
	_ = cfg.UDP.SetReadBuffer(socketBuffer) // the kernel may give less
	_ = cfg.UDP.SetWriteBuffer(socketBuffer)
	p := &Plane{cfg: cfg, port: newPort(cfg.UDP), links: make(map[*link]struct{})}
	settings := webrtc.SettingEngine{LoggerFactory: loggers{cfg.Log}}
	p.udp = ice.NewUDPMuxDefault(ice.UDPMuxParams{UDPConn: p.port, Logger: loggers{cfg.Log}.NewLogger("ice")})
	settings.SetICEUDPMux(p.udp)
	networks := []webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6}
	if cfg.TCP != nil {
		p.tcp = ice.NewTCPMuxDefault(ice.TCPMuxParams{
			Listener: cfg.TCP, ReadBufferSize: 32, WriteBufferSize: tcpBuffer, Logger: loggers{cfg.Log}.NewLogger("ice"),
		})
		settings.SetICETCPMux(p.tcp)
		networks = append(networks, webrtc.NetworkTypeTCP4, webrtc.NetworkTypeTCP6)
	}
	settings.SetNetworkTypes(networks)
	settings.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	settings.DisableActiveTCP(true)
	settings.SetReceiveMTU(largest)
	if local, ok := netip.AddrFromSlice(cfg.UDP.LocalAddr().(*net.UDPAddr).IP); ok && local.Unmap().IsLoopback() { //nolint:forcetypeassert // of a UDPConn
		settings.SetIncludeLoopbackCandidate(true)
	}
	if err := rewrite(&settings, cfg.Public); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	settings.SetFireOnTrackBeforeFirstRTP(true) // nobody reads it there
	media, err := opusOnly()
	if err != nil {
		return nil, errors.Join(err, p.Close())
	}
	p.settings, p.media = settings, media
	return p, nil
}

// rewrite tells clients the addresses of a NAT in place of the server's own.
func rewrite(settings *webrtc.SettingEngine, public []netip.Addr) error {
	if len(public) == 0 {
		return nil
	}
	external := make([]string, len(public))
	for i, a := range public {
		external[i] = a.String()
	}
	err := settings.SetICEAddressRewriteRules(webrtc.ICEAddressRewriteRule{
		External: external, AsCandidateType: webrtc.ICECandidateTypeHost, Mode: webrtc.ICEAddressRewriteReplace,
	})
	if err != nil {
		return fmt.Errorf("tell the public addresses of voice: %w", err)
	}
	return nil
}

// audioLevel is the header extension of RFC 6464.
const audioLevel = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"

// opus is the one codec: with in-band error correction, and silence that is not sent (RFC 7587 §6.1).
func opus() webrtc.RTPCodecCapability {
	return webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus, ClockRate: 48_000, Channels: 2, SDPFmtpLine: "minptime=10;useinbandfec=1;usedtx=1"}
}

func opusOnly() (*webrtc.MediaEngine, error) {
	m := new(webrtc.MediaEngine)
	err := m.RegisterCodec(webrtc.RTPCodecParameters{RTPCodecCapability: opus(), PayloadType: 111}, webrtc.RTPCodecTypeAudio)
	for _, uri := range []string{audioLevel, "urn:ietf:params:rtp-hdrext:sdes:mid"} {
		err = errors.Join(err, m.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{URI: uri}, webrtc.RTPCodecTypeAudio))
	}
	if err != nil {
		return nil, fmt.Errorf("set Opus up: %w", err)
	}
	return m, nil
}

// Accept implements [rtc.Plane].
func (p *Plane) Accept(streams int, to rtc.Events) (rtc.Link, error) {
	l := &link{plane: p, to: to, intakes: make(map[uint32]*intake)}
	settings := p.settings
	settings.BufferFactory = l.buffer
	api := webrtc.NewAPI(webrtc.WithMediaEngine(p.media), webrtc.WithSettingEngine(settings), webrtc.WithInterceptorRegistry(&interceptor.Registry{}))
	var err error
	if l.pc, err = api.NewPeerConnection(webrtc.Configuration{BundlePolicy: webrtc.BundlePolicyMaxBundle}); err != nil {
		return nil, fmt.Errorf("begin a voice connection: %w", err)
	}
	p.mu.Lock()
	closed := p.closed
	if !closed {
		p.links[l] = struct{}{}
	}
	p.mu.Unlock()
	if err = l.open(streams); err != nil || closed {
		l.Close()
		return nil, fmt.Errorf("begin a voice connection: %w", errors.Join(err, net.ErrClosed))
	}
	return l, nil
}

// Close implements [rtc.Plane].
func (p *Plane) Close() error {
	p.mu.Lock()
	p.closed = true
	links := make([]*link, 0, len(p.links))
	for l := range p.links {
		links = append(links, l)
	}
	p.mu.Unlock()
	for _, l := range links {
		l.Close()
	}
	p.running.Wait()
	err := p.udp.Close()
	if p.tcp != nil {
		err = errors.Join(err, p.tcp.Close())
	}
	if err != nil {
		return fmt.Errorf("close the voice ports: %w", err)
	}
	return nil
}

func (p *Plane) forget(l *link) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.links, l)
}
