package storetest

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/identity"
	"github.com/clientele-crm/clientele/scheduling"
)

var privacyContracts = []contract{
	{"Erasures/remove a contact with all that hangs on it, deleted or not, and free the addresses", func(t *testing.T, w *world) {
		for _, deleted := range []bool{false, true} {
			ada := w.contact(crm.NewContact{Name: "Ada", Email: "ada@example.org", Tags: []string{"vip"}})
			note, err := w.ws().Notes.Create(t.Context(), ada.ID, crm.NewNote{Content: "Met in London"})
			require.NoError(t, err)
			if deleted {
				require.NoError(t, w.ws().Contacts.Delete(t.Context(), ada.ID))
			}
			e, err := w.ws().Privacy.Erase(t.Context(), ada.ID)
			require.NoError(t, err)
			require.Equal(t, ada.ID, e.ContactID)
			require.Equal(t, crm.ErasedOnRequest, e.Reason)
			require.NotNil(t, e.FinishedAt, "it has no files")
			_, err = w.ws().Contacts.Get(t.Context(), ada.ID)
			require.ErrorIs(t, err, core.ErrNotFound)
			_, err = w.ws().Notes.Get(t.Context(), note.ID)
			require.ErrorIs(t, err, core.ErrNotFound)
			_, err = w.ws().Privacy.Erase(t.Context(), ada.ID)
			require.ErrorIs(t, err, core.ErrNotFound, "there is nobody left")
		}
		l, err := w.ws().Privacy.Erasures(t.Context(), core.Page{})
		require.NoError(t, err)
		require.Len(t, l.Items, 2)
	}},
	{"Erasures/empty the audit of a person, and say that and by whom it was done", func(t *testing.T, w *world) {
		ada, eve := w.contact(crm.NewContact{Name: "Ada"}), w.contact(crm.NewContact{Name: "Eve"})
		gone, err := w.ws().Notes.Create(t.Context(), ada.ID, crm.NewNote{Content: "Secret"})
		require.NoError(t, err)
		_, err = w.ws().Notes.Update(t.Context(), gone.ID, func(n *crm.Note) error { n.Content = "Another secret"; return nil })
		require.NoError(t, err)
		require.NoError(t, w.ws().Notes.Delete(t.Context(), gone.ID))
		admin := person(core.ContactsErase)
		_, err = w.as(admin).Privacy.Erase(t.Context(), ada.ID)
		require.NoError(t, err)
		require.Equal(t, []string{"contact.created", "contact.erased"}, w.trail(ada.ID.UUID))
		require.Equal(t, []string{"contact_note.created", "contact_note.updated", "contact_note.deleted"}, w.trail(gone.ID.UUID))
		for _, id := range []uuid.UUID{ada.ID.UUID, gone.ID.UUID} {
			for e, err := range w.ws().Audit.Export(t.Context(), identity.AuditFilter{SubjectID: id}) {
				require.NoError(t, err)
				require.Empty(t, e.Changes, e.Action)
				if e.Action == "contact.erased" {
					require.Equal(t, admin.ID, e.ActorID)
				}
			}
		}
		for e, err := range w.ws().Audit.Export(t.Context(), identity.AuditFilter{SubjectID: eve.ID.UUID}) {
			require.NoError(t, err)
			require.NotEmpty(t, e.Changes, "others keep theirs")
		}
	}},
	{"Erasures/need their permission, and are of contacts that the actor sees", func(t *testing.T, w *world) {
		ada := w.contact(crm.NewContact{Name: "Ada"})
		_, err := w.as(without(core.ContactsErase)).Privacy.Erase(t.Context(), ada.ID)
		require.ErrorIs(t, err, core.ErrForbidden)
		_, err = w.as(without(core.ContactsErase)).Privacy.Erasures(t.Context(), core.Page{})
		require.ErrorIs(t, err, core.ErrForbidden)
		_, err = w.as(own(core.ContactsErase)).Privacy.Erase(t.Context(), ada.ID)
		require.ErrorIs(t, err, core.ErrNotFound)
		_, err = w.theirs().Privacy.Erase(t.Context(), ada.ID)
		require.ErrorIs(t, err, core.ErrNotFound)
		_, err = w.ws().Contacts.Get(t.Context(), ada.ID)
		require.NoError(t, err)
	}},
	{"Erasures/of the same person at once are one", func(t *testing.T, w *world) {
		ada := w.contact(crm.NewContact{Name: "Ada"})
		erase := func() error { _, err := w.ws().Privacy.Erase(t.Context(), ada.ID); return err }
		errs := race(erase, erase)
		if errs[0] != nil {
			errs[0], errs[1] = errs[1], errs[0]
		}
		require.NoError(t, errs[0])
		require.ErrorIs(t, errs[1], core.ErrNotFound)
		l, err := w.ws().Privacy.Erasures(t.Context(), core.Page{})
		require.NoError(t, err)
		require.Len(t, l.Items, 1)
	}},
	{"Erasures/leave no appointment that is booked at the same moment", func(t *testing.T, w *world) {
		diary := w.diary()
		agenda := diary.agenda(1, nil)
		for _, clock := range diary.free(agenda)[:4] {
			ada := w.contact(crm.NewContact{Name: "Ada"})
			n := at(agenda, clock)
			n.ClientID = core.ID[scheduling.Client](ada.ID)
			errs := race(
				func() error { _, err := w.ws().Privacy.Erase(t.Context(), ada.ID); return err },
				func() error { _, err := w.ws().Appointments.Book(t.Context(), n); return err },
			)
			require.NoError(t, errs[0])
			if errs[1] != nil {
				require.Equal(t, []string{"/clientId exists"}, faults(t, errs[1]), "it came later: there is nobody any more")
			}
			l, err := w.ws().Appointments.List(t.Context(), scheduling.AppointmentFilter{Client: n.ClientID}, core.Page{})
			require.NoError(t, err)
			require.Empty(t, l.Items)
		}
	}},
	{"Erasures/in a transaction that is rolled back have not been", func(t *testing.T, w *world) {
		ada := w.contact(crm.NewContact{Name: "Ada"})
		err := w.backend.Session(w.ws().Scope()).CRM().Atomic(t.Context(), func(tx crm.Tx) error {
			_, err := crm.NewPrivacy(joined{tx}, nil).Erase(t.Context(), ada.ID)
			require.NoError(t, err)
			return context.Canceled
		})
		require.ErrorIs(t, err, context.Canceled)
		got, err := w.ws().Contacts.Get(t.Context(), ada.ID)
		require.NoError(t, err)
		require.Equal(t, ada, got)
		require.Equal(t, []string{"contact.created"}, w.trail(ada.ID.UUID))
	}},
	{"Erasures/during an export leave it whole: who is gone is not in it", func(t *testing.T, w *world) {
		_, err := w.ws().Contacts.Import(t.Context(), strings.NewReader(people(2500)), crm.ImportOptions{})
		require.NoError(t, err)
		all := w.all()
		last := all[0]
		for _, c := range all {
			if c.CreatedAt.After(last.CreatedAt) {
				last = c
			}
		}
		e, err := w.ws().Contacts.Export(t.Context(), crm.ContactFilter{}, crm.ExportCSV)
		require.NoError(t, err)
		_, err = w.ws().Privacy.Erase(t.Context(), last.ID)
		require.NoError(t, err)
		var out strings.Builder
		require.NoError(t, e.Write(t.Context(), &out))
		require.Equal(t, 2500, strings.Count(out.String(), "\n"), "a header and 2499")
		require.NotContains(t, out.String(), last.ID.String())
	}},
	{"Purges/erase what has been deleted for long enough, and a dry run tells of the same", func(t *testing.T, w *world) {
		ada, bea, eve := w.contact(crm.NewContact{Name: "Ada"}), w.contact(crm.NewContact{Name: "Bea"}), w.contact(crm.NewContact{Name: "Eve"})
		for _, c := range []crm.Contact{ada, bea} {
			w.deletedAgo(c.ID, 48*time.Hour)
		}
		require.NoError(t, w.ws().Contacts.Delete(t.Context(), eve.ID))
		var told []core.ID[crm.Contact]
		tell := func(p crm.Purged) error { told = append(told, p.ContactID); return nil }
		n, err := w.ws().Privacy.Purge(t.Context(), 24*time.Hour, true, tell)
		require.NoError(t, err)
		require.Equal(t, 2, n)
		planned := told
		told = nil
		n, err = w.ws().Privacy.Purge(t.Context(), 24*time.Hour, false, tell)
		require.NoError(t, err)
		require.Equal(t, 2, n)
		require.Equal(t, planned, told)
		require.ElementsMatch(t, []core.ID[crm.Contact]{ada.ID, bea.ID}, told)
		_, err = w.ws().Contacts.Get(t.Context(), eve.ID)
		require.NoError(t, err, "it was deleted a moment ago")
		n, err = w.ws().Privacy.Purge(t.Context(), 24*time.Hour, false, tell)
		require.NoError(t, err)
		require.Zero(t, n)
		l, err := w.ws().Privacy.Erasures(t.Context(), core.Page{})
		require.NoError(t, err)
		require.Equal(t, crm.ErasedByRetention, l.Items[0].Reason)
	}},
	{"Purges/leave whom somebody was merged into alone, and take both together", func(t *testing.T, w *world) {
		deals := w.deals(core.System())
		other := w.contact(crm.NewContact{Name: "Adah", Email: "adah@example.org"})
		lead := deals.lead(deals.about(crm.LeadDetails{ContactID: other.ID}))
		w.merge(deals.ada, crm.NewMerge{LoserID: other.ID})
		w.goneAgo(other.ID, 48*time.Hour)
		n, err := w.ws().Privacy.Purge(t.Context(), 24*time.Hour, false, nil)
		require.NoError(t, err)
		require.Zero(t, n)
		got, err := w.ws().Contacts.Get(t.Context(), other.ID)
		require.NoError(t, err)
		require.Equal(t, deals.ada.ID, got.ID, "its id answers the other still")
		for e, err := range w.ws().Audit.Export(t.Context(), identity.AuditFilter{SubjectID: lead.ID.UUID}) {
			require.NoError(t, err)
			require.NotEmpty(t, e.Changes)
		}
		w.deletedAgo(deals.ada.ID, 48*time.Hour)
		n, err = w.ws().Privacy.Purge(t.Context(), 24*time.Hour, false, nil)
		require.NoError(t, err)
		require.Equal(t, 1, n)
		_, err = w.ws().Contacts.Get(t.Context(), other.ID)
		require.ErrorIs(t, err, core.ErrNotFound)
	}},
	{"Purges/need their permission, and leave at least a day", func(t *testing.T, w *world) {
		_, err := w.as(without(core.ContactsErase)).Privacy.Purge(t.Context(), 24*time.Hour, true, nil)
		require.ErrorIs(t, err, core.ErrForbidden)
		_, err = w.ws().Privacy.Purge(t.Context(), time.Hour, true, nil)
		require.Equal(t, []string{"/deletedFor minimum"}, faults(t, err))
	}},
	{"Disclosures/tell of all that is kept of a person, in every package", func(t *testing.T, w *world) {
		ada, eve := w.contact(crm.NewContact{Name: "Ada"}), w.contact(crm.NewContact{Name: "Eve"})
		for _, c := range []crm.Contact{ada, eve} {
			_, err := w.ws().Notes.Create(t.Context(), c.ID, crm.NewNote{Content: "About " + c.Name})
			require.NoError(t, err)
			_, err = w.ws().Activities.Create(t.Context(), c.ID, crm.NewActivity{Type: crm.Call, Title: "Call " + c.Name})
			require.NoError(t, err)
			_, err = w.ws().SocialLinks.Create(t.Context(), c.ID, crm.NewSocialLink{Platform: "other", URL: "https://example.org/" + c.Name})
			require.NoError(t, err)
			_, err = w.ws().Consents.Record(t.Context(), c.ID, crm.NewConsent{Channel: crm.ByEmail, Purpose: crm.Marketing, Granted: true})
			require.NoError(t, err)
		}
		kinds := map[string]int{}
		require.NoError(t, w.as(person(core.ContactsDisclose)).Privacy.Disclose(t.Context(), ada.ID, func(r crm.Record) error {
			kinds[r.Kind]++
			return nil
		}))
		require.Equal(t, map[string]int{"contacts": 1, "notes": 1, "activities": 1, "socialLinks": 1, "consents": 1, "audit": 5}, kinds)
		tell := func(crm.Record) error { return nil }
		require.ErrorIs(t, w.as(without(core.ContactsDisclose)).Privacy.Disclose(t.Context(), ada.ID, tell), core.ErrForbidden)
		require.ErrorIs(t, w.as(own(core.ContactsDisclose)).Privacy.Disclose(t.Context(), ada.ID, tell), core.ErrNotFound)
		require.ErrorIs(t, w.theirs().Privacy.Disclose(t.Context(), ada.ID, tell), core.ErrNotFound)
	}},
	{"Disclosures/hold nothing of the database while somebody reads them", func(t *testing.T, w *world) {
		ada := w.contact(crm.NewContact{Name: "Ada"})
		writes := 0
		err := w.ws().Privacy.WriteDisclosure(t.Context(), ada.ID, crm.DiscloseJSON, writerFunc(func([]byte) (int, error) {
			writes++
			ctx, end := context.WithTimeout(t.Context(), 10*time.Second)
			defer end()
			_, err := w.ws().Contacts.Update(ctx, ada.ID, func(c *crm.Contact) error { c.Notes += "x"; return nil })
			require.NoError(t, err, "where there is but one connection, it is free")
			return 0, io.ErrShortWrite
		}))
		require.ErrorIs(t, err, io.ErrShortWrite)
		require.Equal(t, 1, writes)
	}},
	{"Disclosures/tell of what others have of one's own contact too", func(t *testing.T, w *world) {
		actor := own(core.ContactsDisclose, core.ContactsWrite, core.LeadsRead)
		ada, err := w.as(actor).Contacts.Create(t.Context(), crm.NewContact{Name: "Ada"})
		require.NoError(t, err)
		tracker, err := w.ws().Trackers.Create(t.Context(), crm.NewTracker{TrackerDetails: crm.TrackerDetails{Name: "Sales"}})
		require.NoError(t, err)
		_, err = w.ws().Leads.Create(t.Context(), crm.NewLead{TrackerID: tracker.ID, LeadDetails: crm.LeadDetails{Title: "Boat", ContactID: ada.ID}})
		require.NoError(t, err)
		seen, err := w.as(actor).Leads.List(t.Context(), crm.LeadFilter{}, core.Page{})
		require.NoError(t, err)
		require.Empty(t, seen.Items)
		kinds := map[string]int{}
		require.NoError(t, w.as(actor).Privacy.Disclose(t.Context(), ada.ID, func(r crm.Record) error {
			kinds[r.Kind]++
			return nil
		}))
		require.Equal(t, map[string]int{"contacts": 1, "leads": 1, "leadMoves": 1, "audit": 2}, kinds)
	}},
}

