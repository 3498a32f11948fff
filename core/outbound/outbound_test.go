package outbound_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/outbound"
	"github.com/clientele-crm/clientele/core/webhooks"
)

// here lets a client call 127.0.0.1, where the servers of the tests listen, and no other
// address of this machine.
var here = outbound.Config{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}}

func send(t *testing.T, c *outbound.Client, url string) (webhooks.Answer, error) {
	return c.Send(t.Context(), url, map[string]string{"X-Test": "yes"}, []byte("body"), 10)
}

func TestItPostsAndReadsNoMoreThanItWants(t *testing.T) {
	t.Parallel()
	s := server(t, "127.0.0.1", func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || r.Header.Get("X-Test") != "yes" || r.ContentLength != 4 {
			w.WriteHeader(http.StatusBadRequest)
		}
		line := strings.Repeat("a", 1<<20)
		for range 10 {
			if _, err := fmt.Fprint(w, line); err != nil {
				return // it was hung up on
			}
		}
	})
	answer, err := send(t, outbound.New(here), s.URL)
	require.NoError(t, err)
	require.Equal(t, webhooks.Answer{Status: 200, Body: []byte("aaaaaaaaaa")}, answer)
}

func TestItWaitsNoLongerThanItIsTold(t *testing.T) {
	t.Parallel()
	for name, hang := range map[string]func(w http.ResponseWriter, r *http.Request){
		"before the answer": func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // else it would not notice that it is hung up on
			<-r.Context().Done()
		},
		"in the body": func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		},
	} {
		s := server(t, "127.0.0.1", hang)
		cfg := here
		cfg.Timeout = 100 * time.Millisecond
		begin := time.Now()
		answer, err := send(t, outbound.New(cfg), s.URL)
		require.Less(t, time.Since(begin), 5*time.Second, name)
		if name == "in the body" {
			require.NoError(t, err, "the status was there")
			require.Equal(t, 200, answer.Status)
		} else {
			require.ErrorIs(t, err, context.DeadlineExceeded)
		}
	}
}

func TestAddressesOfNoPublicNetworkAreNotCalled(t *testing.T) {
	t.Parallel()
	var called atomic.Int32
	s := server(t, "127.0.0.1", func(http.ResponseWriter, *http.Request) { called.Add(1) })
	_, port, err := net.SplitHostPort(s.Listener.Addr().String())
	require.NoError(t, err)
	c := outbound.New(outbound.Config{Timeout: 5 * time.Second})
	for _, host := range []string{
		"127.0.0.1", "localhost", "0.0.0.0", "[::1]", "[::]", "[::ffff:127.0.0.1]", "127.255.255.254",
		"10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.100.100.200", "192.0.0.8", "198.18.0.1", "224.0.0.1", "255.255.255.255",
		"[fe80::1]", "[fc00::1]", "[fd00:ec2::254]", "[64:ff9b::7f00:1]", "[64:ff9b::a9fe:a9fe]", "[2002:7f00:1::]", "[2001:0:1::1]", "[::127.0.0.1]", "[ff02::1]", "[2001:db8::1]", "[fec0::1]",
	} {
		_, err := send(t, c, "http://"+host+":"+port+"/")
		require.ErrorIs(t, err, core.ErrForbidden, host)
	}
	for _, odd := range []string{"127.1", "2130706433", "0x7f.1", "0"} { // a resolver may or may not read it as an address
		_, err := send(t, c, "http://"+odd+":"+port+"/")
		require.Error(t, err, odd)
	}
	require.Zero(t, called.Load())
}

func TestARedirectIsLookedAtAnew(t *testing.T) {
	t.Parallel()
	var called atomic.Int32
	inside := server(t, "127.0.0.2", func(http.ResponseWriter, *http.Request) { called.Add(1) })
	outside := server(t, "127.0.0.1", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, inside.URL, http.StatusTemporaryRedirect)
	})
	_, err := send(t, outbound.New(here), outside.URL)
	require.ErrorIs(t, err, core.ErrForbidden)
	require.Zero(t, called.Load())
}

func TestRedirectsThatKeepTheRequestAreFollowedAFewTimes(t *testing.T) {
	t.Parallel()
	status, left := http.StatusPermanentRedirect, 3
	s := server(t, "127.0.0.1", func(w http.ResponseWriter, r *http.Request) {
		if left == 0 {
			_, _ = fmt.Fprint(w, r.Method, r.ContentLength)
			return
		}
		left--
		http.Redirect(w, r, "/", status)
	})
	answer, err := send(t, outbound.New(here), s.URL)
	require.NoError(t, err)
	require.Equal(t, "POST4", string(answer.Body))
	left = 4
	_, err = send(t, outbound.New(here), s.URL)
	require.ErrorContains(t, err, "redirects too often")
	status, left = http.StatusFound, 1
	answer, err = send(t, outbound.New(here), s.URL)
	require.NoError(t, err)
	require.Equal(t, http.StatusFound, answer.Status, "what would become a GET is the answer")
}

// server listens on an address of the loopback.
func server(t *testing.T, address string, handle http.HandlerFunc) *httptest.Server {
	s := httptest.NewUnstartedServer(handle)
	l, err := net.Listen("tcp", address+":0")
	require.NoError(t, err)
	require.NoError(t, s.Listener.Close())
	s.Listener = l
	s.Start()
	t.Cleanup(s.Close)
	return s
}
