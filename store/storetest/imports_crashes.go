package storetest

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

// mortal is a program that dies at the end of one of its transactions, before that commits.
type mortal struct {
	core.Work[crm.Tx]
	left atomic.Int32 // the transactions until then
}

func (m *mortal) Atomic(ctx context.Context, fn func(crm.Tx) error) error {
	return m.Work.Atomic(ctx, func(tx crm.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		if m.left.Add(-1) == 0 {
			panic("dead")
		}
		return nil
	})
}

// dying is the contacts of a program that dies at its n-th transaction.
func (w *world) dying(n int32) *crm.Contacts {
	m := &mortal{Work: w.backend.Session(core.Scope{Company: w.company, Actor: core.System()}).CRM()}
	m.left.Store(n)
	return crm.NewContacts(m)
}

// importCrashContracts are about programs that die in the middle of an import, or of undoing one.
var importCrashContracts = []contract{
	{"Imports/go on after a crash at any of their transactions, and store nothing twice", func(t *testing.T, w *world) {
		file := strings.NewReplacer("@example.org", "", "name,email", "name,location").Replace(people(1700)) // only the record tells rows from others
		for n := int32(2); n < 8; n++ {                                                                      // the first makes the record
			w.company = w.newCompany("Crashed")
			require.Panics(t, func() {
				_, _ = w.dying(n).Import(t.Context(), strings.NewReader(file), crm.ImportOptions{OnDuplicate: crm.CreateDuplicate, BatchRows: 500})
			}, "transaction %d", n)
			list, err := w.ws().Contacts.ImportRecords(t.Context(), core.Page{})
			require.NoError(t, err)
			r := list.Items[0]
			require.Equal(t, crm.ImportRunning, r.State)
			count, err := w.ws().Contacts.Count(t.Context(), crm.ContactFilter{}, 0)
			require.NoError(t, err)
			require.Equal(t, r.Created, count, "what is told of is what is stored")
			result, err := w.ws().Contacts.Import(t.Context(), strings.NewReader(file), crm.ImportOptions{OnDuplicate: crm.CreateDuplicate, Resume: r.ID})
			require.NoError(t, err)
			require.Equal(t, []int{1700, 1700, 0}, []int{result.Rows, result.Created, result.Skipped})
			require.Len(t, w.all(), 1700)
		}
	}},
	{"Imports/are undone to their end after a crash in the middle of it", func(t *testing.T, w *world) {
		for n := int32(1); n < 5; n++ {
			w.company = w.newCompany("Crashed")
			ada := w.contact(crm.NewContact{Name: "Ada", Email: "person3@example.org"})
			result, _ := w.imports(w.ws(), people(1300), crm.ImportOptions{BatchRows: 500})
			require.Panics(t, func() { _, _ = w.dying(n).RevertImport(t.Context(), result.ID) })
			r, err := w.ws().Contacts.RevertImport(t.Context(), result.ID)
			require.NoError(t, err)
			require.Equal(t, []int{1300, 0, 0}, []int{r.Reverted, r.Kept, r.Gone})
			all := w.all()
			require.Len(t, all, 1)
			require.Equal(t, ada.NewContact, all[0].NewContact)
		}
	}},
}
