// Package outbound calls URLs that strangers chose, such as those of webhooks, without letting
// them reach into the network that this program runs in.
package outbound

import (
	"net/netip"
	"slices"
	"syscall"

	"github.com/clientele-crm/clientele/core"
)

// guard decides to which addresses a connection may be made. It is asked after the name has
// been resolved, with the address that is about to be called, so that no answer of a name
// server can change between the check and the call.
type guard struct{ allowed []netip.Prefix }

// control is a net.Dialer's.
func (g guard) control(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	if !g.permits(to.Addr()) {
		return errRefused
	}
	return nil
}

var errRefused = &core.Error{Kind: core.ErrForbidden, Code: "address_refused", Message: "the address is not one of the public internet"}

func (g guard) permits(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if slices.ContainsFunc(g.allowed, func(p netip.Prefix) bool { return p.Contains(a) }) {
		return true
	}
	return a.IsGlobalUnicast() && !slices.ContainsFunc(special, func(p netip.Prefix) bool { return p.Contains(a) })
}

// special are the networks of IANA's registries of special-purpose addresses that are not
// reached over the public internet, or lead on to addresses that would not be looked at. What
// netip counts as no global unicast (loopback, link-local, multicast) is not repeated.
var special = prefixes(
	"0.0.0.0/8",       // this network
	"10.0.0.0/8",      // private
	"100.64.0.0/10",   // shared by carriers; metadata of some clouds
	"172.16.0.0/12",   // private
	"192.0.0.0/24",    // protocol assignments
	"192.0.2.0/24",    // documentation
	"192.88.99.0/24",  // relays of 6to4
	"192.168.0.0/16",  // private
	"198.18.0.0/15",   // benchmarks
	"198.51.100.0/24", // documentation
	"203.0.113.0/24",  // documentation
	"240.0.0.0/4",     // reserved, and broadcast

	"::/96",          // compatible with IPv4: another address is in it
	"64:ff9b::/96",   // NAT64: another address is in it
	"64:ff9b:1::/48", // NAT64 of the network's own
	"100::/64",       // discarded
	"2001::/23",      // protocol assignments, and Teredo: another address is in it
	"2001:db8::/32",  // documentation
	"2002::/16",      // 6to4: another address is in it
	"3fff::/20",      // documentation
	"5f00::/16",      // segment routing
	"fc00::/7",       // unique local
	"fec0::/10",      // site-local, as it was
)

func prefixes(texts ...string) []netip.Prefix {
	list := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		list[i] = netip.MustParsePrefix(text)
	}
	return list
}
