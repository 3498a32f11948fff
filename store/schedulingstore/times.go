package schedulingstore

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/scheduling/slots"
	"github.com/clientele-crm/clientele/store/bunstore"
)

func (s store) LockMembers(ctx context.Context, members []core.UserID) error {
	if len(members) == 0 {
		return nil
	}
	var found []personRow
	lock := func() error {
		found = found[:0]
		return s.Lock(s.Select(bunstore.Shared, &found).Column("id").Where("pe.id IN (?)", bun.List(members)).OrderExpr("pe.id")).Scan(ctx)
	}
	if err := lock(); err != nil || len(found) == len(members) {
		return s.Fail(err)
	}
	var missing []personRow
	for _, id := range members {
		if !slices.ContainsFunc(found, func(r personRow) bool { return r.ID == id }) {
			missing = append(missing, personRow{CompanyID: s.Scope().Company, ID: id, CreatedAt: s.Env().Time()})
		}
	}
	if _, err := s.Insert(&missing).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
		return s.Fail(err)
	}
	return s.Fail(lock())
}

// longest is how long an appointment can be.
const longest = 24 * time.Hour

func (s store) TakenTime(ctx context.Context, members []core.UserID, spans ...slots.Interval) ([]scheduling.TakenTime, error) {
	if len(members) == 0 || len(spans) == 0 {
		return nil, nil
	}
	var rows []seatRow
	q := s.Select(bunstore.Shared, &rows).ExcludeColumn("company_id", "held_from", "held_until", "busy_from", "busy_until", "live", "created_at")
	if len(spans) == 1 {
		q = q.Where("se.member_id IN (?)", bun.List(members)).Apply(during(spans[0].Start, spans[0].End)).OrderExpr("se.member_id, se.busy_from")
	} else {
		q = s.duringAny(q, members, spans)
	}
	err := q.Scan(ctx)
	list := make([]scheduling.TakenTime, len(rows))
	for i := range rows {
		list[i] = rows[i].TakenTime
	}
	return list, s.Fail(err)
}

// during is a query's part of the time that is taken and overlaps [from, until).
func during(from, until time.Time) func(*bun.SelectQuery) *bun.SelectQuery {
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("se.live").
			Where("se.busy_from > ?", from.Add(-longest).UnixMicro()).Where("se.busy_from < ?", until.UnixMicro()).
			Where("se.busy_until > ?", from.UnixMicro())
	}
}

// spanRow is a span of time, as the index of the members' time has it.
type spanRow struct{ Low, High, Past int64 }

// duringAny is during of several spans, each of which is looked up in the index. A row that overlaps two
// is there once.
func (s store) duringAny(q *bun.SelectQuery, members []core.UserID, spans []slots.Interval) *bun.SelectQuery {
	rows := make([]spanRow, len(spans))
	for i, span := range spans {
		rows[i] = spanRow{span.Start.Add(-longest).UnixMicro(), span.End.UnixMicro(), span.Start.UnixMicro()}
	}
	return q.With("span", s.Values(&rows)).Distinct().
		Join("JOIN span ON se.busy_from > span.low AND se.busy_from < span.high AND se.busy_until > span.past").
		Where("se.member_id IN (?)", bun.List(members)).Where("se.live").OrderExpr("se.member_id, se.start_date")
}

func (s store) ReleaseTime(ctx context.Context, holds []core.ID[scheduling.Appointment]) error {
	_, err := s.Update(bunstore.Shared, (*seatRow)(nil)).Set("live = FALSE").Where("appointment_id IN (?)", bun.List(holds)).Exec(ctx)
	return s.Fail(err)
}

// bookedRow is as much of an appointment as limits count.
type bookedRow struct {
	bun.BaseModel `bun:"table:sched_appointments,alias:ap"`

	scheduling.Booked
}

func (s store) BookedIn(ctx context.Context, agenda core.ID[scheduling.Agenda], from, before time.Time) ([]scheduling.Booked, error) {
	var rows []bookedRow
	err := s.Select(bunstore.Shared, &rows).Where("ap.agenda_id = ?", agenda).
		Where("ap.status IN ('held', 'pending', 'scheduled', 'completed', 'no_show')").
		Where("ap.start_date >= ?", from.UTC()).Where("ap.start_date < ?", before.UTC()).
		OrderExpr("ap.start_date").Scan(ctx)
	list := make([]scheduling.Booked, len(rows))
	for i := range rows {
		list[i] = rows[i].Booked
	}
	return list, s.Fail(err)
}

// turnRow is what a member has had of an agenda.
type turnRow struct {
	bun.BaseModel `bun:"table:sched_seats,alias:se"`

	MemberID core.UserID
	Count    int       `bun:",scanonly"`
	Last     time.Time `bun:",scanonly"`
}

func (s store) Turns(ctx context.Context, agenda core.ID[scheduling.Agenda], since, now time.Time) ([]scheduling.Turn, error) {
	var rows []turnRow
	err := s.Select(bunstore.Shared, &rows).
		ColumnExpr("se.member_id").ColumnExpr("count(DISTINCT se.appointment_id) AS count").ColumnExpr("max(se.created_at) AS last").
		Where("se.agenda_id = ?", agenda).Where("se.live").Where("se.created_at >= ?", since.UTC()).
		Where("(se.hold_until IS NULL OR se.hold_until > ?)", now.UTC()).
		GroupExpr("se.member_id").Scan(ctx)
	list := make([]scheduling.Turn, len(rows))
	for i, r := range rows {
		list[i] = scheduling.Turn{MemberID: r.MemberID, Count: r.Count, Last: r.Last}
	}
	return list, s.Fail(err)
}
