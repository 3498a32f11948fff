package storetest

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/assessment"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/identity"
	"github.com/clientele-crm/clientele/scheduling"
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
	{"Merges/and a mark that the loser is not somebody else at once keep the mark", func(t *testing.T, w *world) {
		for range rounds {
			ada, other, third := w.contact(crm.NewContact{Name: "Ada"}), w.contact(crm.NewContact{Name: "Adah"}), w.contact(crm.NewContact{Name: "Adam"})
			errs := race(w.merging(ada, other), func() error { return w.ws().Contacts.MarkDistinct(t.Context(), other.ID, third.ID) })
			require.NoError(t, errs[0])
			if errs[1] != nil {
				require.Equal(t, "contact_merged", code(t, errs[1]))
				continue
			}
			tx := w.backend.Session(core.Scope{Company: w.company, Actor: core.System()}).CRM().Plain()
			pairs, err := tx.Store.DistinctPairs(t.Context(), []core.ID[crm.Contact]{ada.ID})
			require.NoError(t, err)
			require.Equal(t, []crm.DistinctPair{crm.Distinct(ada.ID, third.ID)}, pairs)
		}
	}},
	{"Merges/and an answer of the loser at once leave the answer with the survivor", func(t *testing.T, w *world) {
		f := personality(t, w.ws())
		for range rounds {
			ada, other := w.contact(crm.NewContact{Name: "Ada"}), w.contact(crm.NewContact{Name: "Adah"})
			_, token, err := w.ws().AssessmentResponses.Start(t.Context(), f.ID, assessment.ContactID(other.ID))
			require.NoError(t, err)
			errs := race(w.merging(ada, other), func() error {
				_, err := w.app.PublicForms.Submit(t.Context(), assessment.Assessment, token, said(rated(2, 5)))
				return err
			})
			require.NoError(t, errors.Join(errs[:]...))
			l, err := w.ws().AssessmentResponses.List(t.Context(), assessment.ResponseFilter{Contact: assessment.ContactID(ada.ID)}, core.Page{})
			require.NoError(t, err)
			require.Len(t, l.Items, 1)
		}
	}},
	{"Merges/and a series of the loser that grows at once leave no appointment with the loser", func(t *testing.T, w *world) {
		begin := time.Now().UTC().AddDate(0, 0, 1).Truncate(24 * time.Hour).Add(9 * time.Hour)
		for range rounds {
			a, err := w.ws().Agendas.Create(t.Context(), newAgenda(1, nil))
			require.NoError(t, err)
			ada, other := w.contact(crm.NewContact{Name: "Ada"}), w.contact(crm.NewContact{Name: "Adah"})
			plan := scheduling.SeriesPlan{StartDate: begin, Rule: "FREQ=DAILY;COUNT=2", Details: scheduling.Details{ClientID: core.ID[scheduling.Client](other.ID)}}
			s, err := w.ws().Appointments.BookSeries(t.Context(), scheduling.NewSeries{AgendaID: a.ID, SeriesPlan: plan})
			require.NoError(t, err)
			errs := race(w.merging(ada, other), func() error {
				_, err := w.ws().Appointments.UpdateSeries(t.Context(), s.Series.ID, scheduling.SeriesChange{Edit: func(s *scheduling.Series) error {
					s.Rule = "FREQ=DAILY;COUNT=6"
					return nil
				}})
				return err
			})
			require.NoError(t, errors.Join(errs[:]...))
			l, err := w.ws().Appointments.List(t.Context(), scheduling.AppointmentFilter{Client: core.ID[scheduling.Client](ada.ID)}, core.Page{})
			require.NoError(t, err)
			require.Len(t, l.Items, 6)
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
