package scheduling

import (
	"context"
	"time"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/jobs"
)

// PlannedReminder is a reminder of an appointment. It is planned when the appointment is scheduled, as
// its agenda says then; goes when the appointment is cancelled or over; and is planned anew when it
// moves. One that was sent stays.
type PlannedReminder struct {
	ID            core.ID[PlannedReminder] `json:"id"`
	AppointmentID core.ID[Appointment]     `json:"appointmentId"` // what it reminds of
	StartDate     time.Time                `json:"startDate"`     // when the appointment begins
	Reminder
	DueAt  time.Time     `json:"dueAt"`           // when it is to be sent
	State  ReminderState `json:"state"`           // whether it was sent
	Reason string        `json:"reason"`          // why it was not
	SentAt *time.Time    `json:"sentAt,omitzero"` // when it was

	CreatedAt time.Time `json:"createdAt"`
	UpdatedAt time.Time `json:"updatedAt"`
}

// ReminderState is whether a reminder was sent.
type ReminderState string

// The states.
const (
	ReminderPlanned ReminderState = "planned"
	ReminderDone    ReminderState = "sent"
	ReminderSkipped ReminderState = "skipped" // it could not be sent, or came too late
)

// The events of a reminder.
var (
	ReminderSent    = core.EventType[PlannedReminder]{Name: "reminder.sent", Kind: "reminder"}
	ReminderMissing = core.EventType[PlannedReminder]{Name: "reminder.skipped", Kind: "reminder"}
)

// sendReminder is the job of sending one.
var sendReminder = jobs.Kind[core.ID[PlannedReminder]]{Name: "scheduling.remind", Queue: "scheduling.notices", Timeout: time.Minute}

// Reminders lists the reminders of an appointment, by when they are due.
func (s *Appointments) Reminders(ctx context.Context, id core.ID[Appointment]) ([]PlannedReminder, error) {
	if err := permit(s.work, core.AppointmentsRead); err != nil {
		return nil, err
	}
	tx := s.work.Plain()
	if _, err := tx.Store.Appointment(ctx, id); err != nil {
		return nil, err
	}
	return tx.Store.Reminders(ctx, id)
}

// remind plans the reminders of appointments that were made.
func remind(ctx context.Context, tx Tx, agenda *Agenda, list ...Seated) error {
	var planned []PlannedReminder
	for i := range list {
		planned = append(planned, reminders(tx, agenda, &list[i].Appointment)...)
	}
	if len(planned) == 0 {
		return nil
	}
	if err := tx.Store.PlanReminders(ctx, planned); err != nil || tx.Jobs == nil {
		return err
	}
	due := make([]jobs.New, len(planned))
	for i, r := range planned {
		due[i] = sendReminder.Of(r.ID).At(r.DueAt).Once(r.ID.String())
	}
	return tx.Jobs.Enqueue(ctx, due...)
}

// reminders are those of an appointment that are still to come.
func reminders(tx Tx, agenda *Agenda, a *Appointment) (planned []PlannedReminder) {
	if a.Status != Scheduled {
		return nil
	}
	now := tx.Env.Time()
	for _, r := range agenda.Reminders {
		at := a.StartDate.Add(-r.Before.Duration())
		if at.Before(now) {
			continue // it was booked later than that
		}
		planned = append(planned, PlannedReminder{
			ID: core.NewID[PlannedReminder](tx.Env), AppointmentID: a.ID, StartDate: a.StartDate, Reminder: r, DueAt: at,
			State: ReminderPlanned, CreatedAt: now, UpdatedAt: now,
		})
	}
	return planned
}

// remindAnew follows a change of an appointment. A job whose reminder is gone does nothing.
func remindAnew(ctx context.Context, tx Tx, was, now *Appointment) error {
	if was.Status == now.Status && was.StartDate.Equal(now.StartDate) {
		return nil
	}
	if was.Status == Scheduled {
		if err := tx.Store.DropReminders(ctx, now.ID); err != nil {
			return err
		}
	}
	if now.Status != Scheduled {
		return nil
	}
	agenda, err := tx.Store.Agenda(ctx, now.AgendaID)
	if err != nil {
		return err
	}
	return remind(ctx, tx, &agenda, Seated{Appointment: *now})
}
