package main

import (
	"io"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/mail"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"
)

// mailServer is a mail server on this machine, which keeps what it is given.
type mailServer struct {
	t       *testing.T
	address string
	mails   chan receivedMail
}

type receivedMail struct{ to, text string }

func newMailServer(t *testing.T) *mailServer {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	m := &mailServer{t: t, address: listener.Addr().String(), mails: make(chan receivedMail, 100)}
	server := smtp.NewServer(m)
	server.Domain = "localhost"
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener)
	}()
	t.Cleanup(func() {
		_ = server.Close()
		<-done
	})
	return m
}

// env makes a server send its mail here, by a URL that it reads from a file.
func (m *mailServer) env() []string {
	file := filepath.Join(m.t.TempDir(), "smtp-url")
	require.NoError(m.t, os.WriteFile(file, []byte("smtp://"+m.address+"?tls=none\n"), 0o600))
	return []string{"CLIENTELE_SMTP_URL_FILE=" + file, "CLIENTELE_MAIL_FROM=Clientele <crm@example.org>"}
}

var linkInMail = regexp.MustCompile(`http://\S+/auth/([\w-]+)\?token=([\w-]+)`)

// link waits for the next mail to the address that has a link to the page, and is the link
// and its token.
func (m *mailServer) link(to, page string) (link, token string) {
	m.t.Helper()
	for late := time.After(time.Minute); ; {
		select {
		case got := <-m.mails:
			if found := linkInMail.FindStringSubmatch(got.text); got.to == to && found != nil && found[1] == page {
				return found[0], found[2]
			}
		case <-late:
			require.Fail(m.t, "no mail came", "%s for %s", page, to)
		}
	}
}

// NewSession implements [smtp.Backend].
func (m *mailServer) NewSession(*smtp.Conn) (smtp.Session, error) {
	return &mailSession{server: m}, nil
}

type mailSession struct {
	server *mailServer
	to     string
}

func (*mailSession) Mail(string, *smtp.MailOptions) error { return nil }
func (*mailSession) Reset()                               {}
func (*mailSession) Logout() error                        { return nil }

func (s *mailSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	return nil
}

func (s *mailSession) Data(r io.Reader) error {
	text, err := plainText(r)
	if err == nil {
		s.server.mails <- receivedMail{s.to, text}
	}
	return err
}

// plainText is the first part of a mail.
func plainText(r io.Reader) (string, error) {
	m, err := mail.ReadMessage(r)
	if err != nil {
		return "", err
	}
	_, boundary, _ := strings.Cut(m.Header.Get("Content-Type"), "boundary=")
	part, err := multipart.NewReader(m.Body, strings.Trim(boundary, `"`)).NextRawPart()
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(quotedprintable.NewReader(part))
	return string(text), err
}

// page opens the link as a scanner of mail does: twice, and it goes on showing its form.
func (m *mailServer) page(link string) {
	m.t.Helper()
	for range 2 {
		res, err := http.Get(link)
		require.NoError(m.t, err)
		text, err := io.ReadAll(res.Body)
		require.NoError(m.t, err)
		require.NoError(m.t, res.Body.Close())
		require.Equal(m.t, http.StatusOK, res.StatusCode, string(text))
		require.Contains(m.t, string(text), `<form method="post">`)
	}
}

// send sends the form of the page, and requires that it works this once.
func (m *mailServer) send(link string, form url.Values) {
	m.t.Helper()
	for _, want := range []int{http.StatusOK, http.StatusNotFound} {
		res, err := http.PostForm(link, form)
		require.NoError(m.t, err)
		text, err := io.ReadAll(res.Body)
		require.NoError(m.t, err)
		require.NoError(m.t, res.Body.Close())
		require.Equal(m.t, want, res.StatusCode, string(text))
	}
}

// The links in mails work once, by the form of their page or by the API: to open one
// changes nothing.
func TestLinksInMailsWorkOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, dir, url string) {
		mails := newMailServer(t)
		ada := serve(t, dir, url, mails.env()...).described().founder("ada@example.org")
		t.Run("verification", ada.verifies(mails))
		t.Run("password reset", ada.resetsPassword(mails))
		ada.logIn("ada@example.org", "another engine")
		t.Run("e-mail change", ada.changesEmail(mails))
		t.Run("invitation", ada.invites(mails))
	})
}

