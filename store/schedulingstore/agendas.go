package schedulingstore

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/scheduling/slots"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// agendaRow is an agenda with the key that it is sorted by.
type agendaRow struct {
	bun.BaseModel `bun:"table:sched_agendas,alias:ag"`

	CompanyID core.CompanyID
	NameKey   string
	scheduling.Agenda
}

// agendaMemberRow is for finding agendas by those who take their appointments.
type agendaMemberRow struct {
	bun.BaseModel `bun:"table:sched_agenda_members,alias:am"`

	CompanyID core.CompanyID
	AgendaID  core.ID[scheduling.Agenda]
	MemberID  core.UserID
}

// personRow is somebody to lock.
type personRow struct {
	bun.BaseModel `bun:"table:sched_people,alias:pe"`

	CompanyID core.CompanyID
	ID        core.UserID
	CreatedAt time.Time
}

type holidayRow struct {
	bun.BaseModel `bun:"table:sched_holidays,alias:ho"`

	CompanyID core.CompanyID
	Day       string
	Name      string
	CreatedAt time.Time
}

// agendas are seen by those who made them or take their appointments.
var agendas = bunstore.Table{Own: "(?TableAlias.created_by_id = ?0 OR EXISTS (SELECT 1 FROM sched_agenda_members AS own" +
	" WHERE own.company_id = ?TableAlias.company_id AND own.agenda_id = ?TableAlias.id AND own.member_id = ?0))"}

func (s store) agendaRow(a scheduling.Agenda) *agendaRow {
	return &agendaRow{CompanyID: s.Scope().Company, NameKey: core.Fold(a.Name), Agenda: a}
}

func (s store) InsertAgenda(ctx context.Context, a scheduling.Agenda) error {
	if _, err := s.Insert(s.agendaRow(a)).Exec(ctx); err != nil {
		return s.Fail(err)
	}
	return s.insertMembers(ctx, a)
}

func (s store) insertMembers(ctx context.Context, a scheduling.Agenda) error {
	if len(a.Members) == 0 {
		return nil
	}
	rows := make([]agendaMemberRow, len(a.Members))
	for i, m := range a.Members {
		rows[i] = agendaMemberRow{CompanyID: s.Scope().Company, AgendaID: a.ID, MemberID: m.ID}
	}
	_, err := s.Insert(&rows).Exec(ctx)
	return s.Fail(err)
}

func (s store) Agenda(ctx context.Context, id core.ID[scheduling.Agenda]) (scheduling.Agenda, error) {
	var row agendaRow
	if err := s.Select(agendas, &row).Where("ag.id = ?", id).Scan(ctx); err != nil {
		return scheduling.Agenda{}, s.missing(err, "agenda")
	}
	return row.Agenda, nil
}

// openAgendaRow is an agenda with the company's holidays.
type openAgendaRow struct {
	bun.BaseModel `bun:"table:sched_agendas,alias:ag"`

	CompanyID core.CompanyID
	scheduling.Agenda
	Closed string `bun:",scanonly,nullzero"` // the days, with spaces between
}

func (s store) OpenAgenda(ctx context.Context, id core.ID[scheduling.Agenda]) (scheduling.OpenAgenda, error) {
	var row openAgendaRow
	return s.openAgenda(ctx, s.Select(agendas, &row), &row, id)
}

func (s store) LockAgenda(ctx context.Context, id core.ID[scheduling.Agenda]) (scheduling.OpenAgenda, error) {
	var row openAgendaRow
	return s.openAgenda(ctx, s.Lock(s.Select(agendas, &row)), &row, id)
}

func (s store) openAgenda(ctx context.Context, q *bun.SelectQuery, row *openAgendaRow, id core.ID[scheduling.Agenda]) (scheduling.OpenAgenda, error) {
	err := q.ColumnExpr("?TableColumns").
		ColumnExpr("(SELECT string_agg(ho.day, ' ') FROM sched_holidays AS ho WHERE ho.company_id = ag.company_id) AS closed").
		Where("ag.id = ?", id).Scan(ctx)
	if err != nil {
		return scheduling.OpenAgenda{}, s.missing(err, "agenda")
	}
	a := scheduling.OpenAgenda{Agenda: row.Agenda}
	for text := range strings.FieldsSeq(row.Closed) {
		day, err := slots.ParseDate(text)
		if err != nil {
			return a, err
		}
		a.Closed = append(a.Closed, day)
	}
	return a, nil
}

