package bunstore_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// relabel is what changes of a label.
type relabel struct {
	ID          core.ID[label] `bun:"type:uuid"`
	Description string         // with all that means something to an array
	Active      bool
	CreatedByID core.UserID `bun:"type:uuid"` // NULL
	Version     int64
}

func TestManyRowsAreChangedByATableOfValues(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		rows, s := w.labels(60), w.Session(w.scope)
		require.NoError(t, bunstore.InsertAll(t.Context(), s, rows))
		texts := []string{"", "NULL", "a,b", "{c}", `"d"`, `back\slash`, `\"`, "it's", "''", " e ", "line\nand\ttab", "Zoë 日本 🎈", "?"}
		changes := make([]relabel, len(rows))
		for i := range rows {
			r := &rows[i]
			r.Description, r.Active, r.Version = texts[i%len(texts)], !r.Active, r.Version+1000
			changes[i] = relabel{ID: r.ID, Description: r.Description, Active: r.Active, Version: r.Version}
		}
		for _, changes := range [][]relabel{changes[:55], changes[55:]} { // many and few
			require.NoError(t, s.Atomic(t.Context(), func(s *bunstore.Session) error {
				now, err := s.ManyValues(t.Context(), &changes)
				require.NoError(t, err)
				_, err = s.Update(bunstore.Shared, (*label)(nil)).With("now", now).TableExpr("now").
					Set("description = now.description").Set("active = now.active").Set("created_by_id = now.created_by_id").Set("version = now.version").
					Where("ca.id = now.id").Exec(t.Context())
				return err
			}))
		}
		var got []label
		require.NoError(t, s.Select(bunstore.Shared, &got).OrderExpr("ca.name_key").Scan(t.Context()))
		require.Equal(t, rows, got)
	})
}
