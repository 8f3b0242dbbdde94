package storm

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/dtls/v3/pkg/crypto/selfsign"
	dtlsnet "github.com/pion/dtls/v3/pkg/net"
	"github.com/pion/ice/v4"
	"github.com/pion/rtp"
	"github.com/pion/srtp/v3"
	"github.com/pion/stun/v4"
)

// line is a media connection reduced to what a storm needs: one UDP socket, read by one goroutine that answers the
// server's checks (RFC 8445), hands the handshake its packets (RFC 5764 §5.1.2 tells them apart) and decrypts the rest.
type line struct {
	conn   *net.UDPConn
	server *offered
	pwd    string // ours, which the server's checks show to know
	hear   func(h *rtp.Header, payload []byte, arrived time.Time)

	shaking net.Conn      // where the handshake reads
	chosen  chan struct{} // closed when the server has chosen this way
	tunnel  *dtls.Conn
	in      atomic.Pointer[srtp.Context] // nil before the keys are made; used by read alone

	// Used by send, which is called one at a time.
	out    *srtp.Context
	header rtp.Header
	plain  []byte
	sealed []byte
}

// Times and sizes of a line.
const (
	lineBuffer = 1 << 20                // bytes the kernel keeps while the generator is busy
	checkEvery = 20 * time.Millisecond  // until the server has chosen
	flight     = 100 * time.Millisecond // before the handshake sends again
	linePwd    = "storm-storm-storm-storm-storm-1"
	packetMost = 1500
)

// profiles are those that browsers have, the server's choice being first what it likes best.
func profiles() []dtls.SRTPProtectionProfile {
	return []dtls.SRTPProtectionProfile{dtls.SRTP_AEAD_AES_128_GCM, dtls.SRTP_AEAD_AES_256_GCM, dtls.SRTP_AES128_CM_HMAC_SHA1_80}
}

// identity is the certificate of all lines, and its fingerprint for answers.
type identity struct {
	cert  tls.Certificate
	print string
}

func newIdentity() (*identity, error) {
	cert, err := selfsign.GenerateSelfSigned()
	if err != nil {
		return nil, fmt.Errorf("make a certificate: %w", err)
	}
	sum := sha256.Sum256(cert.Certificate[0])
	return &identity{cert: cert, print: strings.ReplaceAll(fmt.Sprintf("% X", sum), " ", ":")}, nil
}

// newLine opens the socket to the server's port.
func newLine(server *offered, hear func(*rtp.Header, []byte, time.Time)) (*line, error) {
	conn, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(server.port))
	if err != nil {
		return nil, fmt.Errorf("open a line: %w", err)
	}
	_ = conn.SetReadBuffer(lineBuffer) // the kernel may give less
	if err := stamp(conn); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return &line{conn: conn, server: server, pwd: linePwd, hear: hear, chosen: make(chan struct{})}, nil
}

// connect brings the line up: the server has the answer.
func (l *line) connect(ctx context.Context, who *identity, ufrag string) error {
	near, far := net.Pipe()
	l.shaking = far
	go l.read()
	tick := time.NewTicker(checkEvery)
	defer tick.Stop()
	for chosen := false; !chosen; {
		if err := l.check(ufrag); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the server does not choose the line: %w", context.Cause(ctx))
		case <-l.chosen:
			chosen = true
		case <-tick.C:
		}
	}
	tunnel, err := dtls.ClientWithOptions(dtlsnet.PacketConnFromConn(&handshake{near, l.conn}), l.conn.RemoteAddr(),
		dtls.WithCertificates(who.cert), dtls.WithSRTPProtectionProfiles(profiles()...),
		dtls.WithInsecureSkipVerify(true), // a storm measures, it keeps no secrets
		dtls.WithExtendedMasterSecret(dtls.RequireExtendedMasterSecret), dtls.WithFlightInterval(flight))
	if err != nil {
		return fmt.Errorf("begin the handshake: %w", err)
	}
	l.tunnel = tunnel
	if err := tunnel.HandshakeContext(ctx); err != nil {
		return fmt.Errorf("shake hands: %w", err)
	}
	return l.key()
}

// handshake reads what read gives it, and writes to the socket itself.
type handshake struct {
	net.Conn

	out *net.UDPConn
}

func (h *handshake) Write(b []byte) (int, error) { return h.out.Write(b) }

