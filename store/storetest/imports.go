package storetest

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

var importContracts = []contract{
	{"Imports/create, update and skip, and a second run changes nothing", func(t *testing.T, w *world) {
		ada := w.contact(crm.NewContact{Name: "Ada", Email: "ada@example.org"})
		file := "name,email,location,tags\n" +
			"Ada Lovelace,ADA@example.org,London,\"vip, maths\"\n" +
			"Grace Hopper,grace@example.org,New York,\n"
		result, plan := w.imports(w.ws(), file, crm.ImportOptions{})
		require.Equal(t, 1, result.Created)
		require.Equal(t, 1, result.Updated)
		require.Equal(t, ada.ID, plan[0].ContactID)
		require.Equal(t, []string{"location", "name", "tags"}, plan[0].Changes)

		got, err := w.ws().Contacts.Get(t.Context(), ada.ID)
		require.NoError(t, err)
		require.Equal(t, "Ada Lovelace", got.Name)
		require.Equal(t, core.Email("ada@example.org"), got.Email, "the address that it has already stays as it is")
		require.Equal(t, []string{"vip", "maths"}, got.Tags)
		require.Equal(t, int64(2), got.Version)

		result, _ = w.imports(w.ws(), file, crm.ImportOptions{})
		require.Equal(t, 2, result.Skipped)
		require.Equal(t, 2, result.Rows)
	}},
	{"Imports/without addresses create once, and never overwrite a namesake", func(t *testing.T, w *world) {
		london := w.contact(crm.NewContact{Name: "Ada", Location: "London", Tags: []string{"vip"}})
		w.contact(crm.NewContact{Name: "Bea", Email: "bea@example.org"})
		gone := w.contact(crm.NewContact{Name: "Eve"})
		require.NoError(t, w.ws().Contacts.Delete(t.Context(), gone.ID))
		file := "name,location,tags\nAda,,\nAda,London,VIP\nAda,Paris,\nAda,Paris,\nBea,,\nEve,,\nADA,,\n"
		_, dry := w.imports(w.ws(), file, crm.ImportOptions{DryRun: true})
		_, plan := w.imports(w.ws(), file, crm.ImportOptions{})
		want := []crm.ImportAction{
			crm.ImportSkip, crm.ImportSkip, // London is all that they say
			crm.ImportCreate, crm.ImportSkip, // in Paris is another, once
			crm.ImportCreate, // Bea has an address
			crm.ImportCreate, // Eve is deleted
			crm.ImportCreate, // and that is another name
		}
		require.Equal(t, want, actions(dry))
		require.Equal(t, want, actions(plan))
		require.Equal(t, london.ID, plan[0].ContactID)
		require.Equal(t, plan[2].ContactID, plan[3].ContactID)
		got, err := w.ws().Contacts.Get(t.Context(), london.ID)
		require.NoError(t, err)
		require.Equal(t, london, got)
		again, _ := w.imports(w.ws(), file, crm.ImportOptions{})
		require.Equal(t, 7, again.Skipped)
	}},
	{"Imports/without addresses are about no namesake that the actor may not see", func(t *testing.T, w *world) {
		w.contact(crm.NewContact{Name: "Ada"})
		actor := person(core.ContactsImport, core.ContactsWrite, core.ContactsRead)
		actor.OwnRows = true
		for _, want := range []crm.ImportAction{crm.ImportCreate, crm.ImportSkip} {
			_, dry := w.imports(w.as(actor), "name\nAda\n", crm.ImportOptions{DryRun: true})
			_, plan := w.imports(w.as(actor), "name\nAda\n", crm.ImportOptions{})
			require.Equal(t, []crm.ImportAction{want}, actions(dry))
			require.Equal(t, []crm.ImportAction{want}, actions(plan))
		}
	}},
	{"Imports/give contacts an owner, and set them inactive", func(t *testing.T, w *world) {
		owner := uuid.New()
		file := "name,email,ownerId,active\nAda,ada@example.org," + owner.String() + ",No\nBea,bea@example.org,,\nEve,eve@example.org,somebody,maybe\n"
		opts := crm.ImportOptions{Mapping: map[string]string{"name": "name", "email": "email", "ownerId": "ownerId", "active": "active"}}
		_, plan := w.imports(w.ws(), file, opts)
		require.Equal(t, []crm.ImportAction{crm.ImportCreate, crm.ImportCreate, crm.ImportError}, actions(plan))
		require.Equal(t, "ownerId", plan[2].Problems[0].Column)
		require.Equal(t, "active", plan[2].Problems[1].Column)
		all := w.all()
		require.Equal(t, owner, all[0].OwnerID.UUID)
		require.False(t, all[0].Active)
		require.True(t, all[1].OwnerID.IsZero())
		require.True(t, all[1].Active)
		_, plan = w.imports(w.ws(), "email,active\nada@example.org,yes\nbea@example.org,1\n", crm.ImportOptions{})
		require.Equal(t, []string{"active"}, plan[0].Changes)
		require.Equal(t, crm.ImportSkip, plan[1].Action)
	}},
	{"Imports/say row by row what is wrong, and store the rest", func(t *testing.T, w *world) {
		var rejected bytes.Buffer
		file := "name,email,phone,type\n" +
			"Ada,not an address,,\n" +
			"=cmd(),nul@example.org,12,pirate\n" +
			"Grace,grace@example.org,,employee\n"
		result, plan := w.imports(w.ws(), file, crm.ImportOptions{Rejected: &rejected})
		require.Equal(t, 1, result.Created)
		require.Equal(t, 2, result.Failed)
		require.Equal(t, "email", plan[0].Problems[0].Column)
		require.Equal(t, "/email", plan[0].Problems[0].Field)
		require.Equal(t, 3, plan[1].Line)
		require.Len(t, plan[1].Problems, 2)

		rows, err := csv.NewReader(&rejected).ReadAll()
		require.NoError(t, err)
		require.Equal(t, []string{"line", "reason", "name", "email", "phone", "type"}, rows[0])
		require.Equal(t, "2", rows[1][0])
		require.Contains(t, rows[1][1], "email: ")
		require.Equal(t, "'=cmd()", rows[2][2], "no spreadsheet may run it")
	}},
	{"Imports/refuse a row that is about two contacts", func(t *testing.T, w *world) {
		w.contact(crm.NewContact{Name: "Ada", Email: "ada@example.org"})
		w.contact(crm.NewContact{Name: "Grace", Phone: "+5511912345678"})
		result, plan := w.imports(w.ws(), "name,email,phone\nWho,ada@example.org,(11) 91234-5678\n", crm.ImportOptions{})
		require.Equal(t, 1, result.Failed)
		require.Equal(t, "ambiguous", plan[0].Problems[0].Rule)
		require.Equal(t, "phone", plan[0].Problems[0].Column)
	}},
	{"Imports/find a contact by any of its addresses", func(t *testing.T, w *world) {
		ada := w.contact(crm.NewContact{Name: "Ada", Email: "ada@example.org", OtherAddresses: []crm.Address{
			{Kind: crm.PhoneAddress, Value: "(11) 91234-5678", Label: "home"},
		}})
		_, plan := w.imports(w.ws(), "Phone Home,notes\n+55 11 91234 5678,met in 1843\n", crm.ImportOptions{})
		require.Equal(t, crm.ImportUpdate, plan[0].Action)
		require.Equal(t, ada.ID, plan[0].ContactID)
	}},
	{"Imports/take an earlier row of the file as stored", func(t *testing.T, w *world) {
		file := "name,email,phone\nAda,ada@example.org,\nAda Lovelace,ADA@example.org,11 91234 5678\nAda Lovelace,,+5511912345678\n"
		_, plan := w.imports(w.ws(), file, crm.ImportOptions{})
		require.Equal(t, []crm.ImportAction{crm.ImportCreate, crm.ImportUpdate, crm.ImportSkip}, actions(plan))
		require.Equal(t, plan[0].ContactID, plan[2].ContactID)
		all := w.all()
		require.Len(t, all, 1)
		require.Equal(t, int64(2), all[0].Version)
		require.Equal(t, "import", all[0].Source)
	}},
	{"Imports/add addresses, and replace the first ones only by id", func(t *testing.T, w *world) {
		ada := w.contact(crm.NewContact{Name: "Ada", Email: "ada@example.org", Phone: "+5511912345678"})
		_, plan := w.imports(w.ws(), "email,phone\nada@example.org,+5511912345679\n", crm.ImportOptions{})
		require.Equal(t, []string{"otherAddresses"}, plan[0].Changes)
		got, err := w.ws().Contacts.Get(t.Context(), ada.ID)
		require.NoError(t, err)
		require.Equal(t, crm.Phone("+5511912345678"), got.Phone)
		require.Equal(t, "+5511912345679", got.OtherAddresses[0].Value)

		w.imports(w.ws(), "id,email\n"+ada.ID.String()+",ada@example.com\n", crm.ImportOptions{})
		got, err = w.ws().Contacts.Get(t.Context(), ada.ID)
		require.NoError(t, err)
		require.Equal(t, core.Email("ada@example.com"), got.Email)
		free, err := w.ws().Contacts.Count(t.Context(), crm.ContactFilter{Email: "ada@example.org"}, 0)
		require.NoError(t, err)
		require.Zero(t, free, "the address that was replaced is free")
	}},
	{"Imports/know no contact of another company, nor a deleted one, by id", func(t *testing.T, w *world) {
		theirs, err := w.theirs().Contacts.Create(t.Context(), crm.NewContact{Name: "Ada"})
		require.NoError(t, err)
		gone := w.contact(crm.NewContact{Name: "Grace", Email: "grace@example.org"})
		require.NoError(t, w.ws().Contacts.Delete(t.Context(), gone.ID))
		file := fmt.Sprintf("id,name\n%s,Eve\n%s,Eve\n", theirs.ID, gone.ID)
		_, plan := w.imports(w.ws(), file, crm.ImportOptions{})
		require.Equal(t, "not_found", plan[0].Problems[0].Rule)
		require.Equal(t, "deleted", plan[1].Problems[0].Rule)
		untouched, err := w.theirs().Contacts.Get(t.Context(), theirs.ID)
		require.NoError(t, err)
		require.Equal(t, theirs, untouched)
	}},
	{"Imports/leave matches alone where told to", func(t *testing.T, w *world) {
		ada := w.contact(crm.NewContact{Name: "Ada", Email: "ada@example.org"})
		_, plan := w.imports(w.ws(), "name,email\nEve,ada@example.org\n", crm.ImportOptions{OnMatch: crm.SkipMatch})
		require.Equal(t, crm.ImportSkip, plan[0].Action)
		got, err := w.ws().Contacts.Get(t.Context(), ada.ID)
		require.NoError(t, err)
		require.Equal(t, ada, got)
	}},
	{"Imports/hold to the policy unless it is relaxed, or a default satisfies it", func(t *testing.T, w *world) {
		w.policy("email", "location", "type")
		file := "name,email\nAda,ada@example.org\n"
		_, plan := w.imports(w.ws(), file, crm.ImportOptions{})
		require.Len(t, plan[0].Problems, 2)
		require.Equal(t, "required", plan[0].Problems[0].Rule)

		_, plan = w.imports(w.ws(), file, crm.ImportOptions{Relax: true})
		require.Equal(t, crm.ImportCreate, plan[0].Action)
		require.True(t, w.all()[0].Incomplete)

		_, plan = w.imports(w.ws(), file, crm.ImportOptions{Defaults: map[string]string{"location": "London", "type": "employee"}})
		require.Equal(t, crm.ImportUpdate, plan[0].Action)
		got := w.all()[0]
		require.False(t, got.Incomplete)
		require.Equal(t, "London", got.Location)
	}},
	{"Imports/keep a phone as typed where told to", func(t *testing.T, w *world) {
		file := "name,phone\nAda,1-955-371-0847 x371\n"
		_, plan := w.imports(w.ws(), file, crm.ImportOptions{Country: "US"})
		require.Equal(t, "phone", plan[0].Problems[0].Rule)
		_, plan = w.imports(w.ws(), file, crm.ImportOptions{Country: "US", KeepPhones: true})
		require.Equal(t, crm.ImportCreate, plan[0].Action)
		require.Equal(t, crm.Phone("1-955-371-0847 x371"), w.all()[0].Phone)
		_, plan = w.imports(w.ws(), "name,phone\nAda,(1955) 371 0847 ext 371\n", crm.ImportOptions{Country: "US", KeepPhones: true})
		require.Equal(t, crm.ImportSkip, plan[0].Action, "another spelling of it is the same number")
	}},
	{"Imports/read the columns that a mapping names, and no others", func(t *testing.T, w *world) {
		result, _ := w.imports(w.ws(), "who;mail;name\nAda;ada@example.org;x\n", crm.ImportOptions{
			Mapping: map[string]string{"who": "name", "mail": "email/work"},
		})
		require.Equal(t, []string{"name"}, result.Ignored())
		require.Equal(t, "Ada", w.all()[0].Name)

		_, err := w.ws().Contacts.Import(t.Context(), strings.NewReader("who\nAda\n"), crm.ImportOptions{
			Mapping: map[string]string{"who": "nonsense", "absent": "name"},
		})
		require.ErrorIs(t, err, core.ErrInvalid)
		var e *core.Error
		require.ErrorAs(t, err, &e)
		require.Len(t, e.Fields, 2)
	}},
	{"Imports/need both permissions", func(t *testing.T, w *world) {
		for _, p := range []core.Permission{core.ContactsWrite, core.ContactsImport} {
			_, err := w.as(person(p)).Contacts.Import(t.Context(), strings.NewReader("name\nAda\n"), crm.ImportOptions{})
			require.ErrorIs(t, err, core.ErrForbidden)
		}
		require.Empty(t, w.all())
	}},
	{"Imports/name nothing of contacts that the actor may not see", func(t *testing.T, w *world) {
		hidden := w.contact(crm.NewContact{Name: "Secret", Email: "ada@example.org"})
		actor := person(core.ContactsImport, core.ContactsWrite, core.ContactsRead)
		actor.OwnRows = true
		file := "name,email\nEve,ada@example.org\nGrace,grace@example.org\n"
		for _, dry := range []bool{true, false} {
			_, plan := w.imports(w.as(actor), file, crm.ImportOptions{DryRun: dry})
			require.Equal(t, []crm.ImportAction{crm.ImportError, crm.ImportCreate}, actions(plan))
			require.True(t, plan[0].ContactID.IsZero())
			require.NotContains(t, fmt.Sprint(plan[0]), "Secret")
			require.NotContains(t, fmt.Sprint(plan[0]), hidden.ID.String())
		}
		_, plan := w.imports(w.as(actor), "id,name\n"+hidden.ID.String()+",Eve\n", crm.ImportOptions{})
		require.Equal(t, "not_found", plan[0].Problems[0].Rule)
		got, err := w.ws().Contacts.Get(t.Context(), hidden.ID)
		require.NoError(t, err)
		require.Equal(t, hidden, got)
	}},
}

