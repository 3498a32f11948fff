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

// platform is what Clientele needs beside its database: where mail goes, and files.
type platform struct {
	publicURL, keyFile, files *string
	smtpURL, mailFrom         *string
	verifiedOnly              *bool
	productName               *string
	accessLife, sessionLife   *time.Duration
	webhookNetworks           *string
	retention                 *days // for which deleted contacts are kept
}

func platformOptions(o *options) *platform {
	retention := new(days)
	o.Var(retention, "purge-deleted-after", "erase contacts for good that have been deleted for so many `days` (default never)")
	return &platform{
		retention:       retention,
		publicURL:       o.String("public-url", "", "the `URL` under which people reach the server, for links in mails (default http:// and the address)"),
		keyFile:         o.String("key-file", "", "the `file` with the encryption key; made if there is none (default beside the database)"),
		files:           o.String("files", "", "the `folder` of attached files and pictures, of this database alone; made if there is none (default beside the database)"),
		smtpURL:         o.secret("smtp-url", "the `server` that sends mail: smtp://user:password@host:587, smtps:// for TLS from the beginning, or smtp://localhost?tls=none; without it mail is written to the log"),
		mailFrom:        o.String("mail-from", "", "the sender of mail, as \"Name <`address`>\""),
		verifiedOnly:    o.Bool("require-verified-email", false, "let nobody log in whose e-mail address is not verified"),
		productName:     o.String("product-name", "Clientele", "what the `name` of the product is in mails"),
		accessLife:      o.Duration("access-token-life", 15*time.Minute, "how `long` an access token is good"),
		webhookNetworks: o.String("webhook-networks", "", "the private `networks` that webhooks may be posted to, such as 10.0.0.0/8; those of the public internet they may always"),
		sessionLife:     o.Duration("session-life", 30*24*time.Hour, "how `long` a session lasts that is not refreshed"),
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
	config := identity.Config{
		PublicURL: cmp.Or(*p.publicURL, url), ProductName: *p.productName,
		AccessTTL: *p.accessLife, RefreshTTL: *p.sessionLife, RequireVerifiedEmail: *p.verifiedOnly,
	}
	if *p.smtpURL != "" {
		if *p.mailFrom == "" {
			return nil, nil, errUsage{"--smtp-url needs --mail-from"}
		}
		mailer, err := smtp.New(*p.smtpURL, *p.mailFrom)
		if err != nil {
			return nil, nil, errUsage{err.Error()}
		}
		config.Mailer = mailer
	}
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
