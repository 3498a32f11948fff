package schedulingstore

import (
	"context"

	"github.com/google/uuid"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/store/bunstore"
)

func (s store) SeriesOf(ctx context.Context, client core.ID[scheduling.Client]) ([]scheduling.Series, error) {
	var rows []seriesRow
	err := s.Select(bunstore.Shared, &rows).Where("sr.client_id = ?", client).OrderExpr("sr.created_at, sr.id").Scan(ctx)
	list := make([]scheduling.Series, len(rows))
	for i := range rows {
		list[i] = rows[i].Series
	}
	return list, s.Fail(err)
}

func (s store) WaitsOf(ctx context.Context, client core.ID[scheduling.Client]) ([]scheduling.WaitlistEntry, error) {
	var rows []entryRow
	err := s.Select(bunstore.Shared, &rows).Where("?TableAlias.client_id = ?", client).OrderExpr("?TableAlias.created_at, ?TableAlias.id").Scan(ctx)
	return listed(rows), s.Fail(err)
}

func (s store) DeleteWaitsOf(ctx context.Context, client core.ID[scheduling.Client]) error {
	_, err := s.Delete(bunstore.Shared, (*entryRow)(nil)).Where("client_id = ?", client).Exec(ctx)
	return s.Fail(err)
}

// Whose the appointments are, the series and the places on the waitlist.
var (
	AppointmentClients = bunstore.Reference{Table: "sched_appointments", Column: "client_id"}
	SeriesClients      = bunstore.Reference{Table: "sched_series", Column: "client_id"}
	WaitlistClients    = bunstore.Reference{Table: "sched_waitlist", Column: "client_id"}
)

// OpenTwice are the places of from that it waits at and to does too, for the same time.
func OpenTwice(ctx context.Context, s *bunstore.Session, from, to core.ID[scheduling.Client]) (states map[uuid.UUID]scheduling.WaitlistState, err error) {
	var rows []entryRow
	err = s.Select(bunstore.Shared, &rows).Column("id", "state").Where("wa.client_id = ?", from).
		Where("wa.state IN ('waiting', 'offered')").
		Where("EXISTS (SELECT 1 FROM sched_waitlist AS same WHERE same.company_id = wa.company_id AND same.agenda_id = wa.agenda_id"+
			" AND same.client_id = ? AND same.from_date = wa.from_date AND same.until_date = wa.until_date"+
			" AND same.state IN ('waiting', 'offered'))", to).Scan(ctx)
	states = map[uuid.UUID]scheduling.WaitlistState{}
	for _, row := range rows {
		states[row.ID.UUID] = row.State
	}
	return states, s.Fail(err)
}

// SetPlace gives a place on the waitlist another state, if it has the one that it is said to have.
func SetPlace(ctx context.Context, s *bunstore.Session, id uuid.UUID, was, is scheduling.WaitlistState) error {
	_, err := s.Update(bunstore.Shared, (*entryRow)(nil)).
		Set("state = ?", is).Set("version = wa.version + 1").Set("updated_at = ?", s.Env().Time()).
		Where("wa.id = ?", id).Where("wa.state = ?", was).Exec(ctx)
	return s.Fail(err)
}
