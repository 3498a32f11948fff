package smtp_test

import (
	"context"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"testing"
	"time"

	gosmtp "github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/identity"
	"github.com/clientele-crm/clientele/identity/smtp"
)

var message = identity.Message{
	To: "ada@example.org", Subject: "Grüße", Text: "Text with an é\n", HTML: "<p>HTML with an é</p>",
}

func TestSend(t *testing.T) {
	t.Parallel()
	sink := newSink(t)
	mailer, err := smtp.New("smtp://"+sink.address+"?tls=none", "Clientele <crm@example.org>")
	require.NoError(t, err)
	require.NoError(t, mailer.Send(t.Context(), message))

	got := <-sink.received
	require.Equal(t, "crm@example.org", got.from)
	require.Equal(t, []string{"ada@example.org"}, got.to)
	m, err := mail.ReadMessage(strings.NewReader(got.data))
	require.NoError(t, err)
	require.Equal(t, `"Clientele" <crm@example.org>`, m.Header.Get("From"))
	require.Contains(t, m.Header.Get("To"), "ada@example.org")
	require.Equal(t, "auto-generated", m.Header.Get("Auto-Submitted"))
	require.Regexp(t, `^<\w+@example\.org>$`, m.Header.Get("Message-ID"))
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	require.NoError(t, err)
	require.Equal(t, message.Subject, subject)

	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	require.NoError(t, err)
	require.Equal(t, "multipart/alternative", kind)
	parts := multipart.NewReader(m.Body, params["boundary"])
	require.Equal(t, []string{"text/plain; charset=UTF-8", message.Text}, nextPart(t, parts))
	require.Equal(t, []string{"text/html; charset=UTF-8", message.HTML}, nextPart(t, parts))
	_, err = parts.NextRawPart()
	require.ErrorIs(t, err, io.EOF)
}

// nextPart is the type and the text of the next part.
func nextPart(t *testing.T, r *multipart.Reader) []string {
	p, err := r.NextRawPart()
	require.NoError(t, err)
	require.Equal(t, "quoted-printable", p.Header.Get("Content-Transfer-Encoding"))
	body, err := io.ReadAll(quotedprintable.NewReader(p))
	require.NoError(t, err)
	return []string{p.Header.Get("Content-Type"), strings.ReplaceAll(string(body), "\r\n", "\n")}
}

func TestFilesAreAttached(t *testing.T) {
	t.Parallel()
	sink := newSink(t)
	mailer, err := smtp.New("smtp://"+sink.address+"?tls=none", "Clientele <crm@example.org>")
	require.NoError(t, err)
	withFile := message
	withFile.Files = []identity.File{{Name: "appointment.ics", Type: "text/calendar; charset=utf-8; method=REQUEST", Content: []byte("BEGIN:VCALENDAR\r\n")}}
	require.NoError(t, mailer.Send(t.Context(), withFile))
	m, err := mail.ReadMessage(strings.NewReader((<-sink.received).data))
	require.NoError(t, err)
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	require.NoError(t, err)
	require.Equal(t, "multipart/mixed", kind)
	parts := multipart.NewReader(m.Body, params["boundary"])
	body, err := parts.NextRawPart()
	require.NoError(t, err)
	require.Contains(t, body.Header.Get("Content-Type"), "multipart/alternative")
	file, err := parts.NextRawPart()
	require.NoError(t, err)
	kind, params, err = mime.ParseMediaType(file.Header.Get("Content-Type"))
	require.NoError(t, err)
	require.Equal(t, "text/calendar", kind)
	require.Equal(t, "REQUEST", params["method"], "by which mail programs know what it is for")
	require.Equal(t, "appointment.ics", file.FileName())
	content, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, file))
	require.NoError(t, err)
	require.Equal(t, withFile.Files[0].Content, content)
}

func TestNoMailWithoutTLS(t *testing.T) {
	t.Parallel()
	sink := newSink(t)
	mailer, err := smtp.New("smtp://"+sink.address, "crm@example.org")
	require.NoError(t, err)
	require.Error(t, mailer.Send(t.Context(), message), "the server offers no TLS")
	require.Empty(t, sink.received)
}

func TestSendIsGivenUp(t *testing.T) {
	t.Parallel()
	silent, err := net.Listen("tcp", "127.0.0.1:0") // accepts, and says nothing
	require.NoError(t, err)
	t.Cleanup(func() { silent.Close() })
	mailer, err := smtp.New("smtp://"+silent.Addr().String()+"?tls=none", "crm@example.org")
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	require.Error(t, mailer.Send(ctx, message))
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ server, from string }{
		"another protocol": {"http://mail.example.org", "crm@example.org"},
		"no host":          {"smtp://", "crm@example.org"},
		"a path":           {"smtp://mail.example.org/inbox", "crm@example.org"},
		"unknown options":  {"smtp://mail.example.org?tls=maybe", "crm@example.org"},
		"TLS and none":     {"smtps://mail.example.org?tls=none", "crm@example.org"},
		"no sender":        {"smtp://mail.example.org", ""},
		"a port too high":  {"smtp://mail.example.org:70000", "crm@example.org"},
		"not a URL":        {"smtp://user:hunter2@mail example.org", "crm@example.org"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := smtp.New(c.server, c.from)
			require.Error(t, err)
			require.NotContains(t, err.Error(), "hunter2")
		})
	}
	for _, server := range []string{"smtps://ada:secret@mail.example.org", "smtp://mail.example.org:2525"} {
		_, err := smtp.New(server, "Ada <ada@example.org>")
		require.NoError(t, err)
	}
}

// sink is a mail server on this machine that keeps what it is given.
type sink struct {
	address  string
	received chan received
}

type received struct {
	from, data string
	to         []string
}

func newSink(t *testing.T) *sink {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := &sink{address: listener.Addr().String(), received: make(chan received, 10)}
	server := gosmtp.NewServer(s)
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
	return s
}

func (s *sink) NewSession(*gosmtp.Conn) (gosmtp.Session, error) { return &session{sink: s}, nil }

type session struct {
	sink *sink
	got  received
}

func (s *session) Mail(from string, _ *gosmtp.MailOptions) error {
	s.got = received{from: from}
	return nil
}

func (s *session) Rcpt(to string, _ *gosmtp.RcptOptions) error {
	s.got.to = append(s.got.to, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	s.got.data = string(data)
	s.sink.received <- s.got
	return err
}

func (*session) Reset()        {}
func (*session) Logout() error { return nil }
