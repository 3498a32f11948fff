package server_test

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/scheduling/slots"
)

// Who moves an appointment that they have seen does not move it on from where somebody else has put it since.
func TestAConditionHoldsUntilTheChangeIsMade(t *testing.T) {
	between := &once{text: `FROM "sched_agendas"`}
	onBoth(t, func(t *testing.T, w *world) {
		ws := w.app.Workspace(core.Scope{Company: w.company, Actor: core.System()})
		a, err := ws.Agendas.Create(t.Context(), scheduling.NewAgenda{
			Name: "Talk", Members: []scheduling.AgendaMember{{ID: w.user("ada").ID}},
			Rules: slots.Rules{Hours: slots.Hours{Timezone: "UTC", Week: slots.EveryDay("00:00-24:00")}, Duration: 30},
		})
		require.NoError(t, err)
		day := time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, 2)
		booked, err := ws.Appointments.Book(t.Context(), scheduling.NewAppointment{AgendaID: a.ID, StartDate: day})
		require.NoError(t, err)
		moves := func() {
			_, err := ws.Appointments.Move(t.Context(), booked.ID, day.Add(time.Hour))
			require.NoError(t, err)
		}
		if w.db.Dialect() == "sqlite" { // nobody else writes within a transaction
			moves()
		} else {
			between.do.Store(&moves)
		}
		moved := w.call("PUT", "/api/v1/appointments/"+booked.ID.String()+"/date", map[string]any{"startDate": day.Add(2 * time.Hour)}, `If-Match: "1"`)
		require.Equal(t, http.StatusPreconditionFailed, moved.StatusCode, moved.text)
		now, err := ws.Appointments.Get(t.Context(), booked.ID)
		require.NoError(t, err)
		require.Equal(t, day.Add(time.Hour), now.StartDate)
	}, between)
}

// once is a [bun.QueryHook] that does something, once, before a query that locks and has a text.
type once struct {
	text string
	do   atomic.Pointer[func()]
}

func (o *once) BeforeQuery(ctx context.Context, e *bun.QueryEvent) context.Context {
	if strings.Contains(e.Query, o.text) && strings.Contains(e.Query, "NO KEY UPDATE") {
		if do := o.do.Swap(nil); do != nil {
			(*do)()
		}
	}
	return ctx
}

func (o *once) AfterQuery(context.Context, *bun.QueryEvent) {}
