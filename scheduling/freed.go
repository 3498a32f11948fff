package scheduling

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/jobs"
	"github.com/clientele-crm/clientele/scheduling/slots"
)

// freed offers what an event may have made free to those who wait for it.
func (b *Background) freed(ctx context.Context, r jobs.Run[core.StoredEvent]) error {
	return b.Freed(ctx, r.Args)
}

// Freed is what is done after an event by which something may have become free. It may be called
// again for the same event.
func (b *Background) Freed(ctx context.Context, e core.StoredEvent) error {
	list := NewWaitlist(b.system(e.CompanyID))
	now := b.across.Env().Time()
	from, until := now, now.Add(maxRange)
	switch e.Name {
	case HolidaysSet.Name:
		return b.freedEverywhere(ctx, e.CompanyID, from, until)
	case WaitlistJoined.Name:
		_, joined, err := WaitlistJoined.Decode(e)
		if err != nil {
			return jobs.Fail(err)
		}
		return gone(list.Offer(ctx, joined.AgendaID, joined.FromDate, joined.UntilDate))
	case AgendaUpdated.Name, AgendaActivated.Name:
		return gone(list.Offer(ctx, core.ID[Agenda]{UUID: e.Subject.ID}, from, until))
	}
	for _, t := range freeing {
		if t.Name != e.Name {
			continue
		}
		was, now, err := t.Decode(e)
		if err != nil {
			return jobs.Fail(err)
		}
		if e.Name == AppointmentUpdated.Name && !was.gives(now) {
			return nil
		}
		return b.freedBy(ctx, e.CompanyID, was)
	}
	return nil
}

// gives reports whether somebody is a member of the appointment no more.
func (a *Appointment) gives(now *Appointment) bool {
	return slices.ContainsFunc(a.Members, func(id core.UserID) bool { return !slices.Contains(now.Members, id) })
}

// freedBy offers what an appointment took: in its agenda, and in others of its members.
func (b *Background) freedBy(ctx context.Context, company core.CompanyID, was *Appointment) error {
	work := b.system(company)
	list := NewWaitlist(work)
	agenda, err := work.Plain().Store.Agenda(ctx, was.AgendaID)
	if err != nil {
		return gone(nil, err)
	}
	around := agenda.limited()
	if err := gone(list.Offer(ctx, agenda.ID, was.StartDate.Add(-around), was.EndDate.Add(around))); err != nil {
		return err
	}
	active, told := true, map[core.ID[Agenda]]bool{agenda.ID: true}
	for _, member := range was.Members {
		for a, err := range NewAgendas(work).All(ctx, AgendaFilter{Member: member, Active: &active}) {
			if err != nil {
				return err
			}
			if told[a.ID] {
				continue
			}
			told[a.ID] = true
			if err := gone(list.Offer(ctx, a.ID, was.StartDate.Add(-nearFreed), was.EndDate.Add(nearFreed))); err != nil {
				return err
			}
		}
	}
	return nil
}

// nearFreed is how far from what is freed something may begin that could not before: a longer appointment may
// begin earlier, or its buffers.
const nearFreed = 2 * 24 * time.Hour

// limited is nearFreed in an agenda that has limits: all of their periods.
func (n *NewAgenda) limited() time.Duration {
	far := nearFreed
	for _, l := range n.Rules.Limits {
		switch l.Per {
		case slots.PerWeek:
			far = max(far, 8*24*time.Hour)
		case slots.PerMonth:
			far = max(far, 32*24*time.Hour)
		}
	}
	return far
}

// gone passes over what is not there any more.
func gone(_ []WaitlistEntry, err error) error {
	if errors.Is(err, core.ErrNotFound) {
		return nil
	}
	return err
}

func (b *Background) freedEverywhere(ctx context.Context, company core.CompanyID, from, until time.Time) error {
	work := b.system(company)
	active := true
	for a, err := range NewAgendas(work).All(ctx, AgendaFilter{Active: &active}) {
		if err != nil {
			return err
		}
		if err := gone(NewWaitlist(work).Offer(ctx, a.ID, from, until)); err != nil {
			return err
		}
	}
	return nil
}

func (b *Background) tellOffer(ctx context.Context, r jobs.Run[core.StoredEvent]) error {
	return b.TellOffer(ctx, r.Args)
}

// TellOffer sends an offer to the client, by mail. Its key is the event's id: see [Notice].
func (b *Background) TellOffer(ctx context.Context, e core.StoredEvent) error {
	_, offered, err := WaitlistOffered.Decode(e)
	if err != nil {
		return jobs.Fail(err)
	}
	tx := b.system(e.CompanyID).Plain()
	n, err := b.notice(ctx, tx, OffersOne, offered.AppointmentID)
	if errors.Is(err, core.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if n.Appointment.Open(ToTake, tx.Env.Time()) != nil || n.Appointment.Status != Held {
		return nil
	}
	n.Key = e.ID.String()
	n.TakeURL = b.links.URL(ToTake, e.CompanyID, offered.AppointmentID.UUID)
	n.LeaveURL = b.links.URL(ToLeave, e.CompanyID, offered.ID.UUID)
	return b.mail(ctx, tx, n)
}
