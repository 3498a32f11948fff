package store_test

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/blobs"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store"
)

var ofContacts = []between{
	{"an id that was merged answers somebody who is there, though the merge is undone", func(t *testing.T, m *meantime) {
		ada, other := m.contact(crm.NewContact{Name: "Ada"}), m.contact(crm.NewContact{Name: "Adah"})
		merged := m.merge(ada, other)
		m.before(func() {
			_, err := m.ws.Contacts.UndoMerge(t.Context(), merged.ID)
			require.NoError(t, err)
			_, err = m.ws.Privacy.Erase(t.Context(), ada.ID)
			require.NoError(t, err)
		}, `FROM "crm_contacts"`, "c.id = '"+ada.ID.String())
		got, err := m.ws.Contacts.Get(t.Context(), other.ID)
		require.NoError(t, err)
		require.Equal(t, other.ID, got.ID)
	}},
	{"what hangs on a contact that is merged is listed", func(t *testing.T, m *meantime) {
		for table, list := range map[string]func(crm.Contact) (int, error){
			"crm_contact_notes": func(c crm.Contact) (int, error) {
				l, err := m.ws.Notes.List(t.Context(), c.ID, core.Page{})
				return len(l.Items), err
			},
			"crm_contact_activities": func(c crm.Contact) (int, error) {
				l, err := m.ws.Activities.List(t.Context(), c.ID, crm.ActivityFilter{}, core.Page{})
				return len(l.Items), err
			},
			"crm_contact_social_links": func(c crm.Contact) (int, error) {
				l, err := m.ws.SocialLinks.List(t.Context(), c.ID, core.Page{})
				return len(l.Items), err
			},
			"crm_consents": func(c crm.Contact) (int, error) {
				l, err := m.ws.Consents.List(t.Context(), c.ID, core.Page{})
				return len(l.Items), err
			},
			"crm_leads": func(c crm.Contact) (int, error) {
				l, err := m.ws.Leads.OfContact(t.Context(), c.ID, crm.LeadFilter{}, core.Page{})
				return len(l.Items), err
			},
		} {
			ada, other := m.contact(crm.NewContact{Name: "Ada"}), m.contact(crm.NewContact{Name: "Adah"})
			m.hang(other)
			m.before(m.merges(ada, other), `FROM "`+table+`"`, "contact_id = '"+other.ID.String())
			n, err := list(other)
			require.NoError(t, err)
			require.Equal(t, 1, n, table)
		}
	}},
	{"a timeline has all that happened with a contact that is merged", func(t *testing.T, m *meantime) {
		ada, other := m.contact(crm.NewContact{Name: "Ada"}), m.contact(crm.NewContact{Name: "Adah"})
		m.hang(other)
		m.before(m.merges(ada, other), `FROM "crm_consents"`, "contact_id = '"+other.ID.String())
		l, err := m.ws.Timeline.List(t.Context(), other.ID, core.Page{})
		require.NoError(t, err)
		require.Len(t, l.Items, 5, "the note, the activity, the lead, the consent and the merge")
	}},
	{"somebody who has agreed may be reached though they are merged", func(t *testing.T, m *meantime) {
		ada, other := m.contact(crm.NewContact{Name: "Ada"}), m.contact(crm.NewContact{Name: "Adah"})
		m.hang(other)
		m.before(m.merges(ada, other), `crm_consents`, "contact_id = '"+other.ID.String())
		p, err := m.ws.Consents.May(t.Context(), other.ID, crm.ByEmail, crm.Marketing)
		require.NoError(t, err)
		require.True(t, p.Allowed, p.Reason)
	}},
	{"what hangs on a contact that is merged is changed", func(t *testing.T, m *meantime) {
		ada, other := m.contact(crm.NewContact{Name: "Ada"}), m.contact(crm.NewContact{Name: "Adah"})
		h := m.hang(other)
		m.within(m.merges(ada, other), `FROM "crm_contacts"`, other.ID.String(), "FOR SHARE")
		n, err := m.ws.Notes.Update(t.Context(), h.note.ID, func(n *crm.Note) error { n.Content = "y"; return nil })
		require.NoError(t, err)
		require.Equal(t, ada.ID, n.ContactID)
		next := m.contact(crm.NewContact{Name: "Next"})
		m.within(m.merges(next, ada), `FROM "crm_contacts"`, ada.ID.String(), "FOR SHARE")
		require.NoError(t, m.ws.Activities.Delete(t.Context(), h.activity.ID))
		last := m.contact(crm.NewContact{Name: "Last"})
		m.within(m.merges(last, next), `FROM "crm_contacts"`, next.ID.String(), "FOR SHARE")
		_, err = m.ws.Notes.Attach(t.Context(), h.note.ID, "x.txt", strings.NewReader("hello"))
		require.NoError(t, err)
	}},
	{"a file that is replaced is read", func(t *testing.T, m *meantime) {
		dir, err := blobs.OpenDir(t.TempDir())
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, dir.Close()) })
		files := &opened{Blobs: dir}
		notes := crm.NewNotes(store.Bun(m.db).Session(m.scope).CRM(), files)
		n, err := notes.Create(t.Context(), m.contact(crm.NewContact{Name: "Ada"}).ID, crm.NewNote{Content: "x"})
		require.NoError(t, err)
		_, err = notes.Attach(t.Context(), n.ID, "x.txt", strings.NewReader("first"))
		require.NoError(t, err)
		files.before = func() {
			_, err = notes.Attach(t.Context(), n.ID, "x.txt", strings.NewReader("second"))
			require.NoError(t, err)
		}
		_, file, err := notes.Attachment(t.Context(), n.ID)
		require.NoError(t, err)
		text, err := io.ReadAll(file)
		require.NoError(t, err)
		require.NoError(t, file.Close())
		require.Equal(t, "second", string(text))
	}},
	{"somebody who is merged is found, by what both have", func(t *testing.T, m *meantime) {
		ada, other := m.contact(crm.NewContact{Name: "Ada"}), m.contact(crm.NewContact{Name: "Adah", Email: core.Email("adah@" + m.scope.Company.String()[:8] + ".example.org")})
		reading := map[string]string{"sqlite": "docid IN (", "postgres": "LIMIT 51"}[m.db.Dialect()] // those that the index of words has
		m.before(m.merges(ada, other), "crm_contacts", m.scope.Company.String(), reading)
		l, err := m.ws.Contacts.Search(t.Context(), string(other.Email), core.Page{})
		require.NoError(t, err)
		require.Len(t, l.Items, 1)
	}},
	{"a category that somebody chooses is deleted all the same, and the contact moved", func(t *testing.T, m *meantime) {
		gone, kept := m.category("Gone"), m.category("Kept")
		var ada crm.Contact
		m.within(func() { ada = m.contact(crm.NewContact{Name: "Ada", CategoryID: gone.ID}) }, `DELETE FROM "crm_categories"`, gone.ID.String())
		require.NoError(t, m.ws.Categories.Delete(t.Context(), gone.ID, kept.ID))
		got, err := m.ws.Contacts.Get(t.Context(), ada.ID)
		require.NoError(t, err)
		require.Equal(t, kept.ID, got.CategoryID)
	}},
	{"what has changed since it was looked at is not deleted", func(t *testing.T, m *meantime) {
		c := m.category("Category")
		m.within(func() {
			_, err := m.ws.Categories.Update(t.Context(), c.ID, func(c *crm.Category) error { c.Name = "Another"; return nil })
			require.NoError(t, err)
		}, `DELETE FROM "crm_categories"`, c.ID.String())
		err := m.ws.Categories.Delete(t.Context(), c.ID, core.ID[crm.Category]{}, first[crm.Category](func(c crm.Category) int64 { return c.Version }))
		require.ErrorIs(t, err, context.Canceled)
		tracker, err := m.ws.Trackers.Create(t.Context(), crm.NewTracker{TrackerDetails: crm.TrackerDetails{Name: "Sales"}})
		require.NoError(t, err)
		m.within(func() {
			_, err := m.ws.Trackers.Update(t.Context(), tracker.ID, func(t *crm.Tracker) error { t.Name = "Another"; return nil })
			require.NoError(t, err)
		}, `DELETE FROM "crm_trackers"`, tracker.ID.String())
		err = m.ws.Trackers.Delete(t.Context(), tracker.ID, first[crm.Tracker](func(t crm.Tracker) int64 { return t.Version }))
		require.ErrorIs(t, err, context.Canceled)
	}},
	{"an address that somebody takes while a merge is undone stays theirs", func(t *testing.T, m *meantime) {
		ada, other := m.contact(crm.NewContact{Name: "Ada"}), m.contact(crm.NewContact{Name: "Adah", Email: "adah@example.org"})
		merged := m.merge(ada, other)
		m.changes(ada, func(c *crm.Contact) { c.Email, c.OtherAddresses = "", nil })
		m.within(func() { m.contact(crm.NewContact{Name: "Eve", Email: "adah@example.org"}) }, `UPDATE "crm_contacts"`, "c.id = '"+other.ID.String())
		undone, err := m.ws.Contacts.UndoMerge(t.Context(), merged.ID)
		require.NoError(t, err)
		require.Contains(t, undone.Kept, crm.Kept{ContactID: other.ID, Field: "/email", Reason: "taken"})
	}},
}

