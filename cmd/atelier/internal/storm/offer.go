package storm

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// offered is what a storm needs of the server's offer (RFC 8866).
type offered struct {
	ufrag, pwd string
	port       netip.AddrPort // of the first UDP candidate
	levels     uint8          // number of the header extension of RFC 6464
	mids       []string       // of the sections, the microphone's first
}

const (
	opusType   = 111
	audioLevel = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
)

func readOffer(sdp string) (*offered, error) {
	o := new(offered)
	for text := range strings.Lines(sdp) {
		key, value, _ := strings.Cut(strings.TrimSpace(text), ":")
		switch key {
		case "a=ice-ufrag":
			o.ufrag = value
		case "a=ice-pwd":
			o.pwd = value
		case "a=mid":
			o.mids = append(o.mids, value)
		case "a=candidate":
			o.candidate(strings.Fields(value))
		case "a=extmap":
			id, uri, _ := strings.Cut(value, " ")
			if n, err := strconv.ParseUint(id, 10, 8); err == nil && uri == audioLevel {
				o.levels = uint8(n)
			}
		}
	}
	if o.ufrag == "" || o.pwd == "" || !o.port.IsValid() || len(o.mids) < 2 || o.levels == 0 {
		return nil, fmt.Errorf("the server's offer lacks something: %q", sdp)
	}
	return o, nil
}

func (o *offered) candidate(fields []string) {
	if o.port.IsValid() || len(fields) < 6 || !strings.EqualFold(fields[2], "udp") {
		return
	}
	addr, err := netip.ParseAddr(fields[4])
	port, wrong := strconv.ParseUint(fields[5], 10, 16)
	if err == nil && wrong == nil {
		o.port = netip.AddrPortFrom(addr, uint16(port))
	}
}

// answer says that we speak in the first section and listen in the others.
func (o *offered) answer(who *identity, ufrag string, local netip.AddrPort, ssrc uint32) string {
	var b strings.Builder
	fmt.Fprintf(&b, "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE %s\r\n", strings.Join(o.mids, " "))
	for i, mid := range o.mids {
		fmt.Fprintf(&b, "m=audio 9 UDP/TLS/RTP/SAVPF %d\r\nc=IN IP4 0.0.0.0\r\na=mid:%s\r\na=setup:active\r\na=rtcp-mux\r\n"+
			"a=fingerprint:sha-256 %s\r\na=ice-ufrag:%s\r\na=ice-pwd:%s\r\n"+
			"a=rtpmap:%[1]d opus/48000/2\r\na=fmtp:%[1]d minptime=10;useinbandfec=1;usedtx=1\r\na=extmap:%[6]d %[7]s\r\n",
			opusType, mid, who.print, ufrag, linePwd, o.levels, audioLevel)
		if i > 0 {
			b.WriteString("a=recvonly\r\n")
			continue
		}
		fmt.Fprintf(&b, "a=candidate:1 1 udp 2130706431 %s %d typ host\r\na=end-of-candidates\r\n"+
			"a=sendonly\r\na=msid:storm storm\r\na=ssrc:%d cname:storm\r\n", local.Addr(), local.Port(), ssrc)
	}
	return b.String()
}
