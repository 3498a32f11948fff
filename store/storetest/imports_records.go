package storetest

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

// importRecordContracts are about what is kept of imports: progress, resuming and undoing.
var importRecordContracts = []contract{
	{"Imports/keep how far they have come while they run, and how they ended", func(t *testing.T, w *world) {
		var running []crm.ImportRecord
		result, err := w.ws().Contacts.Import(t.Context(), strings.NewReader(people(1200)), crm.ImportOptions{BatchRows: 500, OnRow: func(r crm.ImportRow) error {
			if r.Line == 501 || r.Line == 1001 {
				list, err := w.ws().Contacts.ImportRecords(t.Context(), core.Page{})
				require.NoError(t, err)
				running = append(running, list.Items[0])
			}
			return nil
		}})
		require.NoError(t, err)
		for i, rows := range []int{500, 1000} {
			require.Equal(t, crm.ImportRunning, running[i].State)
			require.Equal(t, rows, running[i].Rows)
			require.Equal(t, rows+1, running[i].LastLine)
		}
		kept, err := w.ws().Contacts.ImportRecord(t.Context(), result.ID)
		require.NoError(t, err)
		require.Equal(t, crm.ImportDone, kept.State)
		require.Equal(t, []int{1200, 1200, 0, 1201}, []int{kept.Rows, kept.Created, kept.Failed, kept.LastLine})
		require.NotNil(t, kept.FinishedAt)
		require.Equal(t, []string{"contact_import.started", "contact_import.finished"}, w.trail(kept.ID.UUID))
		dry, _ := w.imports(w.ws(), people(3), crm.ImportOptions{DryRun: true})
		require.True(t, dry.ID.IsZero(), "a dry run leaves nothing")
	}},
	{"Imports/are resumed behind the rows that are stored, with the same file alone", func(t *testing.T, w *world) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		file := strings.ReplaceAll(people(1300), "@example.org", "") // names alone: only the record tells rows from others
		file = strings.Replace(file, "name,email", "name,location", 1)
		cut, err := w.ws().Contacts.Import(ctx, strings.NewReader(file), crm.ImportOptions{BatchRows: 500, OnRow: func(r crm.ImportRow) error {
			if r.Line == 700 {
				cancel()
			}
			return nil
		}})
		require.Error(t, err)
		kept, err := w.ws().Contacts.ImportRecord(t.Context(), cut.ID)
		require.NoError(t, err)
		require.Equal(t, crm.ImportFailed, kept.State)
		require.Equal(t, 1000, kept.Rows)
		for _, other := range []struct {
			file string
			o    crm.ImportOptions
		}{
			{strings.Replace(file, "Person 7,", "Person VII,", 1), crm.ImportOptions{}}, {people(3), crm.ImportOptions{}}, {file, crm.ImportOptions{Relax: true}},
		} {
			other.o.Resume = cut.ID
			_, err = w.ws().Contacts.Import(t.Context(), strings.NewReader(other.file), other.o)
			require.ErrorIs(t, err, core.ErrInvalid)
		}
		for range 2 { // once it is done, it changes nothing any more
			told := 0
			result, err := w.ws().Contacts.Import(t.Context(), strings.NewReader(file), crm.ImportOptions{Resume: cut.ID, OnRow: func(crm.ImportRow) error { told++; return nil }})
			require.NoError(t, err)
			require.Equal(t, []int{1300, 1300, 0}, []int{result.Rows, result.Created, result.Skipped})
			require.Contains(t, []int{0, 300}, told)
			require.Len(t, w.all(), 1300)
		}
		_, err = w.theirs().Contacts.Import(t.Context(), strings.NewReader(file), crm.ImportOptions{Resume: cut.ID})
		require.ErrorIs(t, err, core.ErrNotFound)
	}},
	{"Imports/are undone contact by contact, but for those that changed since", func(t *testing.T, w *world) {
		ada := w.contact(crm.NewContact{Name: "Ada", Email: "ada@example.org", Tags: []string{"old"}})
		bob := w.contact(crm.NewContact{Name: "Bob", Email: "bob@example.org"})
		before := w.all()
		file := "name,email,phone,tags,category\nAda Lovelace,ada@example.org,+5511912345678,new,Fairs\nBob B,bob@example.org,,,\n" +
			"Cyd,cyd@example.org,,,\nDan,dan@example.org,,,\nAda L.,ada@example.org,,x,\nCyd C,cyd@example.org,,,\n"
		result, _ := w.imports(w.ws(), file, crm.ImportOptions{CreateCategories: true})
		touched := w.find("dan@example.org")
		_, err := w.ws().Contacts.Update(t.Context(), touched.ID, func(c *crm.Contact) error { c.Notes = "called"; return nil })
		require.NoError(t, err)
		cyd := w.find("cyd@example.org")

		r, err := w.ws().Contacts.RevertImport(t.Context(), result.ID)
		require.NoError(t, err)
		require.Equal(t, crm.ImportReverted, r.State)
		require.Equal(t, []int{3, 1}, []int{r.Reverted, r.Kept})
		kept, err := w.ws().Contacts.KeptContacts(t.Context(), result.ID, 10)
		require.NoError(t, err)
		require.Equal(t, []core.ID[crm.Contact]{touched.ID}, kept)
		got, err := w.ws().Contacts.Get(t.Context(), cyd.ID)
		require.NoError(t, err)
		require.NotNil(t, got.DeletedAt)
		for i, id := range []core.ID[crm.Contact]{ada.ID, bob.ID} {
			got, err := w.ws().Contacts.Get(t.Context(), id)
			require.NoError(t, err)
			require.Equal(t, before[i].NewContact, got.NewContact)
			require.Equal(t, before[i].PhoneTyped, got.PhoneTyped)
		}
		free, err := w.ws().Contacts.Count(t.Context(), crm.ContactFilter{Phone: "+5511912345678"}, 0)
		require.NoError(t, err)
		require.Zero(t, free)
		again, err := w.ws().Contacts.RevertImport(t.Context(), result.ID)
		require.NoError(t, err)
		require.Equal(t, r, again, "a second time changes nothing")
		require.Equal(t, "contact_import.reverted", w.trail(r.ID.UUID)[2])
		_, err = w.ws().Contacts.Import(t.Context(), strings.NewReader(file), crm.ImportOptions{Resume: result.ID, CreateCategories: true})
		require.ErrorIs(t, err, core.ErrState)
	}},
	{"Imports/are undone over many batches, and leave what somebody else has taken", func(t *testing.T, w *world) {
		first, _ := w.imports(w.ws(), people(1200), crm.ImportOptions{})
		file := strings.Replace(strings.ReplaceAll(people(1200), "\n", ",x\n"), "email,x", "email,notes", 1)
		second, _ := w.imports(w.ws(), file+strings.ReplaceAll(strings.TrimPrefix(file, "name,email,notes\n"), ",x", ",y"), crm.ImportOptions{})
		require.Equal(t, 2400, second.Updated)
		r, err := w.ws().Contacts.RevertImport(t.Context(), second.ID)
		require.NoError(t, err)
		require.Zero(t, r.Kept)
		for _, c := range w.all() {
			require.Empty(t, c.Notes)
		}
		r, err = w.ws().Contacts.RevertImport(t.Context(), first.ID)
		require.NoError(t, err)
		require.Equal(t, 1200, r.Kept, "they have changed since, if only to what they were")

		ada := w.contact(crm.NewContact{Name: "Ada", Email: "old@example.com"})
		moved, _ := w.imports(w.ws(), "id,email\n"+ada.ID.String()+",new@example.com\n", crm.ImportOptions{})
		w.contact(crm.NewContact{Name: "Eve", Email: "old@example.com"})
		r, err = w.ws().Contacts.RevertImport(t.Context(), moved.ID)
		require.NoError(t, err)
		require.Equal(t, 1, r.Kept, "the address is of another contact now")
	}},
	{"Imports/are seen and undone by those who may", func(t *testing.T, w *world) {
		mine, _ := w.imports(w.ws(), people(2), crm.ImportOptions{})
		_, err := w.theirs().Contacts.ImportRecord(t.Context(), mine.ID)
		require.ErrorIs(t, err, core.ErrNotFound)
		_, err = w.theirs().Contacts.RevertImport(t.Context(), mine.ID)
		require.ErrorIs(t, err, core.ErrNotFound)
		_, err = w.as(person(core.ContactsRead)).Contacts.ImportRecords(t.Context(), core.Page{})
		require.ErrorIs(t, err, core.ErrForbidden)
		_, err = w.as(person(core.ContactsImport, core.ContactsWrite)).Contacts.RevertImport(t.Context(), mine.ID)
		require.ErrorIs(t, err, core.ErrForbidden)
		partner := person(core.ContactsImport, core.ContactsWrite, core.ContactsDelete, core.ContactsRead)
		partner.OwnRows = true
		_, err = w.as(partner).Contacts.ImportRecord(t.Context(), mine.ID)
		require.ErrorIs(t, err, core.ErrNotFound)
		own, _ := w.imports(w.as(partner), "name\nEve\n", crm.ImportOptions{})
		list, err := w.as(partner).Contacts.ImportRecords(t.Context(), core.Page{})
		require.NoError(t, err)
		require.Len(t, list.Items, 1)
		r, err := w.as(partner).Contacts.RevertImport(t.Context(), own.ID)
		require.NoError(t, err)
		require.Equal(t, 1, r.Reverted)
	}},
	{"Imports/count those who were erased as gone when they are undone", func(t *testing.T, w *world) {
		result, _ := w.imports(w.ws(), people(3), crm.ImportOptions{})
		_, err := w.ws().Privacy.Erase(t.Context(), w.find("person1@example.org").ID)
		require.NoError(t, err)
		r, err := w.ws().Contacts.RevertImport(t.Context(), result.ID)
		require.NoError(t, err)
		require.Equal(t, []int{2, 0, 1}, []int{r.Reverted, r.Kept, r.Gone})
	}},
	{"Imports/end when they are undone while they run", func(t *testing.T, w *world) {
		_, err := w.ws().Contacts.Import(t.Context(), strings.NewReader(people(1300)), crm.ImportOptions{BatchRows: 500, OnRow: func(r crm.ImportRow) error {
			if r.Line != 501 {
				return nil
			}
			list, err := w.ws().Contacts.ImportRecords(t.Context(), core.Page{})
			if err != nil {
				return err
			}
			_, err = w.ws().Contacts.RevertImport(t.Context(), list.Items[0].ID)
			return err
		}})
		require.ErrorIs(t, err, core.ErrState)
		var e *core.Error
		require.True(t, errors.As(err, &e))
		require.Equal(t, "import_moved", e.Code)
		require.Empty(t, w.all())
	}},
}
