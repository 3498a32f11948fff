package server_test

import (
	"context"
	"net"
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/server"
)

// gate knows nobody, and lets nobody through before it is opened.
type gate struct {
	server.Authenticator
	reached, open chan struct{}
}

func (g gate) Authenticate(context.Context, string) (server.Caller, error) {
	close(g.reached)
	<-g.open
	return server.Caller{}, &core.Error{Kind: core.ErrUnauthenticated}
}

// noted is a listener that tells when it is closed.
type noted struct {
	net.Listener
	once   sync.Once
	closed chan struct{}
}

func (n *noted) Close() error {
	n.once.Do(func() { close(n.closed) })
	return n.Listener.Close()
}

func TestShutdownAnswersWhatHasBegun(t *testing.T) {
	t.Parallel()
	g := gate{reached: make(chan struct{}), open: make(chan struct{})}
	w := newWorld(t, func(c *server.Config) { c.Auth = g })
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	listener := &noted{Listener: l, closed: make(chan struct{})}
	ctx, stop := contextWithStop(t)
	served := make(chan error, 1)
	go func() { served <- w.server.Serve(ctx, listener) }()

	answered := make(chan int, 1)
	go func() {
		req, err := http.NewRequest(http.MethodGet, "http://"+l.Addr().String()+"/api/v1/contacts", nil)
		if err != nil {
			panic(err)
		}
		req.Header.Set("Authorization", "Bearer anything")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			answered <- 0
			return
		}
		res.Body.Close()
		answered <- res.StatusCode
	}()
	<-g.reached
	stop()
	<-listener.closed
	require.Empty(t, served, "it waits for the request")
	w.problem(http.StatusServiceUnavailable, "not_ready", "GET", "/readyz", nil, "Authorization:")

	close(g.open)
	require.Equal(t, http.StatusUnauthorized, <-answered, "the gate knows nobody, and says so")
	require.NoError(t, <-served)
}