// joined is work inside a transaction that somebody else has begun.
type joined struct{ tx crm.Tx }

func (j joined) Plain() crm.Tx { return j.tx }

func (j joined) Atomic(_ context.Context, fn func(crm.Tx) error) error { return fn(j.tx) }

func (j joined) Snapshot(_ context.Context, fn func(crm.Tx) error) error { return fn(j.tx) }

// deletedAgo deletes a contact of our company as if it had been done so long ago.
func (w *world) deletedAgo(id core.ID[crm.Contact], ago time.Duration) {
	w.t.Helper()
	require.NoError(w.t, w.ws().Contacts.Delete(w.t.Context(), id))
	w.goneAgo(id, ago)
}

// goneAgo has a contact that was deleted or merged be so for so long.
func (w *world) goneAgo(id core.ID[crm.Contact], ago time.Duration) {
	w.t.Helper()
	tx := w.backend.Session(w.ws().Scope()).CRM().Plain()
	c, err := tx.Store.Contact(w.t.Context(), id)
	require.NoError(w.t, err)
	was, at := c, c.DeletedAt.Add(-ago)
	c.DeletedAt = &at
	require.NoError(w.t, tx.Store.ReplaceContacts(w.t.Context(), crm.ContactChange{Was: was, Now: c}))
}
