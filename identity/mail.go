package identity

import (
	"context"
	"log/slog"

	"github.com/clientele-crm/clientele/core"
)

// Mailer sends mail. Package identity/smtp has one for a mail server; without any, mail is
// written to the log. It is safe for concurrent use.
type Mailer interface {
	// Send hands over one message. It returns when the message is accepted or refused, or
	// ctx is over.
	Send(ctx context.Context, m Message) error
}

// Message is one mail to one person. The sender is the mailer's matter.
type Message struct {
	ID      string // a message that is sent again has the same; empty: it is not
	To      core.Email
	Subject string
	Text    string // the same as HTML, for those who read text
	HTML    string
	Files   []File
}

// File is attached to a mail.
type File struct {
	Name    string
	Type    string // its media type
	Content []byte
}

// LogMailer writes mail to a log, with its text and so its links: it is for trying things
// out, and for nothing that others log in to.
type LogMailer struct{ Log *slog.Logger }

// Send implements [Mailer].
func (l LogMailer) Send(ctx context.Context, m Message) error {
	l.Log.InfoContext(ctx, "mail is not configured: this was not sent", "to", string(m.To), "subject", m.Subject, "text", m.Text)
	return nil
}

// send sends a mail after its caller has returned. What goes wrong is logged: the change
// that the mail tells of has been made.
func (a *Accounts) send(ctx context.Context, m Message) {
	err := a.background.run(ctx, "mail", func(ctx context.Context) error { return a.mailer.Send(ctx, m) })
	if err != nil {
		a.env().Logger().ErrorContext(ctx, "mail failed", "error", err)
	}
}