// key makes the keys of both directions.
func (l *line) key() error {
	profile, ok := l.tunnel.SelectedSRTPProtectionProfile()
	state, known := l.tunnel.ConnectionState()
	if !ok || !known {
		return errors.New("the handshake chose no SRTP profile")
	}
	conf := srtp.Config{Profile: srtp.ProtectionProfile(profile)}
	if err := conf.ExtractSessionKeysFromDTLS(&state, true); err != nil {
		return fmt.Errorf("make the keys: %w", err)
	}
	in, err := srtp.CreateContext(conf.Keys.RemoteMasterKey, conf.Keys.RemoteMasterSalt, conf.Profile)
	if err != nil {
		return fmt.Errorf("make the keys: %w", err)
	}
	l.out, err = srtp.CreateContext(conf.Keys.LocalMasterKey, conf.Keys.LocalMasterSalt, conf.Profile)
	if err != nil {
		return fmt.Errorf("make the keys: %w", err)
	}
	l.in.Store(in)
	return nil
}

// check asks the server whether it hears us, which also tells it our address.
func (l *line) check(ufrag string) error {
	m, err := stun.Build(stun.BindingRequest, stun.TransactionID, stun.NewUsername(l.server.ufrag+":"+ufrag),
		ice.AttrControlled(1), ice.PriorityAttr(1), stun.NewShortTermIntegrity(l.server.pwd), stun.Fingerprint)
	if err != nil {
		return fmt.Errorf("check the line: %w", err)
	}
	_, err = l.conn.Write(m.Raw)
	return err
}

// read reads the socket until it is closed.
func (l *line) read() {
	var (
		buf     = make([]byte, packetMost)
		plain   = make([]byte, packetMost)
		control = make([]byte, stampSize)
		header  rtp.Header
	)
	for {
		n, stamps, _, _, err := l.conn.ReadMsgUDPAddrPort(buf, control)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil || n < 2 {
			continue // a port that is closed tells so by an error
		}
		switch first := buf[0]; {
		case first < 4:
			l.checked(buf[:n])
		case first >= 20 && first < 64:
			_, _ = l.shaking.Write(buf[:n])
		case first >= 128 && first < 192 && (buf[1] < 192 || buf[1] > 223): // no RTCP (RFC 5761)
			in := l.in.Load()
			if in == nil {
				continue
			}
			header = rtp.Header{Extensions: header.Extensions[:0], CSRC: header.CSRC[:0]}
			out, err := in.DecryptRTP(plain, buf[:n], &header)
			if err != nil {
				continue // missing, then
			}
			l.hear(&header, out[header.MarshalSize():], arrival(control[:stamps]))
		}
	}
}

// checked answers the server's check, and notes that it has chosen this way.
func (l *line) checked(b []byte) {
	var m stun.Message
	if stun.Decode(b, &m) != nil || m.Type != stun.BindingRequest {
		return
	}
	from, ok := l.conn.RemoteAddr().(*net.UDPAddr)
	if !ok {
		return
	}
	answer, err := stun.Build(stun.NewTransactionIDSetter(m.TransactionID), stun.BindingSuccess,
		&stun.XORMappedAddress{IP: from.IP, Port: from.Port}, stun.NewShortTermIntegrity(l.pwd), stun.Fingerprint)
	if err != nil {
		return
	}
	_, _ = l.conn.Write(answer.Raw)
	if m.Contains(stun.AttrUseCandidate) {
		select {
		case <-l.chosen:
		default:
			close(l.chosen)
		}
	}
}

// send sends one packet of the microphone.
func (l *line) send(seq uint16, at uint32, payload []byte) error {
	l.header.SequenceNumber, l.header.Timestamp = seq, at
	n, err := l.header.MarshalTo(l.plain[:cap(l.plain)])
	if err != nil {
		return err
	}
	l.plain = append(l.plain[:n], payload...)
	l.sealed, err = l.out.EncryptRTP(l.sealed[:cap(l.sealed)], l.plain, &l.header)
	if err != nil {
		return err
	}
	_, err = l.conn.Write(l.sealed)
	return err
}

// speaker prepares the line for send: every packet has the same level (RFC 6464).
func (l *line) speaker(ssrc uint32, level uint8) error {
	l.plain, l.sealed = make([]byte, packetMost), make([]byte, packetMost)
	l.header = rtp.Header{Version: 2, PayloadType: opusType, SSRC: ssrc}
	return l.header.SetExtension(l.server.levels, []byte{level})
}

func (l *line) close() {
	if l.tunnel != nil {
		_ = l.tunnel.Close()
	}
	_ = l.conn.Close()
	if l.shaking != nil {
		_ = l.shaking.Close()
	}
}
