package schedulingstore

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/store/bunstore"
)

type entryRow struct {
	bun.BaseModel `bun:"table:sched_waitlist,alias:wa"`

	CompanyID core.CompanyID
	scheduling.WaitlistEntry
}

// entries are seen by those who made them.
var entries = bunstore.Table{Own: "?TableAlias.created_by_id = ?0"}

func (s store) InsertEntry(ctx context.Context, e scheduling.WaitlistEntry) error {
	_, err := s.Insert(&entryRow{CompanyID: s.Scope().Company, WaitlistEntry: e}).Exec(ctx)
	return s.Fail(err)
}

func (s store) Entry(ctx context.Context, id core.ID[scheduling.WaitlistEntry]) (scheduling.WaitlistEntry, error) {
	var row entryRow
	if err := s.Select(entries, &row).Where("wa.id = ?", id).Scan(ctx); err != nil {
		return scheduling.WaitlistEntry{}, s.missing(err, "waitlist_entry")
	}
	return row.WaitlistEntry, nil
}

func (s store) EntryOffered(ctx context.Context, id core.ID[scheduling.Appointment]) (scheduling.WaitlistEntry, error) {
	var row entryRow
	err := s.Select(bunstore.Shared, &row).Where("wa.appointment_id = ?", id).Where("wa.state = ?", scheduling.OfferMade).Scan(ctx)
	if err != nil {
		return scheduling.WaitlistEntry{}, s.missing(err, "waitlist_entry")
	}
	return row.WaitlistEntry, nil
}

func (s store) ReplaceEntry(ctx context.Context, e scheduling.WaitlistEntry, was int64) error {
	res, err := s.Update(bunstore.Shared, &entryRow{WaitlistEntry: e}).ExcludeColumn("company_id", "id").
		Where("wa.id = ?", e.ID).Where("wa.version = ?", was).Exec(ctx)
	return bunstore.One(res, err, s.Session, core.Stale("waitlist_entry"))
}

var entryOrder = bunstore.Order[entryRow]{
	Name: "createdAt", Column: "created_at",
	Value: func(r *entryRow) string { return bunstore.TimeText(r.CreatedAt) }, Bind: bunstore.BindTime,
}

func (s store) ListEntries(ctx context.Context, f scheduling.WaitlistFilter, p core.Page) (core.List[scheduling.WaitlistEntry], error) {
	var rows []entryRow
	q := s.Select(entries, &rows)
	if !f.Agenda.IsZero() {
		q = q.Where("wa.agenda_id = ?", f.Agenda)
	}
	if f.State != "" {
		q = q.Where("wa.state = ?", f.State)
	}
	return bunstore.List(ctx, s.Session, q, &rows, entryOrder, p,
		func(r *entryRow) uuid.UUID { return r.ID.UUID },
		func(r *entryRow) scheduling.WaitlistEntry { return r.WaitlistEntry })
}

func (s store) Line(ctx context.Context, l scheduling.Line) ([]scheduling.WaitlistEntry, error) {
	var rows []entryRow
	q := s.Select(bunstore.Shared, &rows).Where("wa.agenda_id = ?", l.Agenda).Where("wa.state = 'waiting'").
		Where("wa.from_date < ?", l.Until.UTC()).Where("wa.until_date > ?", l.From.UTC()).Where("wa.until_date > ?", l.Now.UTC())
	if l.After != nil {
		q = q.Where("(wa.created_at, wa.id) > (?, ?)", l.After.CreatedAt, l.After.ID)
	}
	err := q.OrderExpr("wa.created_at, wa.id").Limit(int64(l.Limit)).Scan(ctx)
	return listed(rows), s.Fail(err)
}

func (s store) WaitsOver(ctx context.Context, now time.Time, limit int) ([]scheduling.WaitlistEntry, error) {
	var rows []entryRow
	err := s.Select(entries, &rows).Where("wa.state = 'waiting'").Where("wa.until_date <= ?", now.UTC()).
		OrderExpr("wa.until_date, wa.id").Limit(int64(limit)).Scan(ctx)
	return listed(rows), s.Fail(err)
}

func listed(rows []entryRow) []scheduling.WaitlistEntry {
	list := make([]scheduling.WaitlistEntry, len(rows))
	for i := range rows {
		list[i] = rows[i].WaitlistEntry
	}
	return list
}

// overRow is as much of a hold as says whose it is.
type overRow struct {
	bun.BaseModel `bun:"table:sched_appointments,alias:ap"`

	CompanyID core.CompanyID
}

// pastRow is as much of an entry.
type pastRow struct {
	bun.BaseModel `bun:"table:sched_waitlist,alias:wa"`

	CompanyID core.CompanyID
}

// HoldsOver are up to limit of the companies that have holds which are over at now.
func HoldsOver(ctx context.Context, s *bunstore.Session, now time.Time, limit int) ([]core.CompanyID, error) {
	var rows []overRow
	err := s.Across(&rows).Distinct().Where("ap.hold_until <= ?", now.UTC()).Limit(int64(limit)).Scan(ctx)
	list := make([]core.CompanyID, len(rows))
	for i, r := range rows {
		list[i] = r.CompanyID
	}
	return list, s.Fail(err)
}

// WaitsOver are up to limit of the companies in which somebody waits for what is past at now.
func WaitsOver(ctx context.Context, s *bunstore.Session, now time.Time, limit int) ([]core.CompanyID, error) {
	var rows []pastRow
	err := s.Across(&rows).Distinct().Where("wa.state = 'waiting'").Where("wa.until_date <= ?", now.UTC()).Limit(int64(limit)).Scan(ctx)
	list := make([]core.CompanyID, len(rows))
	for i, r := range rows {
		list[i] = r.CompanyID
	}
	return list, s.Fail(err)
}
