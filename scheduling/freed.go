package scheduling

import (
	"context"
	"errors"
	"time"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/jobs"
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
		was, _, err := t.Decode(e)
		if err != nil {
			return jobs.Fail(err)
		}
		const around = 2 * 24 * time.Hour // a longer appointment may begin earlier, or its buffers
		return gone(list.Offer(ctx, was.AgendaID, was.StartDate.Add(-around), was.EndDate.Add(around)))
	}
	return nil
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
