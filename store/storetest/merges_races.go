package storetest

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/identity"
)

// rounds is how often a race is run: which of the two comes first is nobody's to say.
const rounds = 5

var mergeRaceContracts = []contract{
	{"Merges/of the same pair at once are one, whichever way round", func(t *testing.T, w *world) {
		for range rounds {
			a, b := w.contact(crm.NewContact{Name: "A", Tags: []string{"a"}}), w.contact(crm.NewContact{Name: "B", Tags: []string{"b"}})
			before := len(w.all())
			errs := race(w.merging(a, b), w.merging(b, a))
			require.NotEqual(t, errs[0] == nil, errs[1] == nil, "%v", errs)
			require.Equal(t, "contact_merged", code(t, errors.Join(errs[:]...)))
			require.Len(t, w.all(), before-1)
			first, err := w.ws().Contacts.Get(t.Context(), a.ID)
			require.NoError(t, err)
			second, err := w.ws().Contacts.Get(t.Context(), b.ID)
			require.NoError(t, err)
			require.Equal(t, first, second)
			require.ElementsMatch(t, []string{"a", "b"}, first.Tags)
		}
	}},
	{"Merges/along a chain at once leave every id answering somebody who is there", func(t *testing.T, w *world) {
		for range rounds {
			a, b, c := w.contact(crm.NewContact{Name: "A"}), w.contact(crm.NewContact{Name: "B"}), w.contact(crm.NewContact{Name: "C"})
			errs := race(w.merging(b, a), w.merging(c, b))
			require.True(t, errs[0] == nil || errs[1] == nil, "%v", errs)
			for _, id := range []core.ID[crm.Contact]{a.ID, b.ID, c.ID} {
				got, err := w.ws().Contacts.Get(t.Context(), id)
				require.NoError(t, err)
				require.Nil(t, got.DeletedAt)
			}
		}
	}},
	{"Merges/undone twice at once are undone once", func(t *testing.T, w *world) {
		for range rounds {
			ada, other := w.contact(crm.NewContact{Name: "Ada"}), w.contact(crm.NewContact{Name: "Adah"})
			m := w.merge(ada, crm.NewMerge{LoserID: other.ID})
			undo := func() error { _, err := w.ws().Contacts.UndoMerge(t.Context(), m.ID); return err }
			errs := race(undo, undo)
			require.NotEqual(t, errs[0] == nil, errs[1] == nil, "%v", errs)
			require.Equal(t, "merge_undone", code(t, errors.Join(errs[:]...)))
		}
	}},
	{"Merges/leave nothing with the loser that is hung on it at the same moment", func(t *testing.T, w *world) {
		deals := w.deals(core.System())
		hang := map[string]func(core.ID[crm.Contact]) error{
			"note": func(id core.ID[crm.Contact]) error {
				_, err := w.ws().Notes.Create(t.Context(), id, crm.NewNote{Content: "x"})
				return err
			},
			"activity": func(id core.ID[crm.Contact]) error {
				_, err := w.ws().Activities.Create(t.Context(), id, crm.NewActivity{Type: crm.Call, Title: "x"})
				return err
			},
			"consent": func(id core.ID[crm.Contact]) error {
				_, err := w.ws().Consents.Record(t.Context(), id, crm.NewConsent{Channel: crm.ByEmail, Purpose: crm.Marketing, Granted: true})
				return err
			},
			"lead_move": func(id core.ID[crm.Contact]) error {
				_, err := deals.Create(t.Context(), deals.about(crm.LeadDetails{ContactID: id}))
				return err
			},
		}
		for range rounds {
			for kind, fn := range hang {
				ada, other := w.contact(crm.NewContact{Name: "Ada"}), w.contact(crm.NewContact{Name: "Adah"})
				errs := race(w.merging(ada, other), func() error { return fn(other.ID) })
				require.NoError(t, errs[0])
				l, err := w.ws().Timeline.List(t.Context(), ada.ID, core.Page{})
				require.NoError(t, err)
				if errs[1] == nil {
					require.Len(t, l.Items, 2, "the merge and the %s", kind)
					continue
				}
				require.Len(t, l.Items, 1)
				if kind == "lead_move" {
					require.Equal(t, []string{"/contactId merged"}, faults(t, errs[1]))
				} else {
					require.Equal(t, "contact_merged", code(t, errs[1]))
				}
			}
		}
	}},
	{"Merges/and an erasure of the loser at once leave nothing of the person", func(t *testing.T, w *world) {
		for range rounds {
			ada := w.contact(crm.NewContact{Name: "Ada"})
			other := w.contact(crm.NewContact{Name: "Canary", Email: "canary@example.org", Notes: "Canary"})
			errs := race(w.merging(ada, other), func() error { _, err := w.ws().Privacy.Erase(t.Context(), other.ID); return err })
			require.NoError(t, errs[1])
			if errs[0] != nil {
				require.ErrorIs(t, errs[0], core.ErrNotFound)
			}
			for _, c := range w.all() {
				require.NotContains(t, strings.ToLower(c.Name+string(c.Email)+c.Notes), "canary")
			}
			for e, err := range w.ws().Audit.Export(t.Context(), identity.AuditFilter{}) {
				require.NoError(t, err)
				for _, change := range e.Changes {
					require.NotContains(t, strings.ToLower(string(change.Old)+string(change.New)), "canary", e.Action)
				}
			}
		}
	}},
	{"Merges/and an import of the loser at once lose no row", func(t *testing.T, w *world) {
		for range rounds {
			ada := w.contact(crm.NewContact{Name: "Ada"})
			other := w.contact(crm.NewContact{Name: "Adah", Email: "adah@example.org"})
			errs := race(w.merging(ada, other), func() error {
				r, err := w.ws().Contacts.Import(t.Context(), strings.NewReader("email,designation\nadah@example.org,Analyst\n"), crm.ImportOptions{})
				if err == nil {
					require.Equal(t, 1, r.Updated, "%+v", r)
				}
				return err
			})
			require.NoError(t, errors.Join(errs[:]...))
			got, err := w.ws().Contacts.Get(t.Context(), other.ID)
			require.NoError(t, err)
			require.Equal(t, ada.ID, got.ID)
			require.Equal(t, "Analyst", got.Designation)
			_, err = w.ws().Privacy.Erase(t.Context(), ada.ID) // the address is free for the next round
			require.NoError(t, err)
		}
	}},
	{"Merges/and a deletion of either at once leave nobody half gone", func(t *testing.T, w *world) {
		for i := range 2 * rounds {
			ada, other := w.contact(crm.NewContact{Name: "Ada"}), w.contact(crm.NewContact{Name: "Adah", Tags: []string{"x"}})
			gone := []crm.Contact{ada, other}[i%2]
			errs := race(w.merging(ada, other), func() error { return w.ws().Contacts.Delete(t.Context(), gone.ID) })
			switch {
			case errs[0] != nil:
				require.Equal(t, "contact_deleted", code(t, errs[0]))
				require.NoError(t, errs[1])
			case errs[1] != nil:
				require.Equal(t, "contact_merged", code(t, errs[1]))
			default:
				got, err := w.ws().Contacts.Get(t.Context(), other.ID)
				require.NoError(t, err)
				require.Equal(t, ada.ID, got.ID)
				require.NotNil(t, got.DeletedAt)
			}
		}
	}},
}

// merging merges the loser into the survivor.
func (w *world) merging(survivor, loser crm.Contact) func() error {
	return func() error {
		_, err := w.ws().Contacts.Merge(w.t.Context(), survivor.ID, crm.NewMerge{LoserID: loser.ID})
		return err
	}
}