// first lets pass only what is at its first version.
func first[T any](version func(T) int64) crm.Check[T] {
	return func(it T) error {
		if version(it) > 1 {
			return context.Canceled
		}
		return nil
	}
}

// opened are files before the next of which is opened something is done.
type opened struct {
	core.Blobs
	before func()
}

func (o *opened) Open(ctx context.Context, key string) (io.ReadCloser, error) {
	if do := o.before; do != nil {
		o.before = nil
		do()
	}
	return o.Blobs.Open(ctx, key)
}

func (m *meantime) category(name string) crm.Category {
	c, err := m.ws.Categories.Create(m.t.Context(), crm.NewCategory{Name: name})
	require.NoError(m.t, err)
	return c
}

// hung is one of each of what hangs on contacts.
type hung struct {
	note     crm.Note
	activity crm.Activity
}

func (m *meantime) hang(c crm.Contact) (h hung) {
	ctx := m.t.Context()
	var err error
	h.note, err = m.ws.Notes.Create(ctx, c.ID, crm.NewNote{Content: "x"})
	require.NoError(m.t, err)
	h.activity, err = m.ws.Activities.Create(ctx, c.ID, crm.NewActivity{Type: crm.Call, Title: "x"})
	require.NoError(m.t, err)
	_, err = m.ws.SocialLinks.Create(ctx, c.ID, crm.NewSocialLink{Platform: "other", URL: "https://example.org/x"})
	require.NoError(m.t, err)
	_, err = m.ws.Consents.Record(ctx, c.ID, crm.NewConsent{Channel: crm.ByEmail, Purpose: crm.Marketing, Granted: true})
	require.NoError(m.t, err)
	m.lead(m.tracker("Sales"), c)
	return h
}
