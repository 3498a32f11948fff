// Package smtp sends the mails of package identity through a mail server.
//
//	mailer, err := smtp.New("smtp://user:password@mail.example.org", "Clientele <crm@example.org>")
//	app := clientele.New(db, clientele.WithIdentity(identity.Config{Mailer: mailer}))
package smtp

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"github.com/clientele-crm/clientele/identity"
)

// timeout is how long the server may take to connect, and then to accept the message.
const timeout = 30 * time.Second

// Mailer hands mail over to one server, each in a connection of its own. It is safe for
// concurrent use.
type Mailer struct {
	host string
	from *mail.Address
	opts []gomail.Option
}

var _ identity.Mailer = (*Mailer)(nil)

// New is a mailer for the server at a URL, in the name of from: "Name <address>", or an
// address alone. The URL is one of
//
//	smtp://user:password@host:587            TLS by STARTTLS, and no mail without it
//	smtps://user:password@host:465           TLS from the beginning
//	smtp://host:25?tls=none                  no TLS, for a server on this machine
//
// where user and port may be left out. A password is never sent without TLS.
func New(server, from string) (*Mailer, error) {
	u, err := url.Parse(server)
	if err != nil {
		return nil, errors.New("smtp: the URL of the server is not understood") // the error has the password in it
	}
	if u.Hostname() == "" || strings.Trim(u.Path, "/") != "" {
		return nil, errors.New("smtp: the URL has to be like smtp://user:password@host:587")
	}
	sender, err := mail.ParseAddress(from)
	if err != nil {
		return nil, fmt.Errorf("smtp: the sender %q is not an address: %w", from, err)
	}
	opts := []gomail.Option{gomail.WithTimeout(timeout)}
	tls, err := encryption(u)
	if err != nil {
		return nil, err
	}
	opts = append(opts, tls...)
	if port := u.Port(); port != "" {
		n, err := strconv.Atoi(port)
		if err != nil {
			return nil, fmt.Errorf("smtp: %q is not a port", port)
		}
		opts = append(opts, gomail.WithPort(n))
	}
	if u.User != nil {
		password, _ := u.User.Password()
		opts = append(opts, gomail.WithUsername(u.User.Username()), gomail.WithPassword(password),
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin))
	}
	if _, err := gomail.NewClient(u.Hostname(), opts...); err != nil {
		return nil, fmt.Errorf("smtp: %w", err)
	}
	return &Mailer{host: u.Hostname(), from: sender, opts: opts}, nil
}

// encryption is what the URL says of TLS, and the port that goes with it.
func encryption(u *url.URL) ([]gomail.Option, error) {
	query := u.Query()
	none := query.Get("tls") == "none"
	query.Del("tls")
	switch {
	case len(query) > 0 || u.Query().Has("tls") && !none:
		return nil, errors.New("smtp: the only parameter of the URL is tls=none")
	case u.Scheme == "smtps" && !none:
		return []gomail.Option{gomail.WithSSL(), gomail.WithPort(465)}, nil
	case u.Scheme == "smtp" && none:
		return []gomail.Option{gomail.WithTLSPolicy(gomail.NoTLS), gomail.WithPort(25)}, nil
	case u.Scheme == "smtp":
		return []gomail.Option{gomail.WithTLSPolicy(gomail.TLSMandatory), gomail.WithPort(587)}, nil
	}
	return nil, errors.New("smtp: the URL has to begin with smtp:// or smtps://")
}

// Send implements [identity.Mailer]. A server that does not answer for 30 seconds, or until
// the deadline of ctx, is given up.
func (m *Mailer) Send(ctx context.Context, message identity.Message) error {
	msg, err := m.compose(message)
	if err != nil {
		return fmt.Errorf("smtp: %w", err)
	}
	opts := m.opts
	if deadline, ok := ctx.Deadline(); ok { // once connected, the library heeds no context
		opts = append(opts[:len(opts):len(opts)], gomail.WithTimeout(max(time.Millisecond, min(timeout, time.Until(deadline)))))
	}
	client, err := gomail.NewClient(m.host, opts...)
	if err != nil {
		return fmt.Errorf("smtp: %w", err)
	}
	if err := client.DialAndSendWithContext(ctx, msg); err != nil {
		return fmt.Errorf("smtp: %w", err)
	}
	return nil
}

func (m *Mailer) compose(message identity.Message) (*gomail.Msg, error) {
	msg := gomail.NewMsg()
	msg.FromMailAddress(m.from)
	if err := msg.To(string(message.To)); err != nil {
		return nil, err
	}
	msg.Subject(message.Subject)
	msg.SetDate()
	_, domain, _ := strings.Cut(m.from.Address, "@")
	msg.SetMessageIDWithValue(cmp.Or(message.ID, rand.Text()) + "@" + domain) // the library's own names this machine
	msg.SetGenHeader(gomail.Header("Auto-Submitted"), "auto-generated")       // RFC 3834: no out-of-office answers
	msg.SetBodyString(gomail.TypeTextPlain, message.Text)
	msg.AddAlternativeString(gomail.TypeTextHTML, message.HTML)
	for _, f := range message.Files {
		msg.AttachReadSeeker(f.Name, bytes.NewReader(f.Content), gomail.WithFileContentType(gomail.ContentType(f.Type)))
	}
	return msg, nil
}
