package identity

import (
	"context"

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
	To      core.Email
	ToName  string // may be empty
	Subject string
	Text    string // the same as HTML, for those who read text
	HTML    string
}
