package storetest

import (
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/identity"
)

// trail are the events of a row of our company, in their order, as the audit has them.
func (w *world) trail(id uuid.UUID) (events []string) {
	f := identity.AuditFilter{SubjectID: id, Sort: identity.AuditOldest}
	for entry, err := range w.ws().Audit.Export(w.t.Context(), f) {
		require.NoError(w.t, err)
		events = append(events, entry.Action)
	}
	return events
}
