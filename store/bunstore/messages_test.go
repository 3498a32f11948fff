package bunstore_test

import (
	"errors"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// told is an event that waits for the next message, where events do.
func told(t *testing.T, s *bunstore.Session) {
	type thing struct{}
	event := core.EventType[thing]{Name: "thing.made", Kind: "thing"}.Of(core.ID[thing]{UUID: uuid.New()}, nil, &thing{})
	require.NoError(t, s.Outbox().Emit(t.Context(), event))
}

// Whatever a message has in it, a transaction is kept as a whole or not at all: what waits goes with
// it, and what a savepoint takes back is never sent.
func TestWhatWaitsForTheNextMessageIsOfItsTransaction(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		stop := errors.New("stop")
		events := func() int { return w.count("core_outbox WHERE company_id = '" + w.scope.Company.String() + "'") }
		order := func(s *bunstore.Session, id string) error {
			_, err := s.AcrossRaw("INSERT INTO " + w.table + " (id) VALUES ('" + id + "')").Exec(t.Context())
			return err
		}

		require.NoError(t, w.Session(w.scope).Atomic(t.Context(), func(s *bunstore.Session) error {
			told(t, s)
			return nil
		}))
		require.Equal(t, 1, events(), "it goes with the end")
		require.NoError(t, w.Session(w.scope).Atomic(t.Context(), func(s *bunstore.Session) error {
			told(t, s)
			err := s.Atomic(t.Context(), func(s *bunstore.Session) error {
				told(t, s)
				return stop
			})
			require.ErrorIs(t, err, stop)
			told(t, s)
			return order(s, "1")
		}))
		require.Equal(t, [2]int{3, 1}, [2]int{events(), w.count(w.table)}, "without that of the savepoint")
		require.ErrorIs(t, w.Session(w.scope).Atomic(t.Context(), func(s *bunstore.Session) error {
			told(t, s)
			return stop
		}), stop)
		require.NoError(t, w.Session(w.scope).Atomic(t.Context(), func(*bunstore.Session) error { return nil }), "of nothing")
		require.Equal(t, 3, events())
	})
}

// Behind a first statement that the database does not even read, others are of the transaction still: on
// Postgres none is taken any more, and SQLite goes on.
func TestWhatComesBehindAFirstStatementThatFailsIsOfTheTransaction(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		for _, bad := range []string{"NONSENSE", "SELECT * FROM nowhere"} {
			var order error
			stop := errors.New("stop")
			try := func(end error) error {
				return w.Session(w.scope).Atomic(t.Context(), func(s *bunstore.Session) error {
					_, err := s.AcrossRaw(bad).Exec(t.Context())
					require.Error(t, err)
					_, order = s.AcrossRaw("INSERT INTO " + w.table + " (id) VALUES ('" + bad + "')").Exec(t.Context())
					return end
				})
			}
			require.ErrorIs(t, try(stop), stop)
			require.Zero(t, w.count(w.table+" WHERE id = '"+bad+"'"), bad)
			kept := try(nil) == nil
			require.Equal(t, w.Dialect() == "sqlite", kept, bad)
			require.Equal(t, kept, order == nil, bad)
			require.Equal(t, kept, w.count(w.table+" WHERE id = '"+bad+"'") == 1, bad)
		}
	})
}
