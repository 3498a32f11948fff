package scheduling

import (
	"context"
	"slices"

	"github.com/clientele-crm/clientele/core"
)

// appointmentsOf tells of the appointments of a client, the first first. It
// asks for no permission.
func (tx Tx) appointmentsOf(ctx context.Context, client core.ID[Client], tell func(Appointment) error) error {
	for a, err := range core.All(ctx, func(ctx context.Context, p core.Page) (core.List[Appointment], error) {
		return tx.Store.ListAppointments(ctx, AppointmentFilter{Client: client, Sort: ByStart}, p)
	}) {
		if err != nil {
			return err
		}
		if err := tell(a); err != nil {
			return err
		}
	}
	return nil
}

// Disclose tells of all that is kept of a client. It is for the program itself, and asks for
// no permission.
func Disclose(ctx context.Context, tx Tx, client core.ID[Client], tell func(kind string, record any) error) error {
	all, err := tx.Store.SeriesOf(ctx, client)
	if err != nil {
		return err
	}
	for _, s := range all {
		if err := tell("series", s); err != nil {
			return err
		}
	}
	waits, err := tx.Store.WaitsOf(ctx, client)
	if err != nil {
		return err
	}
	for _, e := range waits {
		if err := tell("waitlist", e); err != nil {
			return err
		}
	}
	return tx.appointmentsOf(ctx, client, func(a Appointment) error { return tell("appointments", a) })
}

// Erase takes a client out of their appointments, with all that was written about them. That
// a time was taken, when and by whom, stays. What is still to come is cancelled. It is for the
// program itself, and asks for no permission.
func Erase(ctx context.Context, tx Tx, client core.ID[Client]) error {
	var all []Appointment // what is changed leaves the list
	err := tx.appointmentsOf(ctx, client, func(a Appointment) error { all = append(all, a); return nil })
	if err != nil {
		return err
	}
	for _, a := range all {
		if err := tx.eraseFrom(ctx, a); err != nil {
			return err
		}
	}
	if err := tx.Store.DeleteWaitsOf(ctx, client); err != nil {
		return err
	}
	series, err := tx.Store.SeriesOf(ctx, client)
	if err != nil {
		return err
	}
	for _, was := range series {
		now := was
		now.Details = was.Details.impersonal()
		now.Version++
		now.UpdatedAt = tx.Env.Time()
		if err := tx.Store.ReplaceSeries(ctx, now, was.Version); err != nil {
			return err
		}
		if err := tx.Events.Emit(ctx, SeriesUpdated.Of(was.ID, &now, &now)); err != nil { // without what was erased
			return err
		}
	}
	return nil
}

// impersonal is the details without whatever may be about the client.
func (d Details) impersonal() Details { return Details{Timezone: d.Timezone, Source: d.Source} }

func (tx Tx) eraseFrom(ctx context.Context, was Appointment) error {
	now := was
	now.Details = was.Details.impersonal()
	now.CancelReason = ""
	before := now // the event does not say what was erased
	event := AppointmentUpdated
	if was.Status.Live() && was.EndDate.After(tx.Env.Time()) {
		now.Status, now.HoldUntil = Cancelled, nil
		if err := tx.Store.DropReminders(ctx, was.ID); err != nil {
			return err
		}
		now.Sequence++
		event = AppointmentCancelled
	}
	now.Members = slices.Clone(was.Members)
	now.Version++
	now.UpdatedAt = tx.Env.Time()
	if err := tx.Store.ReplaceAppointment(ctx, now, was.Version, nil); err != nil {
		return err
	}
	return tx.Events.Emit(ctx, event.Of(was.ID, &before, &now))
}
