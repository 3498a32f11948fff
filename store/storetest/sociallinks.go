package storetest

import (
	"context"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

var socialLinkChild = child{
	name: "SocialLinks", event: "social_link",
	create: func(ctx context.Context, ws *clientele.Workspace, contact core.ID[crm.Contact]) (uuid.UUID, error) {
		l, err := ws.SocialLinks.Create(ctx, contact, crm.NewSocialLink{Platform: crm.LinkedIn, URL: "https://www.linkedin.com/in/ada"})
		return l.ID.UUID, err
	},
	get: func(ctx context.Context, ws *clientele.Workspace, id uuid.UUID) (any, int64, error) {
		l, err := ws.SocialLinks.Get(ctx, core.ID[crm.SocialLink]{UUID: id})
		return l, l.Version, err
	},
	update: func(ctx context.Context, ws *clientele.Workspace, id uuid.UUID, more string) error {
		_, err := ws.SocialLinks.Update(ctx, core.ID[crm.SocialLink]{UUID: id}, func(l *crm.SocialLink) error { l.Username += more; return nil })
		return err
	},
	keep: func(ctx context.Context, ws *clientele.Workspace, id uuid.UUID) error {
		_, err := ws.SocialLinks.Update(ctx, core.ID[crm.SocialLink]{UUID: id}, func(l *crm.SocialLink) error {
			*l = crm.SocialLink{NewSocialLink: l.NewSocialLink}
			return nil
		})
		return err
	},
	delete: func(ctx context.Context, ws *clientele.Workspace, id uuid.UUID) error {
		return ws.SocialLinks.Delete(ctx, core.ID[crm.SocialLink]{UUID: id})
	},
	list: func(ctx context.Context, ws *clientele.Workspace, contact core.ID[crm.Contact], p core.Page) ([]uuid.UUID, string, error) {
		l, err := ws.SocialLinks.List(ctx, contact, p)
		return idsOf(l, err, func(l crm.SocialLink) uuid.UUID { return l.ID.UUID })
	},
}

var socialLinkContracts = []contract{
	{"SocialLinks/are read back as they were written", func(t *testing.T, w *world) {
		ada := w.contact(crm.NewContact{Name: "Ada"})
		for _, platform := range []crm.Platform{crm.Facebook, crm.LinkedIn, crm.Instagram, crm.Twitter, crm.YouTube, crm.OtherPlatform} {
			n := crm.NewSocialLink{Platform: platform, URL: "https://example.org/ada?q=é", Username: "@ada"}
			l, err := w.ws().SocialLinks.Create(t.Context(), ada.ID, n)
			require.NoError(t, err)
			got, err := w.ws().SocialLinks.Get(t.Context(), l.ID)
			require.NoError(t, err)
			require.Equal(t, l, got)
			require.Equal(t, n, got.NewSocialLink)
			require.Equal(t, ada.ID, got.ContactID)
		}
	}},
	{"SocialLinks/have values of their kinds and lengths", func(t *testing.T, w *world) {
		ada := w.contact(crm.NewContact{Name: "Ada"})
		good := crm.NewSocialLink{Platform: crm.Twitter, URL: "https://example.org/ada"}
		for _, c := range []struct {
			fault string
			edit  func(*crm.NewSocialLink)
		}{
			{"/platform required", func(l *crm.NewSocialLink) { l.Platform = "" }},
			{"/platform enum", func(l *crm.NewSocialLink) { l.Platform = "myspace" }},
			{"/url url", func(l *crm.NewSocialLink) { l.URL = "" }},
			{"/url url", func(l *crm.NewSocialLink) { l.URL = "http://example.org" }},
			{"/url url", func(l *crm.NewSocialLink) { l.URL = "javascript:alert(1)" }},
			{"/url url", func(l *crm.NewSocialLink) { l.URL = "https://" }},
			{"/url url", func(l *crm.NewSocialLink) { l.URL = "https://user:secret@example.org" }},
			{"/url url", func(l *crm.NewSocialLink) { l.URL = "example.org/ada" }},
			{"/url max_length", func(l *crm.NewSocialLink) { l.URL += strings.Repeat("x", 2000) }},
			{"/username max_length", func(l *crm.NewSocialLink) { l.Username = strings.Repeat("é", 201) }},
			{"/username has_nul", func(l *crm.NewSocialLink) { l.Username = "\x00" }},
		} {
			n := good
			c.edit(&n)
			_, err := w.ws().SocialLinks.Create(t.Context(), ada.ID, n)
			require.ErrorIs(t, err, core.ErrInvalid, c.fault)
			require.Equal(t, []string{c.fault}, faults(t, err))
		}
	}},
}
