package schedulingstore

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/scheduling/slots"
	"github.com/clientele-crm/clientele/store/bunstore"
)

type appointmentRow struct {
	bun.BaseModel `bun:"table:sched_appointments,alias:ap"`

	CompanyID core.CompanyID
	scheduling.Appointment
}

// seatRow is time that an appointment takes of a member.
type seatRow struct {
	bun.BaseModel `bun:"table:sched_seats,alias:se"`

	CompanyID core.CompanyID
	scheduling.TakenTime
	HeldFrom  time.Time
	HeldUntil time.Time
	BusyFrom  int64 // StartDate, in microseconds of Unix
	BusyUntil int64 // EndDate
	Live      bool
	CreatedAt time.Time
}

// appointments are seen by those who made them or take them.
var appointments = bunstore.Table{Own: "(?TableAlias.created_by_id = ?0 OR EXISTS (SELECT 1 FROM sched_seats AS own" +
	" WHERE own.company_id = ?TableAlias.company_id AND own.appointment_id = ?TableAlias.id AND own.member_id = ?0))"}

func (s store) InsertAppointments(ctx context.Context, list ...scheduling.Seated) error {
	rows := make([]appointmentRow, len(list))
	var seats []seatRow
	for i, a := range list {
		rows[i] = appointmentRow{CompanyID: s.Scope().Company, Appointment: a.Appointment}
		seats = append(seats, s.seatRows(a)...)
	}
	return bunstore.InsertBoth(ctx, s.Session, rows, seats)
}

// seatRows take the time. They are in the order of the members, which have been locked in that order.
func (s store) seatRows(a scheduling.Seated) []seatRow {
	rows := make([]seatRow, 0, len(a.Members)*len(a.Seats))
	from, until := a.StartDate, a.EndDate
	if a.Buffers == slots.Sum { // of two neighbours both hold: what they keep free does not overlap
		from, until = from.Add(-a.BufferBefore.Duration()), until.Add(a.BufferAfter.Duration())
	}
	for _, member := range a.Members {
		for _, seat := range a.Seats {
			rows = append(rows, seatRow{
				CompanyID: s.Scope().Company, HeldFrom: from, HeldUntil: until, Live: true, CreatedAt: a.CreatedAt,
				BusyFrom: a.StartDate.UnixMicro(), BusyUntil: a.EndDate.UnixMicro(),
				TakenTime: a.Taking(member, seat),
			})
		}
	}
	return rows
}

func (s store) Appointment(ctx context.Context, id core.ID[scheduling.Appointment]) (scheduling.Appointment, error) {
	var row appointmentRow
	if err := s.Select(appointments, &row).Where("ap.id = ?", id).Scan(ctx); err != nil {
		return scheduling.Appointment{}, s.missing(err, "appointment")
	}
	return row.Appointment, nil
}

func (s store) ReplaceAppointment(ctx context.Context, a scheduling.Appointment, was int64, seats []int) error {
	res, err := s.Update(appointments, &appointmentRow{Appointment: a}).ExcludeColumn("company_id", "id").
		Where("ap.id = ?", a.ID).Where("ap.version = ?", was).Exec(ctx)
	if err := bunstore.One(res, err, s.Session, core.Stale("appointment")); err != nil {
		return err
	}
	if len(seats) == 0 {
		if a.TakesTime() {
			return nil
		}
		return s.ReleaseTime(ctx, []core.ID[scheduling.Appointment]{a.ID})
	}
	if _, err := s.Delete(bunstore.Shared, (*seatRow)(nil)).Where("appointment_id = ?", a.ID).Exec(ctx); err != nil {
		return s.Fail(err)
	}
	return bunstore.InsertAll(ctx, s.Session, s.seatRows(scheduling.Seated{Appointment: a, Seats: seats}))
}

func startText(r *appointmentRow) string { return bunstore.TimeText(r.StartDate) }

var appointmentOrders = []bunstore.Order[appointmentRow]{
	{Name: string(scheduling.ByStart), Column: "start_date", Value: startText, Bind: bunstore.BindTime},
	{Name: string(scheduling.ByStartDesc), Column: "start_date", Desc: true, Value: startText, Bind: bunstore.BindTime},
}

func (s store) ListAppointments(ctx context.Context, f scheduling.AppointmentFilter, p core.Page) (core.List[scheduling.Appointment], error) {
	order, err := bunstore.Find(appointmentOrders, string(f.Sort))
	if err != nil {
		return core.List[scheduling.Appointment]{}, err
	}
	var rows []appointmentRow
	return bunstore.List(ctx, s.Session, s.filtered(f, &rows), &rows, order, p,
		func(r *appointmentRow) uuid.UUID { return r.ID.UUID },
		func(r *appointmentRow) scheduling.Appointment { return r.Appointment })
}

// filtered is the appointments that f lets through, as rows of any kind.
func (s store) filtered(f scheduling.AppointmentFilter, rows any) *bun.SelectQuery {
	q := s.Select(appointments, rows)
	if !f.Agenda.IsZero() {
		q = q.Where("ap.agenda_id = ?", f.Agenda)
	}
	if !f.Client.IsZero() {
		q = q.Where("ap.client_id = ?", f.Client)
	}
	if !f.Series.IsZero() {
		q = q.Where("ap.series_id = ?", f.Series)
	}
	if !f.Member.IsZero() {
		q = q.Where("EXISTS (SELECT 1 FROM sched_seats AS me WHERE me.company_id = ap.company_id AND me.appointment_id = ap.id AND me.member_id = ?)", f.Member)
	}
	if f.Status != "" {
		q = q.Where("ap.status = ?", f.Status)
	}
	if !f.From.IsZero() {
		q = q.Where("ap.start_date >= ?", f.From.UTC())
	}
	if !f.Before.IsZero() {
		q = q.Where("ap.start_date < ?", f.Before.UTC())
	}
	return q
}

func (s store) ExpiredHolds(ctx context.Context, now time.Time, limit int) ([]scheduling.Appointment, error) {
	var rows []appointmentRow
	err := s.Select(appointments, &rows).Where("ap.hold_until <= ?", now.UTC()).
		OrderExpr("ap.hold_until, ap.id").Limit(int64(limit)).Scan(ctx)
	list := make([]scheduling.Appointment, len(rows))
	for i := range rows {
		list[i] = rows[i].Appointment
	}
	return list, s.Fail(err)
}
