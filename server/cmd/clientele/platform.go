package main

import (
	"cmp"
	"io"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/identity"
	"github.com/clientele-crm/clientele/identity/smtp"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// platform is what Clientele needs beside its database: where mail goes, and files.
type platform struct {
	publicURL, keyFile, files *string
	smtpURL, mailFrom         *string
	verifiedOnly              *bool
}

func platformOptions(o *options) *platform {
	return &platform{
		publicURL:    o.String("public-url", "", "the `URL` under which people reach the server, for links in mails (default http:// and the address)"),
		keyFile:      o.String("key-file", "", "the `file` with the encryption key; made if there is none (default beside the database)"),
		files:        o.String("files", "", "the `folder` of the files that are attached to notes; made if there is none (default beside the database)"),
		smtpURL:      o.secret("smtp-url", "the `server` that sends mail: smtp://user:password@host:587; without it mail is written to the log"),
		mailFrom:     o.String("mail-from", "", "the sender of mail, as \"Name <`address`>\""),
		verifiedOnly: o.Bool("require-verified-email", false, "let nobody log in whose e-mail address is not verified"),
	}
}

// app is Clientele in the database. Its files are closed when it is not used any more.
func (p *platform) app(d *database, db *bunstore.DB, url string) (*clientele.Clientele, io.Closer, error) {
	config := identity.Config{PublicURL: cmp.Or(*p.publicURL, url), RequireVerifiedEmail: *p.verifiedOnly}
	if *p.smtpURL != "" {
		if *p.mailFrom == "" {
			return nil, nil, errUsage{"--smtp-url needs --mail-from"}
		}
		mailer, err := smtp.New(*p.smtpURL, *p.mailFrom)
		if err != nil {
			return nil, nil, err
		}
		config.Mailer = mailer
	}
	files, err := d.files(*p.files)
	if err != nil {
		return nil, nil, err
	}
	return clientele.New(db, clientele.WithIdentity(config), clientele.WithBlobs(files)), files, nil
}
