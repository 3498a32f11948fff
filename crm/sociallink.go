package crm

import (
	"net/url"

	"github.com/clientele-crm/clientele/core"
)

// SocialLink is a contact's page on a social platform.
type SocialLink struct {
	ID        core.ID[SocialLink] `json:"id"`
	ContactID core.ID[Contact]    `json:"contactId"` // whose account it is
	NewSocialLink
	Stamp
}

// NewSocialLink is what a person may say of a social link.
type NewSocialLink struct {
	Platform Platform `json:"platform"` // where the account is
	URL      string   `json:"url"`      // an https URL of up to 2000 characters
	Username string   `json:"username"` // up to 200 characters
}

// Platform is where a social link leads. Whether the URL's host is the platform's own is
// not asked: they have too many of them.
type Platform string

// The platforms.
const (
	Facebook      Platform = "facebook"
	LinkedIn      Platform = "linkedin"
	Instagram     Platform = "instagram"
	Twitter       Platform = "twitter"
	YouTube       Platform = "youtube"
	OtherPlatform Platform = "other"
)

// The events of a social link.
var (
	SocialLinkCreated = core.EventType[SocialLink]{Name: "social_link.created", Kind: "social_link"}
	SocialLinkUpdated = core.EventType[SocialLink]{Name: "social_link.updated", Kind: "social_link"}
	SocialLinkDeleted = core.EventType[SocialLink]{Name: "social_link.deleted", Kind: "social_link"}
)

// check brings the link into its canonical form, or says what is wrong with it.
func (l *SocialLink) check() error {
	var f core.Faults
	switch l.Platform {
	case Facebook, LinkedIn, Instagram, Twitter, YouTube, OtherPlatform:
	case "":
		f.Add("/platform", "required", "a social link has to have a platform")
	default:
		f.Add("/platform", "enum", "has to be facebook, linkedin, instagram, twitter, youtube or other")
	}
	l.URL = f.Line("/url", l.URL, maxURL)
	if u, err := url.Parse(l.URL); err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		f.Add("/url", "url", "has to be an https URL, without the name of a user in it")
	}
	l.Username = f.Line("/username", l.Username, maxName)
	return f.Err()
}
