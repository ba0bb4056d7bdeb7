package api

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// proxies are the machines whose word about a client's address is taken. (Fiber's own c.IP takes the first entry of
// the header, which is whatever the client wrote there.)
type proxies struct {
	header string // a list of addresses to which every proxy adds its peer, like X-Forwarded-For
	nets   []netip.Prefix
}

// readProxies reads addresses and networks, and reports every entry that is neither.
func readProxies(header string, entries []string) (proxies, error) {
	p := proxies{header: header}
	var wrong []error
	for _, e := range entries {
		net, err := readNetwork(strings.TrimSpace(e))
		if err != nil {
			wrong = append(wrong, fmt.Errorf("trusted proxy %q is neither an address nor a network: %w", e, err))
			continue
		}
		p.nets = append(p.nets, net)
	}
	return p, errors.Join(wrong...)
}

func readNetwork(s string) (netip.Prefix, error) {
	if !strings.Contains(s, "/") {
		a, err := netip.ParseAddr(s)
		if err != nil {
			return netip.Prefix{}, err
		}
		a = plain(a)
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	net, err := netip.ParsePrefix(s)
	if a := net.Addr(); err == nil && a.Is4In6() && net.Bits() >= 96 {
		net = netip.PrefixFrom(a.Unmap(), net.Bits()-96)
	}
	return net.Masked(), err
}

// plain is an address in the one form in which it is compared: IPv4 as such, and without a zone.
func plain(a netip.Addr) netip.Addr { return a.Unmap().WithZone("") }

func (p proxies) trusted(a netip.Addr) bool {
	for _, net := range p.nets {
		if net.Contains(a) {
			return true
		}
	}
	return false
}

// client is who stands behind peer: the right-most entry that is no trusted proxy. What lies to the left of it was
// written by whom nobody vouches for. Where that entry is no address, and where there is none, it is the peer.
func (p proxies) client(peer netip.Addr, entries []string) netip.Addr {
	if p.header == "" || !p.trusted(peer) {
		return peer
	}
	for i := len(entries) - 1; i >= 0; i-- {
		a, err := readEntry(entries[i])
		switch {
		case err != nil:
			return peer
		case !p.trusted(a):
			return a
		}
	}
	return peer
}

// readEntry reads an address, with or without a port, an IPv6 one with or without brackets.
func readEntry(s string) (netip.Addr, error) {
	if ap, err := netip.ParseAddrPort(s); err == nil {
		return plain(ap.Addr()), nil
	}
	if inner, ok := strings.CutPrefix(s, "["); ok && strings.HasSuffix(inner, "]") {
		s = strings.TrimSuffix(inner, "]")
	}
	a, err := netip.ParseAddr(s)
	return plain(a), err
}

// entries are those of every line of the header, in order.
func entries(c *fiber.Ctx, header string) []string {
	var all []string
	for _, line := range c.Request().Header.PeekAll(header) {
		for e := range strings.SplitSeq(string(line), ",") {
			if e = strings.TrimSpace(e); e != "" {
				all = append(all, e)
			}
		}
	}
	return all
}

// peer is who holds the other end of the connection.
func peer(c *fiber.Ctx) netip.Addr {
	a, _ := netip.AddrFromSlice(c.Context().RemoteIP()) // the zero address for none, which nobody trusts
	return plain(a)
}

// address is the client's.
func (s *Server) address(c *fiber.Ctx) netip.Addr {
	return s.proxies.client(peer(c), entries(c, s.proxies.header))
}

// network is what a limit counts by: an address, or the /64 of an IPv6 one, all of which one customer of a provider has.
func (s *Server) network(c *fiber.Ctx) string {
	a := s.address(c)
	if a.Is4() {
		return a.String()
	}
	net, err := a.Prefix(64)
	if err != nil {
		return "" // no address at all
	}
	return net.String()
}
