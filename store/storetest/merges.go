package storetest

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

var mergeContracts = []contract{
	{"Merges/fill what the survivor lacks and unite addresses, tags and notes", func(t *testing.T, w *world) {
		ada := w.contact(crm.NewContact{Name: "Ada Lovelace", Phone: "+5511912345678", Notes: "Met in May", Tags: []string{"VIP"}})
		other := w.contact(crm.NewContact{
			Name: "A. Lovelace", Phone: "(11) 91234-0000", Email: "ada@example.org", Location: "London", Notes: "Likes tea", Tags: []string{"vip", "maths"},
			OtherAddresses: []crm.Address{{Kind: crm.EmailAddress, Value: "lovelace@example.org", Label: "home"}},
		})
		m := w.merge(ada, crm.NewMerge{LoserID: other.ID})
		got, err := w.ws().Contacts.Get(t.Context(), ada.ID)
		require.NoError(t, err)
		require.Equal(t, m.Now, got)
		require.Equal(t, crm.NewContact{
			Name: "Ada Lovelace", Phone: "+5511912345678", Email: "ada@example.org", Location: "London", Notes: "Met in May\n\nLikes tea",
			Tags: []string{"VIP", "maths"}, OtherAddresses: []crm.Address{
				{Kind: crm.EmailAddress, Value: "lovelace@example.org", Label: "home"},
				{Kind: crm.PhoneAddress, Value: "+5511912340000", Typed: "(11) 91234-0000"},
			},
		}, got.NewContact)
		require.Equal(t, []string{"contact.created", "contact.updated"}, w.trail(ada.ID.UUID))
		require.Equal(t, []string{"contact.created", "contact.merged"}, w.trail(other.ID.UUID))
		require.Len(t, w.all(), 1)
	}},
	{"Merges/keep of each field whose value the rules say", func(t *testing.T, w *world) {
		for _, c := range []struct {
			n    crm.NewMerge
			want string
		}{
			{crm.NewMerge{}, "Ada / Paris"},
			{crm.NewMerge{Rule: crm.OfLoser}, "Ada Lovelace / Rome"},
			{crm.NewMerge{Rule: crm.MostComplete}, "Ada Lovelace / Paris"},
			{crm.NewMerge{Rule: crm.Newest}, "Ada Lovelace / Rome"},
			{crm.NewMerge{Rule: crm.Newest, Fields: map[string]crm.Survivorship{"name": crm.OfSurvivor}}, "Ada / Rome"},
			{crm.NewMerge{Fields: map[string]crm.Survivorship{"location": crm.OfLoser}}, "Ada / Rome"},
		} {
			ada, other := w.contact(crm.NewContact{Name: "Ada", Location: "Paris"}), w.contact(crm.NewContact{Name: "Ada Lovelace", Location: "Rome"})
			c.n.LoserID = other.ID
			m := w.merge(ada, c.n)
			require.Equal(t, c.want, m.Now.Name+" / "+m.Now.Location, "%+v", c.n)
		}
	}},
	{"Merges/move what belongs to the loser", func(t *testing.T, w *world) {
		ada, other, third := w.contact(crm.NewContact{Name: "Ada"}), w.contact(crm.NewContact{Name: "Adah"}), w.contact(crm.NewContact{Name: "Adam"})
		note, err := w.ws().Notes.Create(t.Context(), other.ID, crm.NewNote{Content: "hers"})
		require.NoError(t, err)
		w.activity(other.ID, crm.NewActivity{Type: crm.Call, Title: "Call"})
		require.NoError(t, w.ws().Contacts.MarkDistinct(t.Context(), other.ID, third.ID))
		m := w.merge(ada, crm.NewMerge{LoserID: other.ID})
		require.Len(t, m.Moved, 3)
		require.Equal(t, crm.Moved{Relation: "notes", Rows: []crm.MovedRow{{ID: note.ID.UUID}}}, m.Moved[0])
		got, err := w.ws().Notes.Get(t.Context(), note.ID)
		require.NoError(t, err)
		require.Equal(t, ada.ID, got.ContactID)
		require.Equal(t, note.Version+1, got.Version)
	}},
	{"Merges/that are only tried answer the same and change nothing", func(t *testing.T, w *world) {
		ada, other := w.contact(crm.NewContact{Name: "Ada", Email: "a@example.org"}), w.contact(crm.NewContact{Name: "Adah", Email: "b@example.org"})
		w.activity(other.ID, crm.NewActivity{Type: crm.Call, Title: "Call"})
		tried := w.merge(ada, crm.NewMerge{LoserID: other.ID, DryRun: true})
		require.True(t, tried.ID.IsZero())
		require.Equal(t, []crm.Contact{ada, other}, w.all())
		require.Equal(t, []string{"contact.created"}, w.trail(other.ID.UUID))
		list, err := w.ws().Contacts.ListMerges(t.Context(), crm.MergeFilter{}, core.Page{})
		require.NoError(t, err)
		require.Empty(t, list.Items)
		done := w.merge(ada, crm.NewMerge{LoserID: other.ID})
		require.Equal(t, done.Now.NewContact, tried.Now.NewContact)
		require.Equal(t, done.Moved, tried.Moved)
	}},
	{"Merges/leave the loser's id answering the survivor, along every chain", func(t *testing.T, w *world) {
		a, b, c := w.contact(crm.NewContact{Name: "A"}), w.contact(crm.NewContact{Name: "B"}), w.contact(crm.NewContact{Name: "C"})
		w.merge(b, crm.NewMerge{LoserID: a.ID})
		w.merge(c, crm.NewMerge{LoserID: b.ID})
		for _, id := range []core.ID[crm.Contact]{a.ID, b.ID, c.ID} {
			got, err := w.ws().Contacts.Get(t.Context(), id)
			require.NoError(t, err)
			require.Equal(t, c.ID, got.ID)
		}
		_, err := w.ws().Contacts.Update(t.Context(), a.ID, func(c *crm.Contact) error { c.Name = "Z"; return nil })
		require.Equal(t, "contact_merged", code(t, err))
		require.Equal(t, b.ID.UUID, holderOf(t, err))
		_, err = w.ws().Contacts.Restore(t.Context(), a.ID)
		require.Equal(t, "contact_merged", code(t, err))
		_, err = w.ws().Notes.Create(t.Context(), a.ID, crm.NewNote{Content: "late"})
		require.Equal(t, "contact_merged", code(t, err))
	}},
	{"Merges/leave what belongs to the loser answering under its id", func(t *testing.T, w *world) {
		deals := w.deals(core.System())
		ada, twin := deals.ada, w.contact(crm.NewContact{Name: "A. Lovelace"})
		lead := deals.lead(deals.about(crm.LeadDetails{Title: "Boat"}))
		_, err := w.ws().Notes.Create(t.Context(), twin.ID, crm.NewNote{Content: "Met"})
		require.NoError(t, err)
		_, err = w.ws().Activities.Create(t.Context(), twin.ID, crm.NewActivity{Type: crm.Call, Title: "Call"})
		require.NoError(t, err)
		_, err = w.ws().SocialLinks.Create(t.Context(), twin.ID, crm.NewSocialLink{Platform: "linkedin", URL: "https://www.linkedin.com/in/ada"})
		require.NoError(t, err)
		_, err = w.ws().Consents.Record(t.Context(), twin.ID, crm.NewConsent{Channel: "email", Purpose: "marketing", Granted: true, Source: "form", Wording: "Yes"})
		require.NoError(t, err)
		w.merge(ada, crm.NewMerge{LoserID: twin.ID})
		for _, id := range []core.ID[crm.Contact]{ada.ID, twin.ID} {
			notes, err := w.ws().Notes.List(t.Context(), id, core.Page{})
			require.NoError(t, err)
			require.Len(t, notes.Items, 1)
			activities, err := w.ws().Activities.List(t.Context(), id, crm.ActivityFilter{}, core.Page{})
			require.NoError(t, err)
			require.Len(t, activities.Items, 1)
			links, err := w.ws().SocialLinks.List(t.Context(), id, core.Page{})
			require.NoError(t, err)
			require.Len(t, links.Items, 1)
			consents, err := w.ws().Consents.List(t.Context(), id, core.Page{})
			require.NoError(t, err)
			require.NotEmpty(t, consents.Items)
			leads, err := w.ws().Leads.OfContact(t.Context(), id, crm.LeadFilter{}, core.Page{})
			require.NoError(t, err)
			require.Len(t, leads.Items, 1)
			require.Equal(t, lead.ID, leads.Items[0].ID)
		}
		require.Equal(t, w.timeline(&w.ws().Timeline, ada.ID, 50), w.timeline(&w.ws().Timeline, twin.ID, 50))
		of, err := w.ws().Consents.May(t.Context(), ada.ID, "email", "marketing")
		require.NoError(t, err)
		same, err := w.ws().Consents.May(t.Context(), twin.ID, "email", "marketing")
		require.NoError(t, err)
		require.Equal(t, of, same)
	}},
	{"Merges/of what cannot be merged are refused", func(t *testing.T, w *world) {
		ada, other, gone := w.contact(crm.NewContact{Name: "Ada"}), w.contact(crm.NewContact{Name: "Adah"}), w.contact(crm.NewContact{Name: "Adam"})
		foreign, err := w.theirs().Contacts.Create(t.Context(), crm.NewContact{Name: "Eve"})
		require.NoError(t, err)
		require.NoError(t, w.ws().Contacts.Delete(t.Context(), gone.ID))
		try := func(survivor crm.Contact, n crm.NewMerge) error {
			_, err := w.ws().Contacts.Merge(t.Context(), survivor.ID, n)
			return err
		}
		require.Equal(t, []string{"/loserId different"}, faults(t, try(ada, crm.NewMerge{LoserID: ada.ID})))
		require.Equal(t, []string{"/loserId required"}, faults(t, try(ada, crm.NewMerge{})))
		require.Equal(t, []string{"/rule enum", "/fields/tags field"}, faults(t, try(ada, crm.NewMerge{LoserID: other.ID, Rule: "oldest", Fields: map[string]crm.Survivorship{"tags": crm.OfLoser}})))
		require.ErrorIs(t, try(ada, crm.NewMerge{LoserID: foreign.ID}), core.ErrNotFound)
		require.Equal(t, "contact_deleted", code(t, try(ada, crm.NewMerge{LoserID: gone.ID})))
		require.Equal(t, "contact_deleted", code(t, try(gone, crm.NewMerge{LoserID: ada.ID})))
		w.merge(ada, crm.NewMerge{LoserID: other.ID})
		require.Equal(t, "contact_merged", code(t, try(ada, crm.NewMerge{LoserID: other.ID})))
		require.Equal(t, "contact_merged", code(t, try(other, crm.NewMerge{LoserID: ada.ID})))
		many := func(from int) (list []crm.Address) {
			for i := range 15 {
				list = append(list, crm.Address{Kind: crm.EmailAddress, Value: fmt.Sprintf("p%d@example.org", from+i)})
			}
			return list
		}
		one, two := w.contact(crm.NewContact{Name: "One", OtherAddresses: many(0)}), w.contact(crm.NewContact{Name: "Two", OtherAddresses: many(15)})
		require.Equal(t, []string{"/otherAddresses max_items"}, faults(t, try(one, crm.NewMerge{LoserID: two.ID})))
	}},
	{"Merges/need their permission, and contacts that the actor sees", func(t *testing.T, w *world) {
		ada, other := w.contact(crm.NewContact{Name: "Ada"}), w.contact(crm.NewContact{Name: "Adah"})
		m := w.merge(ada, crm.NewMerge{LoserID: other.ID})
		refused := w.as(without(core.ContactsMerge)).Contacts
		_, err := refused.Merge(t.Context(), ada.ID, crm.NewMerge{LoserID: other.ID})
		require.ErrorIs(t, err, core.ErrForbidden)
		_, err = refused.UndoMerge(t.Context(), m.ID)
		require.ErrorIs(t, err, core.ErrForbidden)
		_, err = refused.GetMerge(t.Context(), m.ID)
		require.ErrorIs(t, err, core.ErrForbidden)
		_, err = refused.ListMerges(t.Context(), crm.MergeFilter{}, core.Page{})
		require.ErrorIs(t, err, core.ErrForbidden)

		partner := own(core.ContactsRead, core.ContactsWrite, core.ContactsMerge)
		theirs, err := w.as(partner).Contacts.Create(t.Context(), crm.NewContact{Name: "Theirs"})
		require.NoError(t, err)
		_, err = w.as(partner).Contacts.Merge(t.Context(), theirs.ID, crm.NewMerge{LoserID: ada.ID})
		require.ErrorIs(t, err, core.ErrNotFound)
		_, err = w.as(partner).Contacts.GetMerge(t.Context(), m.ID)
		require.ErrorIs(t, err, core.ErrNotFound)
		_, err = w.as(partner).Contacts.UndoMerge(t.Context(), m.ID)
		require.ErrorIs(t, err, core.ErrNotFound)
		list, err := w.as(partner).Contacts.ListMerges(t.Context(), crm.MergeFilter{}, core.Page{})
		require.NoError(t, err)
		require.Empty(t, list.Items)
		_, err = w.theirs().Contacts.UndoMerge(t.Context(), m.ID)
		require.ErrorIs(t, err, core.ErrNotFound)
	}},
	{"Merges/are listed, the newest first, of one contact or all", func(t *testing.T, w *world) {
		a, b, c := w.contact(crm.NewContact{Name: "A"}), w.contact(crm.NewContact{Name: "B"}), w.contact(crm.NewContact{Name: "C"})
		first := w.merge(a, crm.NewMerge{LoserID: b.ID})
		second := w.merge(a, crm.NewMerge{LoserID: c.ID})
		for contact, want := range map[core.ID[crm.Contact]][]core.ID[crm.Merge]{
			{}: {second.ID, first.ID}, a.ID: {second.ID, first.ID}, b.ID: {first.ID}, c.ID: {second.ID},
		} {
			list, err := w.ws().Contacts.ListMerges(t.Context(), crm.MergeFilter{Contact: contact}, core.Page{})
			require.NoError(t, err)
			var ids []core.ID[crm.Merge]
			for _, m := range list.Items {
				ids = append(ids, m.ID)
			}
			require.Equal(t, want, ids)
		}
		got, err := w.ws().Contacts.GetMerge(t.Context(), first.ID)
		require.NoError(t, err)
		require.Equal(t, first, got)
	}},
	{"Merges/that are undone leave everything as it was", func(t *testing.T, w *world) {
		ada := w.contact(crm.NewContact{Name: "Ada", Phone: "+5511912345678", Tags: []string{"one"}})
		other := w.contact(crm.NewContact{Name: "Adah", Phone: "+5511912340000", Email: "b@example.org", Tags: []string{"two"}, Notes: "n"})
		activity := w.activity(other.ID, crm.NewActivity{Type: crm.Call, Title: "Call"})
		m := w.merge(ada, crm.NewMerge{LoserID: other.ID, Rule: crm.OfLoser})
		undone := w.undo(m)
		require.NotNil(t, undone.UndoneAt)
		require.Empty(t, undone.Kept)
		for _, was := range []crm.Contact{ada, other} {
			got, err := w.ws().Contacts.Get(t.Context(), was.ID)
			require.NoError(t, err)
			require.Equal(t, was.NewContact, got.NewContact)
			require.Nil(t, got.DeletedAt)
			require.EqualValues(t, 3, got.Version, "a version only grows")
		}
		back, err := w.ws().Activities.Get(t.Context(), activity.ID)
		require.NoError(t, err)
		require.Equal(t, other.ID, back.ContactID)
		require.Equal(t, []string{"contact.created", "contact.merged", "contact.unmerged"}, w.trail(other.ID.UUID))
		_, err = w.ws().Contacts.UndoMerge(t.Context(), m.ID)
		require.Equal(t, "merge_undone", code(t, err))
	}},
	{"Merges/that are undone keep what was changed since, and tell it", func(t *testing.T, w *world) {
		ada := w.contact(crm.NewContact{Name: "Ada", Location: "Paris", Email: "a@example.org"})
		other := w.contact(crm.NewContact{Name: "Adah", Location: "Rome", Email: "b@example.org", Phone: "+5511912340000", Tags: []string{"two"}})
		moved := w.activity(other.ID, crm.NewActivity{Type: crm.Call, Title: "Moved"})
		gone := w.activity(other.ID, crm.NewActivity{Type: crm.Call, Title: "Gone"})
		m := w.merge(ada, crm.NewMerge{LoserID: other.ID, Rule: crm.OfLoser})
		later := w.activity(ada.ID, crm.NewActivity{Type: crm.Call, Title: "Later"})
		require.NoError(t, w.ws().Activities.Delete(t.Context(), gone.ID))
		_, err := w.ws().Activities.Update(t.Context(), moved.ID, func(a *crm.Activity) error { a.Title = "Edited"; return nil })
		require.NoError(t, err)
		_, err = w.ws().Contacts.Update(t.Context(), ada.ID, func(c *crm.Contact) error {
			c.Location, c.Phone, c.Tags = "Berlin", "", append(c.Tags, "three")
			return nil
		})
		require.NoError(t, err)
		taker := w.contact(crm.NewContact{Name: "Taker", Phone: "+5511912340000"})

		undone := w.undo(m)
		require.ElementsMatch(t, []crm.Kept{
			{ContactID: ada.ID, Field: "/location", Reason: "changed"},
			{ContactID: ada.ID, Field: "/phone", Reason: "changed"},
			{ContactID: other.ID, Field: "/phone", Reason: "taken"},
			{ContactID: other.ID, Relation: "activities", RowID: &gone.ID.UUID, Reason: "moved"},
		}, undone.Kept)
		got, err := w.ws().Contacts.Get(t.Context(), ada.ID)
		require.NoError(t, err)
		require.Equal(t, crm.NewContact{Name: "Ada", Location: "Berlin", Email: "a@example.org", Tags: []string{"three"}, OtherAddresses: []crm.Address{}}, got.NewContact)
		got, err = w.ws().Contacts.Get(t.Context(), other.ID)
		require.NoError(t, err)
		require.Equal(t, crm.NewContact{Name: "Adah", Location: "Rome", Email: "b@example.org", Tags: []string{"two"}, OtherAddresses: []crm.Address{}}, got.NewContact)
		back, err := w.ws().Activities.Get(t.Context(), moved.ID)
		require.NoError(t, err)
		require.Equal(t, "Edited", back.Title)
		require.Equal(t, other.ID, back.ContactID)
		stays, err := w.ws().Activities.Get(t.Context(), later.ID)
		require.NoError(t, err)
		require.Equal(t, ada.ID, stays.ContactID)
		still, err := w.ws().Contacts.Get(t.Context(), taker.ID)
		require.NoError(t, err)
		require.Equal(t, taker, still)
		stored, err := w.ws().Contacts.GetMerge(t.Context(), m.ID)
		require.NoError(t, err)
		require.Equal(t, undone, stored)
	}},
	{"Merges/let the strictest word about consent stand, until they are undone", func(t *testing.T, w *world) {
		ada, other := w.contact(crm.NewContact{Name: "Ada"}), w.contact(crm.NewContact{Name: "Adah"})
		say := func(c crm.Contact, purpose crm.Purpose, granted bool) {
			_, err := w.ws().Consents.Record(t.Context(), c.ID, crm.NewConsent{Channel: crm.ByEmail, Purpose: purpose, Granted: granted, Source: "form", Wording: "x"})
			require.NoError(t, err)
		}
		say(other, crm.Marketing, true)
		say(other, crm.Marketing, false)
		say(ada, crm.Marketing, true) // later, and by the other contact
		say(other, "news", true)
		may := func(c crm.Contact, purpose crm.Purpose) bool {
			p, err := w.ws().Consents.May(t.Context(), c.ID, crm.ByEmail, purpose)
			require.NoError(t, err)
			return p.Allowed
		}
		require.True(t, may(ada, crm.Marketing))
		m := w.merge(ada, crm.NewMerge{LoserID: other.ID})
		require.False(t, may(ada, crm.Marketing))
		require.True(t, may(ada, "news"))
		w.undo(m)
		require.True(t, may(ada, crm.Marketing))
		require.False(t, may(other, crm.Marketing))
		require.False(t, may(ada, "news"))
	}},
	{"Merges/are undone in the opposite order", func(t *testing.T, w *world) {
		a, b, c := w.contact(crm.NewContact{Name: "A"}), w.contact(crm.NewContact{Name: "B"}), w.contact(crm.NewContact{Name: "C"})
		first := w.merge(b, crm.NewMerge{LoserID: a.ID})
		second := w.merge(c, crm.NewMerge{LoserID: b.ID})
		_, err := w.ws().Contacts.UndoMerge(t.Context(), first.ID)
		require.Equal(t, "contact_merged", code(t, err))
		w.undo(second)
		require.NoError(t, w.ws().Contacts.Delete(t.Context(), b.ID))
		_, err = w.ws().Contacts.UndoMerge(t.Context(), first.ID)
		require.Equal(t, "contact_deleted", code(t, err))
		_, err = w.ws().Contacts.Restore(t.Context(), b.ID)
		require.NoError(t, err)
		w.undo(first)
		require.Len(t, w.all(), 3)
	}},
	{"Merges/that race have one winner, and nothing is lost", func(t *testing.T, w *world) {
		a, b := w.contact(crm.NewContact{Name: "A", Email: "a@example.org"}), w.contact(crm.NewContact{Name: "B", Email: "b@example.org"})
		var merged, noted atomic.Int64
		rush(t, 24, func(i int) {
			var err error
			switch ours, theirs := a, b; i % 4 {
			case 0:
				_, err = w.ws().Contacts.Merge(t.Context(), ours.ID, crm.NewMerge{LoserID: theirs.ID})
			case 1:
				_, err = w.ws().Contacts.Merge(t.Context(), theirs.ID, crm.NewMerge{LoserID: ours.ID})
			case 2:
				if _, err = w.ws().Notes.Create(t.Context(), theirs.ID, crm.NewNote{Content: fmt.Sprint(i)}); err == nil {
					noted.Add(1)
				}
			default:
				_, err = w.ws().Contacts.Update(t.Context(), ours.ID, func(c *crm.Contact) error { c.Tags = append(c.Tags, fmt.Sprint(i)); return nil })
			}
			if err == nil && i%4 < 2 {
				merged.Add(1)
			}
			if err != nil && !errors.Is(err, core.ErrState) {
				t.Errorf("client %d: %v", i, err)
			}
		})
		require.EqualValues(t, 1, merged.Load())
		left := w.all()
		require.Len(t, left, 1)
		require.Len(t, left[0].AddressKeys(), 2)
		notes, err := w.ws().Notes.List(t.Context(), left[0].ID, core.Page{})
		require.NoError(t, err)
		require.Len(t, notes.Items, int(noted.Load()))
	}},
}

func (w *world) merge(survivor crm.Contact, n crm.NewMerge) crm.Merge {
	m, err := w.ws().Contacts.Merge(w.t.Context(), survivor.ID, n)
	require.NoError(w.t, err)
	return m
}

func (w *world) undo(m crm.Merge) crm.Merge {
	undone, err := w.ws().Contacts.UndoMerge(w.t.Context(), m.ID)
	require.NoError(w.t, err)
	return undone
}

// code is the code of an error of a service.
func code(t *testing.T, err error) string {
	var e *core.Error
	require.ErrorAs(t, err, &e)
	return e.Code
}

// holderOf is whom an error names.
func holderOf(t *testing.T, err error) uuid.UUID {
	var e *core.Error
	require.ErrorAs(t, err, &e)
	return e.Holder.ID
}
