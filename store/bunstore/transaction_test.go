package bunstore_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store/bunstore"
)

func TestAJoinedRollbackTakesTheEmbeddersRowAndTheContactAlong(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		tx, ws := w.begin()
		require.NoError(t, w.order(tx, "1"))
		_, err := ws.Contacts.Create(t.Context(), ada("ada@example.org"))
		require.NoError(t, err)
		require.NoError(t, tx.Rollback())
		require.Equal(t, [4]int{0, 0, 0, 0}, w.kept())
	})
}

func TestAJoinedCommitKeepsBoth(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		tx, ws := w.begin()
		require.NoError(t, w.order(tx, "1"))
		_, err := ws.Contacts.Create(t.Context(), ada("ada@example.org"))
		require.NoError(t, err)
		require.NoError(t, tx.Commit())
		require.Equal(t, [4]int{1, 1, 1, 1}, w.kept())
	})
}

func TestAUniqueViolationLeavesTheJoinedTransactionUsable(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		tx, ws := w.begin()
		first, err := ws.Contacts.Create(t.Context(), ada("ada@example.org"))
		require.NoError(t, err)
		_, err = ws.Contacts.Create(t.Context(), ada("ADA@example.org"))
		require.ErrorIs(t, err, core.ErrExists)
		var exists *core.Error
		require.ErrorAs(t, err, &exists)
		require.Equal(t, first.ID.UUID, exists.Holder.ID, "the holder is found in the same transaction")
		require.NoError(t, w.order(tx, "1"))
		require.NoError(t, tx.Commit())
		require.Equal(t, [4]int{1, 1, 1, 1}, w.kept())
	})
}

func TestACancelledCallLeavesTheJoinedTransactionUsable(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		tx, ws := w.begin()
		c, err := ws.Contacts.Create(t.Context(), ada("ada@example.org"))
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		_, err = ws.Contacts.Update(ctx, c.ID, func(c *crm.Contact) error {
			c.Name = "Somebody else"
			cancel()
			return nil
		})
		require.ErrorIs(t, err, core.ErrUnavailable)
		require.ErrorIs(t, err, context.Canceled)

		ctx, cancel = context.WithCancel(t.Context())
		err = ws.Atomic(ctx, func(ws *clientele.Workspace) error {
			_, err := ws.Contacts.Create(ctx, ada("charles@example.org"))
			cancel()
			return errors.Join(err, ctx.Err())
		})
		require.ErrorIs(t, err, context.Canceled)
		require.NoError(t, w.order(tx, "1"))
		again, err := ws.Contacts.Get(t.Context(), c.ID)
		require.NoError(t, err)
		require.Equal(t, c, again)
		require.NoError(t, tx.Commit())
		require.Equal(t, [4]int{1, 1, 1, 1}, w.kept())
	})
}

// slow is a condition that takes a while to find out.
var slow = map[string]string{
	"postgres": "pg_sleep(0.2) IS NOT NULL",
	"sqlite":   "(WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT count(*) FROM n) > 0",
}

func TestADeadlineInTheMiddleOfAStatementLeavesTheJoinedTransactionUsable(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		tx, ws := w.begin()
		require.NoError(t, w.order(tx, "1"))
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		err := w.Join(w.scope, tx).Atomic(ctx, func(s *bunstore.Session) error {
			var row struct {
				bun.BaseModel `bun:"table:id_companies,alias:co"`
				ID            core.CompanyID
			}
			if err := s.Across(&row).Where("id = ?", w.scope.Company).Where(slow[w.Dialect()]).Scan(ctx); err != nil {
				return s.Fail(err)
			}
			return s.Fail(ctx.Err())
		})
		require.ErrorIs(t, err, core.ErrUnavailable)
		_, err = ws.Contacts.Create(t.Context(), ada("ada@example.org"))
		require.NoError(t, err)
		require.NoError(t, tx.Commit())
		require.Equal(t, [4]int{1, 1, 1, 1}, w.kept())
	})
}

