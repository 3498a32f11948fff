package identity

import (
	"context"
	_ "embed" // the templates
	html "html/template"
	"strings"
	text "text/template"

	"github.com/clientele-crm/clientele/core"
)

// Letter is what a mail says. No mail repeats what somebody typed into a form: else a
// stranger could have this server send their words to anybody.
type Letter struct {
	Product string // whose it is; that of [Config] where [Accounts.SendLetter] sends it
	Subject string
	Says    []string     // paragraphs
	Action  string       // what the link does; empty: there is none
	Link    string       // an address
	More    []LetterLink // what else can be done
	After   []string     // paragraphs below the links
}

// LetterLink is a link that is not what a letter is for.
type LetterLink struct{ Action, Link string }

//go:embed letter.html.tmpl
var letterHTML string

//go:embed letter.txt.tmpl
var letterText string

var (
	htmlLetter = html.Must(html.New("letter").Parse(letterHTML))
	textLetter = text.Must(text.New("letter").Parse(letterText))
)

// to is the letter as a message.
func (l Letter) to(e core.Email) Message {
	var rich, plain strings.Builder
	if err := htmlLetter.Execute(&rich, l); err != nil { // the templates are embedded and tested
		panic(err)
	}
	if err := textLetter.Execute(&plain, l); err != nil {
		panic(err)
	}
	return Message{To: e, Subject: l.Subject, Text: plain.String(), HTML: rich.String()}
}

// SendLetter sends a letter, and returns when the mailer has it. The id tells it from others: a
// letter that comes again has the same.
func (a *Accounts) SendLetter(ctx context.Context, id string, e core.Email, l Letter, files ...File) error {
	l.Product = a.cfg.ProductName
	m := l.to(e)
	m.ID, m.Files = id, files
	return a.mailer.Send(ctx, m)
}

// PublicURL is what the links in mails begin with; see [Config].
func (a *Accounts) PublicURL() string { return a.cfg.PublicURL }

func verificationMail(c Config, e core.Email, token Secret) Message {
	return Letter{
		Product: c.ProductName,
		Subject: "Verify your e-mail address",
		Says:    []string{"Somebody has registered this e-mail address at " + c.ProductName + ". If it was you, please verify it."},
		Action:  "Verify the address", Link: c.link("verify-email", token),
		After: []string{"The link works once, within 24 hours.", "If it was not you, there is nothing to do."},
	}.to(e)
}

func resetMail(c Config, e core.Email, token Secret) Message {
	return Letter{
		Product: c.ProductName,
		Subject: "Choose a new password",
		Says:    []string{"Somebody has asked for a new password of your account at " + c.ProductName + ". If it was you, choose one here."},
		Action:  "Choose a new password", Link: c.link("reset-password", token),
		After: []string{"The link works once, within one hour.", "If it was not you, there is nothing to do: your password stays as it is."},
	}.to(e)
}

func changeMail(c Config, e core.Email, token Secret) Message {
	return Letter{
		Product: c.ProductName,
		Subject: "Confirm your new e-mail address",
		Says:    []string{"This address is to become the one of an account at " + c.ProductName + ". If the account is yours, please confirm it."},
		Action:  "Confirm the new address", Link: c.link("change-email", token),
		After: []string{"The link works once, within 24 hours.", "If the account is not yours, there is nothing to do."},
	}.to(e)
}

func addressChangedMail(c Config, old core.Email) Message {
	return Letter{
		Product: c.ProductName,
		Subject: "Your e-mail address was changed",
		Says:    []string{"Your account at " + c.ProductName + " has another e-mail address now, and this one is no longer used.", "If it was not you, somebody else has your password: tell the administrators of " + c.ProductName + " at once."},
	}.to(old)
}

func passwordChangedMail(c Config, e core.Email) Message {
	return Letter{
		Product: c.ProductName,
		Subject: "Your password was changed",
		Says:    []string{"The password of your account at " + c.ProductName + " was changed.", "If it was not you, ask for a new password at once."},
	}.to(e)
}
