package identity

import (
	"cmp"
	"net/url"
	"strings"
	"time"

	"github.com/clientele-crm/clientele/core"
)

// Config is how accounts behave. The zero value works: it is for a server that one person
// tries on their own machine, with mail written to the log.
type Config struct {
	// Mailer sends the mails; nil: they are written to the log of [core.Env], links and all.
	Mailer Mailer

	// PublicURL is what the links in mails begin with: "https://crm.example.org". Under it
	// are the pages /auth/verify-email, /auth/reset-password, /auth/change-email and
	// /auth/accept-invitation, which take the token in the query and spend it by POST or PUT
	// only, since scanners of mail follow links. Empty: http://127.0.0.1:8080.
	PublicURL string

	// Pictures keeps the pictures that users upload; nil: they cannot.
	Pictures core.Blobs

	ProductName string // what the mails call the product; empty: Clientele

	AccessTTL  time.Duration // how long an access token lives; 0: 15 minutes
	RefreshTTL time.Duration // how long a session lives without being refreshed; 0: 30 days

	// RequireVerifiedEmail refuses to log in a user whose address is not verified.
	RequireVerifiedEmail bool

	// PasswordCost is how hard a password is to guess from its hash. Passwords that were
	// hashed at another cost are hashed again when their users log in.
	PasswordCost PasswordCost
}

// The times in which the links in mails have to be used.
const (
	resetTTL  = time.Hour
	verifyTTL = 24 * time.Hour
	changeTTL = 24 * time.Hour
)

// withDefaults has no zero values left but Mailer.
func (c Config) withDefaults() Config {
	c.PublicURL = strings.TrimRight(cmp.Or(c.PublicURL, "http://127.0.0.1:8080"), "/")
	c.ProductName = cmp.Or(c.ProductName, "Clientele")
	c.AccessTTL = cmp.Or(c.AccessTTL, 15*time.Minute)
	c.RefreshTTL = cmp.Or(c.RefreshTTL, 30*24*time.Hour)
	c.PasswordCost = c.PasswordCost.withDefaults()
	return c
}

// link is where a mail sends its reader.
func (c Config) link(page string, token Secret) string {
	return c.PublicURL + "/auth/" + page + "?token=" + url.QueryEscape(string(token))
}