func TestAnInnerAtomicIsUndoneAlone(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		stop := errors.New("stop")
		err := w.ws().Atomic(t.Context(), func(ws *clientele.Workspace) error {
			_, err := ws.Contacts.Create(t.Context(), ada("outer@example.org"))
			require.NoError(t, err)
			require.ErrorIs(t, ws.Atomic(t.Context(), func(ws *clientele.Workspace) error {
				_, err := ws.Contacts.Create(t.Context(), ada("middle@example.org"))
				require.NoError(t, err)
				require.NoError(t, ws.Atomic(t.Context(), func(ws *clientele.Workspace) error {
					_, err := ws.Contacts.Create(t.Context(), ada("inner@example.org"))
					return err
				}))
				return stop
			}), stop)
			_, err = ws.Contacts.Create(t.Context(), ada("inner@example.org"))
			return err // the address is free again
		})
		require.NoError(t, err)
		require.Equal(t, [4]int{0, 2, 2, 2}, w.kept())
	})
}

func TestAPanicRollsBackAndGivesTheConnectionBack(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		panicking := func(ws *clientele.Workspace) error {
			_, err := ws.Contacts.Create(t.Context(), ada("ada@example.org"))
			require.NoError(t, err)
			panic("no more")
		}
		for range 10 { // more than there are connections
			require.PanicsWithValue(t, "no more", func() { _ = w.ws().Atomic(t.Context(), panicking) })
		}
		require.NoError(t, w.ws().Atomic(t.Context(), func(ws *clientele.Workspace) error {
			require.PanicsWithValue(t, "no more", func() { _ = ws.Atomic(t.Context(), panicking) })
			_, err := ws.Contacts.Create(t.Context(), ada("ada@example.org"))
			return err
		}))
		require.Equal(t, [4]int{0, 1, 1, 1}, w.kept())
	})
}

// row is one of the embedder's, written through a session.
type row struct {
	bun.BaseModel `bun:"table:app"`
	ID            string
}

func (w *world) insert(ctx context.Context, s *bunstore.Session, id string) error {
	_, err := s.Insert(&row{ID: id}).ModelTableExpr(w.table).Exec(ctx)
	return s.Fail(err)
}

func TestAtomicDoesNotTakeARollbackForACommit(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		err := w.Session(w.scope).Atomic(t.Context(), func(s *bunstore.Session) error {
			require.NoError(t, w.insert(t.Context(), s, "1"))
			require.ErrorIs(t, w.insert(t.Context(), s, "1"), core.ErrExists)
			return nil // it should have told
		})
		if err != nil { // Postgres keeps nothing after a failure
			require.Zero(t, w.count(w.table))
		} else {
			require.Equal(t, 1, w.count(w.table))
		}
	})
}

func TestACancelledAtomicKeepsNothing(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		over, cancel := context.WithCancel(t.Context())
		cancel()
		require.ErrorIs(t, w.ws().Atomic(over, func(*clientele.Workspace) error { panic("not reached") }), core.ErrUnavailable)

		ctx, cancel := context.WithCancel(t.Context())
		err := w.ws().Atomic(ctx, func(ws *clientele.Workspace) error {
			_, err := ws.Contacts.Create(ctx, ada("ada@example.org"))
			cancel()
			return err
		})
		require.ErrorIs(t, err, core.ErrUnavailable)
		_, err = w.ws().Contacts.Create(t.Context(), ada("ada@example.org"))
		require.NoError(t, err)
		require.Equal(t, [4]int{0, 1, 1, 1}, w.kept())
	})
}

func TestNothingIsKeptOnceSQLiteHasRolledBackByItself(t *testing.T) {
	t.Parallel()
	db := engines[1].open(t, true)
	require.NoError(t, db.Migrate(t.Context()))
	w := newWorld(t, db)
	w.exec("PRAGMA max_page_count = 1") // which means: no more than there are
	err := db.Session(w.scope).Atomic(t.Context(), func(s *bunstore.Session) error {
		require.NoError(t, w.insert(t.Context(), s, "before"))
		require.ErrorIs(t, w.insert(t.Context(), s, strings.Repeat("x", 1<<20)), core.ErrUnavailable, "the disk is full")
		require.ErrorIs(t, w.insert(t.Context(), s, "after"), core.ErrUnavailable)
		return nil
	})
	require.ErrorIs(t, err, core.ErrUnavailable)
	require.Zero(t, w.count(w.table))
}
