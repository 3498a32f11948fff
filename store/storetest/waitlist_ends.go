package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/scheduling/slots"
)

// waitlistEndContracts are about those who leave a waitlist, or who waited in vain.
var waitlistEndContracts = []contract{
	{"Waitlists/are left by those who waited for what is past", func(t *testing.T, w *world) {
		d := w.diary()
		b := d.backOffice()
		a, booked := d.full(nil)
		past, offered := d.wait(a), d.wait(a)
		later := forTuesday(newClient())
		later.UntilDate = later.UntilDate.AddDate(0, 0, 1)
		waits, err := d.waitlist().Join(t.Context(), a.ID, later)
		require.NoError(t, err)
		_, err = d.waitlist().Offer(t.Context(), a.ID, tuesday("00:00"), tuesday("23:00"))
		require.NoError(t, err)
		_, err = d.waitlist().Leave(t.Context(), offered.ID)
		require.NoError(t, err)
		require.NoError(t, b.ExpireWaits(t.Context()))
		require.Equal(t, scheduling.Waiting, d.state(past.ID), "the day is still to come")
		*d.now = tuesday("00:00").AddDate(0, 0, 1)
		require.NoError(t, b.ExpireWaits(t.Context()))
		require.NoError(t, b.ExpireWaits(t.Context()), "there is nothing left to do")
		require.Equal(t, scheduling.WaitExpired, d.state(past.ID))
		require.Equal(t, scheduling.LeftLine, d.state(offered.ID))
		require.Equal(t, scheduling.Waiting, d.state(waits.ID))
		require.Equal(t, []string{"waitlist.joined", "waitlist.expired"}, w.trail(past.ID.UUID))
		same, err := d.waitlist().Leave(t.Context(), past.ID)
		require.NoError(t, err)
		require.Equal(t, scheduling.WaitExpired, same.State, "there is nothing to leave")
		_, err = d.Cancel(t.Context(), booked[0].ID, "")
		require.NoError(t, err)
		b.deliver()
		require.Equal(t, scheduling.WaitExpired, d.state(past.ID))
		_, err = scheduling.NewWaitlist(timed{w.backend.Session(core.Scope{Company: w.company, Actor: without(core.AppointmentsWrite)}).Scheduling(), d.now, d.heard, d.other}).Expire(t.Context())
		require.ErrorIs(t, err, core.ErrForbidden)
	}},
	{"Waitlists/pass over who was deleted, until they are restored", func(t *testing.T, w *world) {
		ws := w.ws()
		day := time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, 1)
		a, err := ws.Agendas.Create(t.Context(), newAgenda(1, nil))
		require.NoError(t, err)
		wait := func(c crm.Contact) scheduling.WaitlistEntry {
			e, err := ws.Waitlist.Join(t.Context(), a.ID, scheduling.NewWaitlistEntry{
				ClientID: core.ID[scheduling.Client](c.ID), FromDate: day, UntilDate: day.AddDate(0, 0, 1),
			})
			require.NoError(t, err)
			return e
		}
		ada := w.contact(crm.NewContact{Name: "Ada"})
		first, second := wait(ada), wait(w.contact(crm.NewContact{Name: "Bea"}))
		require.NoError(t, ws.Contacts.Delete(t.Context(), ada.ID))
		for _, e := range []scheduling.WaitlistEntry{second, first} {
			offered, err := ws.Waitlist.Offer(t.Context(), a.ID, day, day.AddDate(0, 0, 1))
			require.NoError(t, err)
			require.Len(t, offered, 1)
			require.Equal(t, e.ID, offered[0].ID)
			_, err = ws.Contacts.Restore(t.Context(), ada.ID)
			require.NoError(t, err)
		}
	}},
	{"Waitlists/of a hundred and more who waited in vain end in batches, in all companies", func(t *testing.T, w *world) {
		d, theirs := w.diary(), w.diaryOf(w.foreign, core.System())
		b := d.backOffice()
		a := d.agenda(1, nil)
		for range 105 {
			d.wait(a)
		}
		other, err := scheduling.NewWaitlist(timed{w.backend.Session(core.Scope{Company: w.foreign, Actor: core.System()}).Scheduling(), d.now, d.heard, d.other}).
			Join(t.Context(), theirs.agenda(1, nil).ID, forTuesday(newClient()))
		require.NoError(t, err)
		*d.now = tuesday("00:00").AddDate(0, 0, 1)
		require.NoError(t, b.ExpireWaits(t.Context()))
		list, err := d.waitlist().List(t.Context(), scheduling.WaitlistFilter{Agenda: a.ID, State: scheduling.WaitExpired}, core.Page{Limit: 200})
		require.NoError(t, err)
		require.Len(t, list.Items, 105)
		got, err := scheduling.NewWaitlist(w.backend.Session(core.Scope{Company: w.foreign, Actor: core.System()}).Scheduling()).Get(t.Context(), other.ID)
		require.NoError(t, err)
		require.Equal(t, scheduling.WaitExpired, got.State)
	}},
	{"Waitlists/with an offer are left by those who see own rows only", func(t *testing.T, w *world) {
		d := w.diary()
		b := d.backOffice()
		a, booked := d.full(nil)
		partner := own(core.AgendasRead, core.AppointmentsRead, core.AppointmentsWrite)
		_, err := d.Agendas.Update(t.Context(), a.ID, func(a *scheduling.Agenda) error {
			a.Members = append(a.Members, scheduling.AgendaMember{ID: partner.ID, Hours: &slots.Hours{Timezone: "UTC"}})
			return nil
		})
		require.NoError(t, err)
		mine := scheduling.NewWaitlist(timed{w.backend.Session(core.Scope{Company: w.company, Actor: partner}).Scheduling(), d.now, d.heard, d.other})
		e, err := mine.Join(t.Context(), a.ID, forTuesday(newClient()))
		require.NoError(t, err)
		next := d.wait(a)
		_, err = d.Cancel(t.Context(), booked[0].ID, "")
		require.NoError(t, err)
		b.deliver()
		offered, err := mine.Get(t.Context(), e.ID)
		require.NoError(t, err)
		require.Equal(t, scheduling.OfferMade, offered.State)
		held, err := d.by(partner).Appointments.Get(t.Context(), offered.AppointmentID)
		require.NoError(t, err, "who put the client into the line sees what is held for them")
		require.Equal(t, scheduling.Held, held.Status)
		left, err := mine.Leave(t.Context(), e.ID)
		require.NoError(t, err)
		require.Equal(t, scheduling.LeftLine, left.State)
		b.deliver()
		require.Equal(t, scheduling.OfferMade, d.state(next.ID), "and the next in line has it")
		_, err = mine.Leave(t.Context(), next.ID)
		require.ErrorIs(t, err, core.ErrNotFound, "somebody else's")
	}},
}
