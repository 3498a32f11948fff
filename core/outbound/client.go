package outbound

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/clientele-crm/clientele/core/webhooks"
)

// Config is what a Client may do. The zero value is right for the public internet.
type Config struct {
	// Allow are networks that may be called though they are not public, such as that of the
	// embedder's own services.
	Allow []netip.Prefix

	// Timeout is how long a call may take, with all its redirects and the reading of the answer;
	// 15 seconds if it is 0.
	Timeout time.Duration

	// TLS is how servers prove themselves; nil is by the system's authorities.
	TLS *tls.Config
}

// Client calls URLs that strangers chose. It is a [webhooks.Sender].
type Client struct{ http *http.Client }

var _ webhooks.Sender = (*Client)(nil)

// maxRedirects is how often a call may be sent on. Each time the address is looked at anew.
const maxRedirects = 3

// errRedirects is why a call was sent on no further.
var errRedirects = errors.New("the answer redirects too often")

// New is a client. It uses no proxy, also none of the environment: that would resolve the
// names, behind the back of the check.
func New(cfg Config) *Client {
	if cfg.Timeout == 0 {
		cfg.Timeout = 15 * time.Second
	}
	dialer := &net.Dialer{Timeout: 10 * time.Second, Control: guard{cfg.Allow}.control}
	transport := &http.Transport{
		DialContext:            dialer.DialContext,
		TLSClientConfig:        cfg.TLS,
		ForceAttemptHTTP2:      true,
		TLSHandshakeTimeout:    10 * time.Second,
		MaxIdleConns:           100,
		MaxIdleConnsPerHost:    2,
		IdleConnTimeout:        30 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
		DisableCompression:     true, // a small answer cannot become a large one
	}
	return &Client{&http.Client{Transport: transport, Timeout: cfg.Timeout, CheckRedirect: checkRedirect}}
}

// checkRedirect follows what keeps the method and the body (307, 308), and what leads to http
// or https. Any other redirect is the answer itself.
func checkRedirect(r *http.Request, via []*http.Request) error {
	switch {
	case r.Method != via[0].Method, r.URL.Scheme != "http" && r.URL.Scheme != "https":
		return http.ErrUseLastResponse
	case len(via) > maxRedirects:
		return errRedirects
	}
	return nil
}

// Send implements [webhooks.Sender].
func (c *Client) Send(ctx context.Context, url string, headers map[string]string, body []byte, limit int) (webhooks.Answer, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return webhooks.Answer{}, err
	}
	for name, value := range headers {
		r.Header.Set(name, value)
	}
	res, err := c.http.Do(r)
	if err != nil {
		return webhooks.Answer{}, err
	}
	defer res.Body.Close() // what was not read of it is not read, and the connection goes
	answer := webhooks.Answer{Status: res.StatusCode}
	// The status counts, even if the body breaks off.
	answer.Body, _ = io.ReadAll(io.LimitReader(res.Body, int64(limit)))
	return answer, nil
}
