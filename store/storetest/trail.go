package storetest

import (
	"slices"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
)

// trail are the events of a row, in their order.
func (w *world) trail(id uuid.UUID) (events []string) {
	s := w.backend.Session(core.Scope{Company: w.company}).(interface{ Across(any) *bun.SelectQuery })
	var rows []struct {
		bun.BaseModel `bun:"table:core_outbox"`
		Name          string
	}
	err := s.Across(&rows).Where("company_id = ? AND subject_id = ?", w.company, id).OrderExpr("position").Scan(w.t.Context(), &rows)
	require.NoError(w.t, err)
	for _, r := range rows {
		events = append(events, r.Name)
	}
	return slices.Clip(events)
}