func (s store) ReplaceAgenda(ctx context.Context, a scheduling.Agenda, was int64) error {
	res, err := s.Update(agendas, s.agendaRow(a)).ExcludeColumn("company_id", "id").
		Where("ag.id = ?", a.ID).Where("ag.version = ?", was).Exec(ctx)
	if err := bunstore.One(res, err, s.Session, core.Stale("agenda")); err != nil {
		return err
	}
	if _, err := s.Delete(bunstore.Shared, (*agendaMemberRow)(nil)).Where("agenda_id = ?", a.ID).Exec(ctx); err != nil {
		return s.Fail(err)
	}
	return s.insertMembers(ctx, a)
}

func (s store) DeleteAgenda(ctx context.Context, id core.ID[scheduling.Agenda]) error {
	res, err := s.Delete(agendas, (*agendaRow)(nil)).Where("ag.id = ?", id).Exec(ctx)
	err = bunstore.One(res, err, s.Session, core.NotFound("agenda"))
	if errors.Is(err, core.ErrInvalid) { // a foreign key to it
		return &core.Error{Kind: core.ErrState, Code: "agenda_in_use", Message: "the agenda has appointments, or somebody on its waitlist: deactivate it instead"}
	}
	return err
}

var agendaOrder = bunstore.Order[agendaRow]{
	Name: "name", Column: "name_key", Value: func(r *agendaRow) string { return r.NameKey }, Bind: bunstore.BindText,
}

func (s store) ListAgendas(ctx context.Context, f scheduling.AgendaFilter, p core.Page) (core.List[scheduling.Agenda], error) {
	var rows []agendaRow
	q := s.Select(agendas, &rows)
	if f.Active != nil {
		q = q.Where("ag.active = ?", *f.Active)
	}
	if !f.Member.IsZero() {
		q = q.Where("ag.id IN (SELECT agenda_id FROM sched_agenda_members WHERE company_id = ? AND member_id = ?)", s.Scope().Company, f.Member)
	}
	return bunstore.List(ctx, s.Session, q, &rows, agendaOrder, p,
		func(r *agendaRow) uuid.UUID { return r.ID.UUID },
		func(r *agendaRow) scheduling.Agenda { return r.Agenda })
}

func (s store) Holidays(ctx context.Context) ([]scheduling.Holiday, error) {
	var rows []holidayRow
	if err := s.Select(bunstore.Shared, &rows).OrderExpr("ho.day").Scan(ctx); err != nil {
		return nil, s.Fail(err)
	}
	days := make([]scheduling.Holiday, len(rows))
	for i, r := range rows {
		day, err := slots.ParseDate(r.Day)
		if err != nil {
			return nil, err
		}
		days[i] = scheduling.Holiday{Day: day, Name: r.Name}
	}
	return days, nil
}

// SetHolidays locks the company: of two at once, the second removes the days of the first.
func (s store) SetHolidays(ctx context.Context, days []scheduling.Holiday) (was []scheduling.Holiday, err error) {
	if err := s.LockTenant(ctx); err != nil {
		return nil, err
	}
	if was, err = s.Holidays(ctx); err != nil || slices.Equal(was, days) {
		return was, err
	}
	if _, err := s.Delete(bunstore.Shared, (*holidayRow)(nil)).Exec(ctx); err != nil || len(days) == 0 {
		return was, s.Fail(err)
	}
	rows := make([]holidayRow, len(days))
	for i, h := range days {
		rows[i] = holidayRow{CompanyID: s.Scope().Company, Day: h.Day.String(), Name: h.Name, CreatedAt: s.Env().Time()}
	}
	_, err = s.Insert(&rows).Exec(ctx)
	return was, s.Fail(err)
}

// publicRow is as much of an agenda as its public page is found by.
type publicRow struct {
	bun.BaseModel `bun:"table:sched_agendas,alias:ag"`

	CompanyID core.CompanyID
	ID        core.ID[scheduling.Agenda]
}

// PublicAgenda finds the agenda that has the slug, in whichever company, or is
// [core.ErrNotFound].
func PublicAgenda(ctx context.Context, s *bunstore.Session, slug string) (core.CompanyID, core.ID[scheduling.Agenda], error) {
	var row publicRow
	err := s.Across(&row).Where("ag.slug = ?", slug).Where("ag.slug <> ''").Scan(ctx)
	return row.CompanyID, row.ID, store{s}.missing(err, "agenda")
}
