package config

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
)

// Voice is what voice may be told.
type Voice struct {
	UDP     string       `name:"udp" default:"7882" env:"ATELIER_VOICE_UDP" placeholder:"PORT" help:"UDP port of all voice, or off: no voice. When the default is taken, the server takes a free one and says so; a port that was asked for must be free."`
	TCP     string       `name:"tcp" default:"same" env:"ATELIER_VOICE_TCP" placeholder:"PORT" help:"TCP port of voice for networks without UDP: same is the number of the UDP port, off is none."`
	Address []netip.Addr `name:"address" env:"ATELIER_VOICE_ADDRESS" placeholder:"IP" help:"Addresses that people reach the voice ports by, when the server is behind NAT. Default: the server's own."`
	Slots   int          `name:"slots" default:"8" env:"ATELIER_VOICE_SLOTS" placeholder:"N" help:"How many are heard at once in a room; the loudest, when more speak. 1 to 32."`
	Viewers bool         `name:"viewers" env:"ATELIER_VOICE_VIEWERS" help:"Let viewers speak, too; without it they listen."`

	STUN   []string `name:"stun" env:"ATELIER_VOICE_STUN" placeholder:"URL" help:"STUN servers for clients, such as stun:stun.example.org:3478."`
	TURN   []string `name:"turn" env:"ATELIER_VOICE_TURN" placeholder:"URL" help:"TURN servers for clients that reach neither voice port, such as turn:turn.example.org:3478?transport=udp."`
	Secret string   `name:"turn-secret" env:"ATELIER_VOICE_TURN_SECRET" placeholder:"TEXT" help:"Secret shared with the TURN servers (coturn: static-auth-secret), of which credentials for clients are made."`
}

// DefaultVoiceUDP is the port that nobody asked for: it gives way when it is taken.
const DefaultVoiceUDP = "7882"

// Off is no port.
const Off = "off"

// mostSlots keeps an offer within one message of the socket.
const mostSlots = 32

func (v *Voice) validate() (errs []error) {
	if _, err := v.UDPPort(); err != nil {
		errs = append(errs, err)
	}
	if _, err := v.TCPPort(0); err != nil {
		errs = append(errs, err)
	}
	if v.Slots < 1 || v.Slots > mostSlots {
		errs = append(errs, fmt.Errorf("--voice-slots: %d is not within 1 and %d", v.Slots, mostSlots))
	}
	if (len(v.TURN) > 0) != (v.Secret != "") {
		errs = append(errs, fmt.Errorf("--voice-turn and --voice-turn-secret belong together"))
	}
	return errs
}

// Enabled tells whether the server relays voice.
func (v *Voice) Enabled() bool { return v.UDP != Off }

// UDPPort is the port, 0 being a free one; −1 with voice off.
func (v *Voice) UDPPort() (int, error) { return port("--voice-udp", v.UDP) }

// TCPPort is the port, given that of UDP; −1 when there is none.
func (v *Voice) TCPPort(udp int) (int, error) {
	if v.TCP == "same" {
		return udp, nil
	}
	return port("--voice-tcp", v.TCP)
}

func port(flag, value string) (int, error) {
	if value == Off {
		return -1, nil
	}
	n, err := strconv.ParseUint(value, 10, 16)
	if err != nil {
		return 0, fmt.Errorf("%s: %q is no port", flag, value)
	}
	return int(n), nil
}

// VoiceHost is the address that voice listens on: the page's.
func (c *Config) VoiceHost() net.IP {
	host, _, _ := net.SplitHostPort(c.Listen)
	if host == "localhost" {
		return net.IPv4(127, 0, 0, 1)
	}
	return net.ParseIP(host) // nil is all
}
