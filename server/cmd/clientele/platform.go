package main

import (
	"cmp"
	"context"
	"errors"
	"io"
	"time"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core/outbound"
	"github.com/clientele-crm/clientele/identity"
	"github.com/clientele-crm/clientele/identity/smtp"
	"github.com/clientele-crm/clientele/scheduling/ical"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// letters is how mail is sent, and what it says.
type letters struct {
	publicURL, productName *string
	smtpURL, mailFrom      *string
}

func letterOptions(o *options) letters {
	return letters{
		publicURL:   o.String("public-url", "", "the `URL` under which people reach the server, for links in mails (default http:// and the address)"),
		productName: o.String("product-name", "Clientele", "what the `name` of the product is in mails"),
		smtpURL:     o.secret("smtp-url", "the `server` that sends mail: smtp://user:password@host:587, smtps:// for TLS from the beginning, or smtp://localhost?tls=none; without it mail is written to the log"),
		mailFrom:    o.String("mail-from", "", "the sender of mail, as \"Name <`address`>\""),
	}
}

// config sends the mails, with links to the server at url unless --public-url says where.
func (l letters) config(url string) (identity.Config, error) {
	config := identity.Config{PublicURL: cmp.Or(*l.publicURL, url), ProductName: *l.productName}
	if *l.smtpURL == "" {
		return config, nil
	}
	if *l.mailFrom == "" {
		return config, errUsage{"--smtp-url needs --mail-from"}
	}
	mailer, err := smtp.New(*l.smtpURL, *l.mailFrom)
	if err != nil {
		return config, errUsage{err.Error()}
	}
	config.Mailer = mailer
	return config, nil
}

// platform is what serving and background work need beside the database.
type platform struct {
	letters

	keyFile, files          *string
	verifiedOnly            *bool
	accessLife, sessionLife *time.Duration
	webhookNetworks         *string
	retention               *days // for which deleted contacts are kept
}

func platformOptions(o *options) *platform {
	retention := new(days)
	o.Var(retention, "purge-deleted-after", "erase contacts for good that have been deleted for so many `days` (default never)")
	return &platform{
		letters:         letterOptions(o),
		retention:       retention,
		keyFile:         o.String("key-file", "", "the `file` with the encryption key; made if there is none (default beside the database)"),
		files:           o.String("files", "", "the `folder` of attached files and pictures, of this database alone; made if there is none (default beside the database)"),
		verifiedOnly:    o.Bool("require-verified-email", false, "let nobody log in whose e-mail address is not verified"),
		accessLife:      o.Duration("access-token-life", 15*time.Minute, "how long an access token is good, as a `time` such as 15m"),
		webhookNetworks: o.String("webhook-networks", "", "the private `networks` that webhooks may be posted to, such as 10.0.0.0/8; those of the public internet they may always"),
		sessionLife:     o.Duration("session-life", 30*24*time.Hour, "how long a session lasts that is not refreshed, as a `time` such as 720h"),
	}
}

// app is Clientele in the database. Its files are closed when it is not used any more.
func (p *platform) app(ctx context.Context, d *database, db *bunstore.DB, url string) (*clientele.Clientele, io.Closer, error) {
	if *p.accessLife <= 0 || *p.sessionLife < *p.accessLife {
		return nil, nil, errUsage{"--access-token-life has to be positive, and --session-life no shorter"}
	}
	private, err := networks("webhook-networks", *p.webhookNetworks)
	if err != nil {
		return nil, nil, err
	}
	config, err := p.config(url)
	if err != nil {
		return nil, nil, err
	}
	config.AccessTTL, config.RefreshTTL, config.RequireVerifiedEmail = *p.accessLife, *p.sessionLife, *p.verifiedOnly
	files, err := d.files(ctx, db, *p.files)
	if err != nil {
		return nil, nil, err
	}
	key, err := d.key(*p.keyFile)
	if err != nil {
		return nil, nil, errors.Join(err, files.Close())
	}
	return clientele.New(db, clientele.WithIdentity(config), clientele.WithBlobs(files), clientele.WithLinkKey(key), clientele.WithCalendarFiles(ical.Notice),
		clientele.WithRetention(p.retention.duration()),
		clientele.WithWebhooks(outbound.New(outbound.Config{Allow: private}))), files, nil
}
