package storetest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/crm/duplicates"
)

// importDuplicateContracts are about rows that no address matches and that probably are somebody.
var importDuplicateContracts = []contract{
	{"Imports/say whom a new row probably is, and do with it what they are told", func(t *testing.T, w *world) {
		const file = "name,email,company_name,location\nAda Lovelace,ada.lovelace@example.com,Analytical Engines,London\n"
		for option, want := range map[crm.OnDuplicate]crm.ImportAction{
			"": crm.ImportCreate, crm.WarnDuplicate: crm.ImportCreate, crm.CreateDuplicate: crm.ImportCreate,
			crm.SkipDuplicate: crm.ImportSkip, crm.UpdateDuplicate: crm.ImportUpdate,
		} {
			w.company = w.newCompany("Duplicates")
			ada := w.contact(crm.NewContact{Name: "Ada Lovelace", Email: "ada.lovelace@example.org", Company: "Analytical Engines"})
			for _, dry := range []bool{true, false} {
				_, plan := w.imports(w.ws(), file, crm.ImportOptions{OnDuplicate: option, DryRun: dry})
				require.Equal(t, want, plan[0].Action, "%q", option)
				if option == crm.CreateDuplicate {
					require.Nil(t, plan[0].Duplicate)
					continue
				}
				require.Equal(t, ada.ID, plan[0].Duplicate.ContactID)
				require.Equal(t, duplicates.Probable, plan[0].Duplicate.Likelihood)
				require.GreaterOrEqual(t, plan[0].Duplicate.Score, duplicates.ProbableFrom)
				require.Equal(t, want != crm.ImportCreate, plan[0].ContactID == ada.ID)
			}
			if option == crm.UpdateDuplicate {
				got, err := w.ws().Contacts.Get(t.Context(), ada.ID)
				require.NoError(t, err)
				require.Equal(t, "London", got.Location)
				require.Equal(t, core.Email("ada.lovelace@example.org"), got.Email, "the first address stays")
				require.Equal(t, "ada.lovelace@example.com", got.OtherAddresses[0].Value)
				again, _ := w.imports(w.ws(), file, crm.ImportOptions{OnDuplicate: option})
				require.Equal(t, 1, again.Skipped)
			}
		}
		_, err := w.ws().Contacts.Import(t.Context(), strings.NewReader(file), crm.ImportOptions{OnDuplicate: "merge"})
		require.ErrorIs(t, err, core.ErrInvalid)
	}},
	{"Imports/know duplicates of earlier rows, in their batch and in any before", func(t *testing.T, w *world) {
		var file strings.Builder
		file.WriteString("name,email,company_name\n")
		row := func(host string) {
			fmt.Fprintf(&file, "Grace Hopper,grace.hopper@%s.example.org,Navy\n", host)
		}
		row("a")
		row("b")
		for i := range 1300 { // nobody like them
			if i == 700 {
				row("c")
			}
			fmt.Fprintf(&file, "P%d Q%d,%d@example.org,\n", i, i, i)
		}
		row("d")
		for option, want := range map[crm.OnDuplicate][3]int{
			crm.WarnDuplicate: {1304, 0, 0}, crm.SkipDuplicate: {1301, 0, 3}, crm.UpdateDuplicate: {1301, 3, 0},
		} {
			w.company = w.newCompany("Large")
			rehearsed, dry := w.imports(w.ws(), file.String(), crm.ImportOptions{OnDuplicate: option, BatchRows: 500, DryRun: true})
			done, plan := w.imports(w.ws(), file.String(), crm.ImportOptions{OnDuplicate: option, BatchRows: 500})
			require.Equal(t, want, [3]int{done.Created, done.Updated, done.Skipped}, "%q", option)
			rehearsed.DryRun, rehearsed.ID = false, done.ID
			require.Equal(t, rehearsed, done)
			for _, i := range []int{1, 702, 1303} {
				require.Equal(t, plan[0].ContactID, plan[i].Duplicate.ContactID, "%q row %d", option, i)
				require.True(t, dry[i].Duplicate.ContactID.IsZero(), "it would have been made")
				require.Equal(t, plan[i].Duplicate.Match, dry[i].Duplicate.Match)
			}
		}
	}},
	{"Imports/plan the same in a dry run for more people of one name than are compared", func(t *testing.T, w *world) {
		var file strings.Builder
		file.WriteString("name,location,email\n")
		for i := range 2*duplicates.MaxBlock + 30 {
			local := i / 2 // of two the second probably is the first, who is not among the oldest of the name
			if i%10 == 9 {
				local = 1
			}
			fmt.Fprintf(&file, "Maria Silva,Recife,maria.silva%d@m%d.example.org\n", local, i)
		}
		for _, option := range []crm.OnDuplicate{crm.WarnDuplicate, crm.SkipDuplicate, crm.UpdateDuplicate} {
			w.company = w.newCompany("Large")
			for i := range duplicates.MaxBlock / 2 {
				w.contact(crm.NewContact{Name: "Maria Silva", Location: fmt.Sprintf("Olinda %d", i)})
			}
			opts := crm.ImportOptions{OnDuplicate: option, BatchRows: 15, DryRun: true}
			rehearsed, dry := w.imports(w.ws(), file.String(), opts)
			opts.DryRun = false
			done, plan := w.imports(w.ws(), file.String(), opts)
			rehearsed.DryRun, rehearsed.ID = false, done.ID
			require.Equal(t, rehearsed, done)
			require.GreaterOrEqual(t, done.Duplicates, duplicates.MaxBlock+10)
			require.Equal(t, dry, withoutFresh(plan, dry))
		}
	}},
	{"Imports/tell of no duplicate that the actor may not see", func(t *testing.T, w *world) {
		w.contact(crm.NewContact{Name: "Ada Lovelace", Email: "ada.lovelace@example.org", Company: "Analytical Engines"})
		actor := person(core.ContactsImport, core.ContactsWrite, core.ContactsRead)
		actor.OwnRows = true
		_, plan := w.imports(w.as(actor), "name,email,company_name\nAda Lovelace,ada.lovelace@example.com,Analytical Engines\n", crm.ImportOptions{OnDuplicate: crm.SkipDuplicate})
		require.Equal(t, crm.ImportCreate, plan[0].Action)
		require.Nil(t, plan[0].Duplicate)
	}},
}

// withoutFresh is a plan without the ids of contacts that a dry run only would have made.
func withoutFresh(plan, dry []crm.ImportRow) []crm.ImportRow {
	for i := range plan {
		if dry[i].ContactID.IsZero() {
			plan[i].ContactID = core.ID[crm.Contact]{}
		}
		if d := plan[i].Duplicate; d != nil && dry[i].Duplicate != nil && dry[i].Duplicate.ContactID.IsZero() {
			d.ContactID = core.ID[crm.Contact]{}
		}
	}
	return plan
}