// logIn gives the caller a session.
func (c *caller) logIn(email, password string) {
	c.t.Helper()
	c.token = ""
	c.token = c.do(http.StatusOK, "POST", "/auth/login", map[string]any{"email": email, "password": password}).text(c.t, "accessToken")
}

func (c caller) verifies(mails *mailServer) func(*testing.T) {
	return func(t *testing.T) {
		link, _ := mails.link("ada@example.org", "verify-email")
		mails.page(link)
		require.Nil(t, c.do(http.StatusOK, "GET", "/auth/me", nil).field(t, "emailVerifiedAt"))
		mails.send(link, nil)
		require.NotEmpty(t, c.do(http.StatusOK, "GET", "/auth/me", nil).text(t, "emailVerifiedAt"))
	}
}

func (c caller) resetsPassword(mails *mailServer) func(*testing.T) {
	return func(t *testing.T) {
		ask := map[string]any{"email": "ada@example.org"}
		c.do(http.StatusAccepted, "POST", "/auth/password-resets", ask)
		link, _ := mails.link("ada@example.org", "reset-password")
		mails.page(link)
		c.logIn("ada@example.org", "the analytical engine")
		mails.send(link, url.Values{"password": {"the difference engine"}})
		c.do(http.StatusUnauthorized, "GET", "/auth/me", nil)
		c.do(http.StatusUnauthorized, "POST", "/auth/login", map[string]any{"email": "ada@example.org", "password": "the analytical engine"})
		c.logIn("ada@example.org", "the difference engine")

		c.do(http.StatusAccepted, "POST", "/auth/password-resets", ask)
		_, token := mails.link("ada@example.org", "reset-password")
		next := map[string]any{"password": "another engine"}
		c.do(http.StatusNoContent, "PUT", "/auth/password-resets/"+token, next)
		c.do(http.StatusNotFound, "PUT", "/auth/password-resets/"+token, next)
	}
}

func (c caller) changesEmail(mails *mailServer) func(*testing.T) {
	return func(t *testing.T) {
		change := func(to string) (link, token string) {
			c.do(http.StatusAccepted, "POST", "/auth/email-changes", map[string]any{"email": to, "password": "another engine"})
			return mails.link(to, "change-email")
		}
		email := func() string { return c.do(http.StatusOK, "GET", "/auth/me", nil).text(t, "email") }
		link, _ := change("countess@example.org")
		mails.page(link)
		require.Equal(t, "ada@example.org", email())
		mails.send(link, nil)
		require.Equal(t, "countess@example.org", email())

		_, token := change("lovelace@example.org")
		c.do(http.StatusOK, "PUT", "/auth/email-changes/"+token, nil)
		c.do(http.StatusNotFound, "PUT", "/auth/email-changes/"+token, nil)
		require.Equal(t, "lovelace@example.org", email())
	}
}

func (c caller) invites(mails *mailServer) func(*testing.T) {
	return func(t *testing.T) {
		var role string
		for _, r := range c.do(http.StatusOK, "GET", "/company-roles", nil).field(t, "items").([]any) {
			if r := r.(map[string]any); r["builtin"] == "internal_staff" {
				role = r["id"].(string)
			}
		}
		invite := func(email string) (link, token string) {
			c.do(http.StatusCreated, "POST", "/invitations", map[string]any{"email": email, "roleId": role})
			return mails.link(email, "accept-invitation")
		}
		members := func() int { return len(c.do(http.StatusOK, "GET", "/members", nil).field(t, "items").([]any)) }

		link, _ := invite("joan@example.org")
		mails.page(link)
		require.Equal(t, 1, members())
		mails.send(link, url.Values{"firstName": {"Joan"}, "password": {"the colossus engine"}})
		require.Equal(t, 2, members())
		joan := caller{process: c.process}
		joan.logIn("joan@example.org", "the colossus engine")
		joan.do(http.StatusOK, "GET", "/contacts", nil)

		_, token := invite("grace@example.org")
		grace := map[string]any{"token": token, "firstName": "Grace", "email": "grace@example.org", "password": "the colossus engine"}
		joan.token = ""
		joan.do(http.StatusCreated, "POST", "/invitations/register", grace)
		grace["email"] = "hopper@example.org"
		joan.do(http.StatusNotFound, "POST", "/invitations/register", grace)
		require.Equal(t, 3, members())
	}
}
