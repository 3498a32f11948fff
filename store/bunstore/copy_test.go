package bunstore_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// label is a row of a category: a table with texts, a truth, a number, times and a NULL.
type label struct {
	bun.BaseModel `bun:"table:crm_categories,alias:ca"`

	CompanyID   core.CompanyID
	ID          core.ID[label]
	Name        string
	NameKey     string
	Description string
	Active      bool
	CreatedByID core.UserID
	Version     int64
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// labels are many enough that they go by COPY, with texts that mean something to it.
func (w *world) labels(n int) []label {
	texts := []string{"", "plain", "it's", `back\slash`, `\N`, `\.`, "tab\tline\nreturn\r", `"quoted" 'twice'''`, "NULL", "Zoë 日本 🎈", "''", `\\n`}
	at := time.Date(2026, 1, 2, 3, 4, 5, 678_000, time.UTC)
	rows := make([]label, n)
	for i := range rows {
		rows[i] = label{
			CompanyID: w.scope.Company, ID: core.NewID[label](w.Env), Name: "n" + texts[i%len(texts)], NameKey: fmt.Sprintf("%04d", i),
			Description: texts[i%len(texts)], Active: i%2 == 0, Version: int64(i + 1), CreatedAt: at, UpdatedAt: at,
		}
	}
	return rows
}

func TestManyRowsAreStoredAsFewAre(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		rows, s := w.labels(200), w.Session(w.scope)
		require.NoError(t, s.Atomic(t.Context(), func(s *bunstore.Session) error { return bunstore.InsertAll(t.Context(), s, rows) }))
		var got []label
		require.NoError(t, s.Select(bunstore.Shared, &got).OrderExpr("ca.name_key").Scan(t.Context()))
		require.Equal(t, rows, got)
		require.NoError(t, bunstore.InsertAll(t.Context(), s, []label{}), "none is as well")
	})
}

func TestManyRowsOfWhichOneIsRefusedAreUndoneAndTheTransactionGoesOn(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		rows, s := w.labels(200), w.Session(w.scope)
		rows[150].NameKey = rows[20].NameKey
		require.NoError(t, s.Atomic(t.Context(), func(s *bunstore.Session) error {
			err := s.Atomic(t.Context(), func(s *bunstore.Session) error { return bunstore.InsertAll(t.Context(), s, rows) })
			require.ErrorIs(t, err, core.ErrExists)
			few := rows[:60]
			return bunstore.InsertAll(t.Context(), s, few)
		}))
		require.Equal(t, 60, w.count("crm_categories WHERE company_id = '"+w.scope.Company.String()+"'"))
	})
}

func TestManyRowsInTheEmbeddersTransactionAreUndoneWithIt(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		rows := w.labels(100)
		tx, _ := w.begin()
		require.NoError(t, bunstore.InsertAll(t.Context(), w.Join(w.scope, tx), rows))
		require.NoError(t, tx.Rollback())
		require.Zero(t, w.count("crm_categories WHERE company_id = '"+w.scope.Company.String()+"'"))
	})
}

func TestManyRowsAreNotStoredAfterTheirContextHasEnded(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		rows := w.labels(100)
		ctx, cancel := context.WithCancel(t.Context())
		err := w.Session(w.scope).Atomic(ctx, func(s *bunstore.Session) error {
			cancel()
			return bunstore.InsertAll(ctx, s, rows)
		})
		require.ErrorIs(t, err, core.ErrUnavailable)
		require.Zero(t, w.count("crm_categories WHERE company_id = '"+w.scope.Company.String()+"'"))
		require.NoError(t, w.Ping(t.Context()))
	})
}

func TestConnectionsGoBackToThePool(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		failed := errors.New(strings.Repeat("no ", 3))
		for range 20 { // more than there are connections
			err := w.Session(w.scope).Atomic(t.Context(), func(*bunstore.Session) error { return failed })
			require.ErrorIs(t, err, failed)
		}
	})
}
