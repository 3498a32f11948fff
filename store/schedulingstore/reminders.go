package schedulingstore

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/store/bunstore"
)

type reminderRow struct {
	bun.BaseModel `bun:"table:sched_reminders,alias:re"`

	CompanyID core.CompanyID
	scheduling.PlannedReminder
}

func (s store) PlanReminders(ctx context.Context, list []scheduling.PlannedReminder) error {
	rows := make([]reminderRow, len(list))
	for i, r := range list {
		rows[i] = reminderRow{CompanyID: s.Scope().Company, PlannedReminder: r}
	}
	_, err := s.Insert(&rows).On("CONFLICT DO NOTHING").Exec(ctx)
	return s.Fail(err)
}

func (s store) DropReminders(ctx context.Context, id core.ID[scheduling.Appointment]) error {
	_, err := s.Delete(bunstore.Shared, (*reminderRow)(nil)).Where("re.appointment_id = ?", id).Where("re.state = ?", scheduling.ReminderPlanned).Exec(ctx)
	return s.Fail(err)
}

func (s store) Reminders(ctx context.Context, id core.ID[scheduling.Appointment]) ([]scheduling.PlannedReminder, error) {
	var rows []reminderRow
	err := s.Select(bunstore.Shared, &rows).Where("re.appointment_id = ?", id).OrderExpr("re.due_at, re.id").Scan(ctx)
	list := make([]scheduling.PlannedReminder, len(rows))
	for i := range rows {
		list[i] = rows[i].PlannedReminder
	}
	return list, s.Fail(err)
}

func (s store) Reminder(ctx context.Context, id core.ID[scheduling.PlannedReminder]) (scheduling.PlannedReminder, error) {
	var row reminderRow
	if err := s.Select(bunstore.Shared, &row).Where("re.id = ?", id).Scan(ctx); err != nil {
		return scheduling.PlannedReminder{}, s.missing(err, "reminder")
	}
	return row.PlannedReminder, nil
}

func (s store) NoteReminder(ctx context.Context, r scheduling.PlannedReminder) error {
	res, err := s.Update(bunstore.Shared, &reminderRow{PlannedReminder: r}).Column("state", "reason", "sent_at", "updated_at").
		Where("re.id = ?", r.ID).Where("re.state = ?", scheduling.ReminderPlanned).Exec(ctx)
	return bunstore.One(res, err, s.Session, core.NotFound("reminder"))
}
