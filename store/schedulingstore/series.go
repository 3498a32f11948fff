package schedulingstore

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/store/bunstore"
)

type seriesRow struct {
	bun.BaseModel `bun:"table:sched_series,alias:sr"`

	CompanyID core.CompanyID
	scheduling.Series
}

// series are seen by those who made them, and by those who take all of their appointments: to change
// a series is to change all of it.
var series = bunstore.Table{Own: "(?TableAlias.created_by_id = ?0 OR (EXISTS (SELECT 1 FROM sched_appointments AS one" +
	" WHERE one.company_id = ?TableAlias.company_id AND one.series_id = ?TableAlias.id)" +
	" AND NOT EXISTS (SELECT 1 FROM sched_appointments AS ap WHERE ap.company_id = ?TableAlias.company_id AND ap.series_id = ?TableAlias.id" +
	" AND NOT EXISTS (SELECT 1 FROM sched_seats AS own WHERE own.company_id = ap.company_id AND own.appointment_id = ap.id AND own.member_id = ?0))))"}

func (s store) InsertSeries(ctx context.Context, made scheduling.Series) error {
	_, err := s.Insert(&seriesRow{CompanyID: s.Scope().Company, Series: made}).Exec(ctx)
	return s.Fail(err)
}

func (s store) Series(ctx context.Context, id core.ID[scheduling.Series]) (scheduling.Series, error) {
	var row seriesRow
	if err := s.Select(series, &row).Where("sr.id = ?", id).Scan(ctx); err != nil {
		return scheduling.Series{}, s.missing(err, "series")
	}
	return row.Series, nil
}

func (s store) ReplaceSeries(ctx context.Context, now scheduling.Series, was int64) error {
	res, err := s.Update(series, &seriesRow{Series: now}).ExcludeColumn("company_id", "id").
		Where("sr.id = ?", now.ID).Where("sr.version = ?", was).Exec(ctx)
	return bunstore.One(res, err, s.Session, core.Stale("series"))
}

func (s store) SeriesAppointments(ctx context.Context, id core.ID[scheduling.Series]) ([]scheduling.Appointment, error) {
	var rows []appointmentRow
	err := s.Select(appointments, &rows).Where("ap.series_id = ?", id).OrderExpr("ap.recurrence_date, ap.id").Scan(ctx)
	list := make([]scheduling.Appointment, len(rows))
	for i := range rows {
		list[i] = rows[i].Appointment
	}
	return list, s.Fail(err)
}