func (w *world) contact(n crm.NewContact) crm.Contact {
	c, err := w.ws().Contacts.Create(w.t.Context(), n)
	require.NoError(w.t, err)
	return c
}

// all is every live contact of our company.
func (w *world) all() []crm.Contact {
	list := []crm.Contact{}
	for c, err := range w.ws().Contacts.All(w.t.Context(), crm.ContactFilter{}) {
		require.NoError(w.t, err)
		list = append(list, c)
	}
	return list
}

// policy makes our company a new one that asks this of its contacts.
func (w *world) policy(fields ...string) {
	w.company = core.CompanyID{UUID: uuid.New()}
	err := w.backend.EnsureCompany(w.t.Context(), core.Tenant{ID: w.company, Name: "Strict", Country: "BR", ContactPolicy: fields})
	require.NoError(w.t, err)
}

func (w *world) imports(ws *clientele.Workspace, file string, o crm.ImportOptions) (crm.ImportResult, []crm.ImportRow) {
	var plan []crm.ImportRow
	o.OnRow = func(r crm.ImportRow) error {
		plan = append(plan, r)
		return nil
	}
	result, err := ws.Contacts.Import(w.t.Context(), strings.NewReader(file), o)
	require.NoError(w.t, err)
	return result, plan
}

func actions(plan []crm.ImportRow) (list []crm.ImportAction) {
	for _, row := range plan {
		list = append(list, row.Action)
	}
	return list
}
