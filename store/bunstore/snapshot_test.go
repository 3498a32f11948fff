package bunstore_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store/bunstore"
	"github.com/clientele-crm/clientele/store/crmstore"
)

func TestASnapshotReadsWhatThereWas(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		c, err := w.ws().Contacts.Create(t.Context(), ada("ada@example.org"))
		require.NoError(t, err)
		pool, _ := w.Pools()
		alone := pool.Stats().MaxOpenConnections == 1 && w.Dialect() == "sqlite" && onlyPool(w)
		for range 20 { // more than there are connections: each gives its own back
			var before crm.Contact
			err := w.Session(w.scope).Snapshot(t.Context(), func(s *bunstore.Session) error {
				store := crmstore.Work(s).Plain().Store
				if before, err = store.Contact(t.Context(), c.ID); err != nil {
					return err
				}
				if !alone { // else who writes waits for it to end
					_, err = w.ws().Contacts.Update(t.Context(), c.ID, func(c *crm.Contact) error { c.Notes += "x"; return nil })
					require.NoError(t, err)
				}
				return s.Snapshot(t.Context(), func(within *bunstore.Session) error { // which is the same
					still, err := crmstore.Work(within).Plain().Store.Contact(t.Context(), c.ID)
					require.NoError(t, err)
					require.Equal(t, before, still)
					return nil
				})
			})
			require.NoError(t, err)
			after, err := w.ws().Contacts.Get(t.Context(), c.ID)
			require.NoError(t, err)
			require.Equal(t, alone, before.Notes == after.Notes)
		}
		require.ErrorIs(t, w.Session(w.scope).Snapshot(t.Context(), func(*bunstore.Session) error { return context.Canceled }), context.Canceled)
		require.Panics(t, func() { _ = w.Session(w.scope).Snapshot(t.Context(), func(*bunstore.Session) error { panic("x") }) })
		_, err = w.ws().Contacts.Get(t.Context(), c.ID)
		require.NoError(t, err)
	})
}

func TestASnapshotRefusesWhatWouldWrite(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		order := func(s *bunstore.Session) error {
			_, err := s.AcrossRaw("INSERT INTO " + w.table + " (id) VALUES ('1')").Exec(t.Context())
			return err
		}
		for name, write := range map[string]func(*bunstore.Session) error{
			"a statement":   order,
			"a transaction": func(s *bunstore.Session) error { return s.Atomic(t.Context(), order) },
			"an event": func(s *bunstore.Session) error {
				return s.Outbox().Emit(t.Context(), crm.ContactCreated.Of(core.ID[crm.Contact]{}, nil, &crm.Contact{}))
			},
		} {
			require.NoError(t, w.Session(w.scope).Snapshot(t.Context(), func(s *bunstore.Session) error {
				require.ErrorContains(t, write(s), "a snapshot only reads", name)
				return nil
			}))
			require.Equal(t, [4]int{0, 0, 0, 0}, w.kept(), name)
		}
	})
}

// onlyPool reports whether the connections that write are those that read.
func onlyPool(w *world) bool {
	write, read := w.Pools()
	return write == read
}
