package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/scheduling/slots"
)

// waitlist is the diary's.
func (d *diary) waitlist() *scheduling.Waitlist {
	return scheduling.NewWaitlist(timed{d.w.backend.Session(core.Scope{Company: d.w.company, Actor: core.System()}).Scheduling(), d.now, d.heard, d.other})
}

// wait puts a new client into the line for the Tuesday.
func (d *diary) wait(a scheduling.Agenda) scheduling.WaitlistEntry {
	e, err := d.waitlist().Join(d.w.t.Context(), a.ID, forTuesday(newClient()))
	require.NoError(d.w.t, err)
	*d.now = d.now.Add(time.Second)
	return e
}

func forTuesday(client core.ID[scheduling.Client]) scheduling.NewWaitlistEntry {
	return scheduling.NewWaitlistEntry{ClientID: client, FromDate: tuesday("00:00"), UntilDate: tuesday("00:00").AddDate(0, 0, 1)}
}

// full is an agenda of which the Tuesday is full, with what fills it.
func (d *diary) full(change func(*scheduling.NewAgenda)) (a scheduling.Agenda, booked []scheduling.Appointment) {
	a = d.agenda(1, change)
	for _, clock := range d.free(a) {
		booked = append(booked, d.booked(at(a, clock)))
	}
	require.Empty(d.w.t, d.free(a))
	return a, booked
}

func (d *diary) state(id core.ID[scheduling.WaitlistEntry]) scheduling.WaitlistState {
	e, err := d.waitlist().Get(d.w.t.Context(), id)
	require.NoError(d.w.t, err)
	return e.State
}

var waitlistContracts = []contract{
	{"Waitlists/are read back as they were written, the first in line first", func(t *testing.T, w *world) {
		d := w.diary()
		a, _ := d.full(nil)
		first := d.wait(a)
		second := d.wait(a)
		got, err := d.waitlist().Get(t.Context(), first.ID)
		require.NoError(t, err)
		require.Equal(t, first, got)
		require.Equal(t, scheduling.Waiting, got.State)
		require.Equal(t, 1, got.PartySize)
		require.Equal(t, "UTC", got.Timezone, "the agenda's")
		list, err := d.waitlist().List(t.Context(), scheduling.WaitlistFilter{Agenda: a.ID, State: scheduling.Waiting}, core.Page{})
		require.NoError(t, err)
		require.Equal(t, []scheduling.WaitlistEntry{first, second}, list.Items)
		list, err = d.waitlist().List(t.Context(), scheduling.WaitlistFilter{Agenda: a.ID, State: scheduling.OfferMade}, core.Page{})
		require.NoError(t, err)
		require.Empty(t, list.Items)
		require.Equal(t, []string{"waitlist.joined"}, w.trail(first.ID.UUID))
	}},
	{"Waitlists/say all that is wrong, and take nobody twice", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(1, nil)
		_, err := d.waitlist().Join(t.Context(), a.ID, scheduling.NewWaitlistEntry{PartySize: 2, Timezone: "Mars", FromDate: tuesday("10:00"), UntilDate: tuesday("09:00")})
		require.Equal(t, []string{"/untilDate order", "/partySize capacity", "/timezone timezone", "/clientId required"}, faults(t, err))
		past := forTuesday(newClient())
		past.FromDate, past.UntilDate = past.FromDate.AddDate(0, 0, -5), past.UntilDate.AddDate(0, 0, -5)
		_, err = d.waitlist().Join(t.Context(), a.ID, past)
		require.Equal(t, []string{"/untilDate past"}, faults(t, err))
		past.UntilDate = past.UntilDate.AddDate(2, 0, 0)
		_, err = d.waitlist().Join(t.Context(), a.ID, past)
		require.Equal(t, []string{"/untilDate range"}, faults(t, err))
		e := d.wait(a)
		_, err = d.waitlist().Join(t.Context(), a.ID, forTuesday(e.ClientID))
		require.ErrorIs(t, err, core.ErrExists)
		_, err = d.waitlist().Leave(t.Context(), e.ID)
		require.NoError(t, err)
		_, err = d.waitlist().Join(t.Context(), a.ID, forTuesday(e.ClientID))
		require.NoError(t, err, "who has left may come back")
		require.ErrorIs(t, d.Delete(t.Context(), a.ID), core.ErrState, "somebody waits for it")
		_, err = d.Deactivate(t.Context(), a.ID)
		require.NoError(t, err)
		_, err = d.waitlist().Join(t.Context(), a.ID, forTuesday(newClient()))
		require.ErrorIs(t, err, core.ErrState)
	}},
	{"Waitlists/offer what was cancelled to the first in line, and then to the next", func(t *testing.T, w *world) {
		d := w.diary()
		b := d.backOffice()
		a, booked := d.full(nil)
		first, second, third := d.wait(a), d.wait(a), d.wait(a)
		b.deliver()
		require.Empty(t, b.sent, "nothing is free")
		_, err := d.Cancel(t.Context(), booked[1].ID, "")
		require.NoError(t, err)
		b.deliver()
		offered, err := d.waitlist().Get(t.Context(), first.ID)
		require.NoError(t, err)
		require.Equal(t, scheduling.OfferMade, offered.State)
		require.Equal(t, d.now.Add(2*time.Hour), *offered.OfferedUntil)
		held, err := d.Appointments.Get(t.Context(), offered.AppointmentID)
		require.NoError(t, err)
		require.Equal(t, scheduling.Held, held.Status)
		require.Equal(t, booked[1].StartDate, held.StartDate)
		require.Equal(t, first.ClientID, held.ClientID)
		require.Empty(t, d.free(a), "it is nobody else's")
		require.Len(t, b.sent, 1)
		require.Equal(t, scheduling.OffersOne, b.sent[0].Kind)
		require.NotEmpty(t, b.sent[0].TakeURL)

		*d.now = d.now.Add(2 * time.Hour)
		require.NoError(t, b.ExpireHolds(t.Context()))
		b.deliver()
		require.Equal(t, scheduling.OfferLapsed, d.state(first.ID))
		next, err := d.waitlist().Get(t.Context(), second.ID)
		require.NoError(t, err)
		require.Equal(t, scheduling.OfferMade, next.State)
		taken, err := d.Take(t.Context(), next.AppointmentID, scheduling.Details{ClientID: second.ClientID})
		require.NoError(t, err)
		require.Equal(t, scheduling.Scheduled, taken.Status)
		b.deliver()
		require.Equal(t, scheduling.OfferTaken, d.state(second.ID))
		require.Equal(t, scheduling.Waiting, d.state(third.ID))
		require.Equal(t, []string{"waitlist.joined", "waitlist.offered", "waitlist.lapsed"}, w.trail(first.ID.UUID))
		require.Equal(t, []string{"waitlist.joined", "waitlist.offered", "waitlist.booked"}, w.trail(second.ID.UUID))
	}},
	{"Waitlists/offer what is declined to the next", func(t *testing.T, w *world) {
		d := w.diary()
		b := d.backOffice()
		a, booked := d.full(nil)
		first, second, third := d.wait(a), d.wait(a), d.wait(a)
		_, err := d.Cancel(t.Context(), booked[0].ID, "")
		require.NoError(t, err)
		b.deliver()
		gone, err := d.waitlist().Leave(t.Context(), first.ID)
		require.NoError(t, err)
		require.Equal(t, scheduling.LeftLine, gone.State)
		b.deliver()
		next, err := d.waitlist().Get(t.Context(), second.ID)
		require.NoError(t, err)
		require.Equal(t, scheduling.OfferMade, next.State)
		_, err = d.Cancel(t.Context(), next.AppointmentID, "")
		require.NoError(t, err)
		b.deliver()
		require.Equal(t, scheduling.LeftLine, d.state(second.ID))
		require.Equal(t, scheduling.OfferMade, d.state(third.ID))
		same, err := d.waitlist().Leave(t.Context(), first.ID)
		require.NoError(t, err)
		require.Equal(t, gone, same, "once is enough")
	}},
	{"Waitlists/offer what becomes free by other ways too", func(t *testing.T, w *world) {
		d := w.diary()
		b := d.backOffice()
		a, booked := d.full(nil)
		b.deliver()
		for name, free := range map[string]func() error{
			"a move": func() error {
				_, err := d.Move(t.Context(), booked[0].ID, booked[0].StartDate.AddDate(0, 0, 1))
				return err
			},
			"longer hours": func() error {
				_, err := d.Agendas.Update(t.Context(), a.ID, func(a *scheduling.Agenda) error { a.Rules.Week = slots.EveryDay("09:00-11:30"); return nil })
				return err
			},
			"a slot that is free already": func() error {
				_, err := d.Cancel(t.Context(), booked[1].ID, "")
				b.deliver()
				return err
			},
		} {
			if name == "a slot that is free already" {
				require.NoError(t, free())
			}
			e := d.wait(a)
			if name != "a slot that is free already" {
				require.NoError(t, free(), name)
			}
			b.deliver()
			require.Equal(t, scheduling.OfferMade, d.state(e.ID), name)
		}
	}},
	{"Waitlists/are not offered what begins before anybody could take it", func(t *testing.T, w *world) {
		d := w.diary()
		a, booked := d.full(nil)
		first, second := d.wait(a), d.wait(a)
		*d.now = booked[1].StartDate.Add(-30 * time.Second)
		_, err := d.Cancel(t.Context(), booked[1].ID, "")
		require.NoError(t, err)
		d.backOffice().deliver()
		require.Equal(t, scheduling.Waiting, d.state(first.ID))
		require.Equal(t, scheduling.Waiting, d.state(second.ID))
	}},
	{"Waitlists/offer what is free since a member is, in another agenda", func(t *testing.T, w *world) {
		d := w.diary()
		b := d.backOffice()
		a, booked := d.full(nil)
		other := d.agenda(0, func(n *scheduling.NewAgenda) { n.Members = a.Members })
		require.Empty(t, d.free(other))
		e := d.wait(other)
		b.deliver()
		require.Equal(t, scheduling.Waiting, d.state(e.ID))
		_, err := d.Cancel(t.Context(), booked[1].ID, "")
		require.NoError(t, err)
		b.deliver()
		require.Equal(t, scheduling.OfferMade, d.state(e.ID))

		next := d.wait(other)
		_, err = d.AddMember(t.Context(), booked[2].ID, newUser())
		require.NoError(t, err)
		b.deliver()
		require.Equal(t, scheduling.Waiting, d.state(next.ID), "nobody is free by that")
		_, err = d.RemoveMember(t.Context(), booked[2].ID, a.Members[0].ID)
		require.NoError(t, err)
		b.deliver()
		require.Equal(t, scheduling.OfferMade, d.state(next.ID))
	}},
	{"Waitlists/offer what a limit allows again, on another day of its period", func(t *testing.T, w *world) {
		d := w.diary()
		b := d.backOffice()
		a := d.agenda(1, func(n *scheduling.NewAgenda) { n.Rules.Limits = []slots.Limit{{Per: slots.PerMonth, Count: 1}} })
		made, err := d.Book(t.Context(), scheduling.NewAppointment{AgendaID: a.ID, StartDate: instant("2030-01-30 09:00")})
		require.NoError(t, err)
		e := d.wait(a)
		b.deliver()
		require.Equal(t, scheduling.Waiting, d.state(e.ID))
		_, err = d.Cancel(t.Context(), made.ID, "")
		require.NoError(t, err)
		b.deliver()
		require.Equal(t, scheduling.OfferMade, d.state(e.ID))
	}},
	{"Waitlists/pass over those whom nothing suits", func(t *testing.T, w *world) {
		d := w.diary()
		b := d.backOffice()
		a := d.agenda(1, func(n *scheduling.NewAgenda) { n.Rules.Capacity = 3 })
		var sessions []scheduling.Appointment
		for _, clock := range []string{"09:00", "09:30", "10:00", "10:30"} {
			two, one := at(a, clock), at(a, clock)
			two.PartySize = 2
			sessions = append(sessions, d.booked(two))
			d.booked(one)
		}
		all := forTuesday(newClient())
		all.PartySize = 3
		big, err := d.waitlist().Join(t.Context(), a.ID, all)
		require.NoError(t, err)
		*d.now = d.now.Add(time.Second)
		wednesday := forTuesday(newClient())
		wednesday.FromDate, wednesday.UntilDate = wednesday.FromDate.AddDate(0, 0, 8), wednesday.UntilDate.AddDate(0, 0, 8)
		_, err = d.waitlist().Join(t.Context(), a.ID, wednesday)
		require.NoError(t, err)
		*d.now = d.now.Add(time.Second)
		one, other := d.wait(a), d.wait(a)
		_, err = d.Cancel(t.Context(), sessions[2].ID, "")
		require.NoError(t, err)
		b.deliver()
		require.Equal(t, scheduling.Waiting, d.state(big.ID))
		require.Equal(t, scheduling.OfferMade, d.state(one.ID))
		require.Equal(t, scheduling.OfferMade, d.state(other.ID), "two seats are free")
	}},
	{"Waitlists/give one slot to one of those who wait, however many workers there are", func(t *testing.T, w *world) {
		d := w.diary()
		a, booked := d.full(nil)
		for range 5 {
			d.wait(a)
		}
		_, err := d.Cancel(t.Context(), booked[0].ID, "")
		require.NoError(t, err)
		rush(t, 8, func(int) {
			if _, err := d.waitlist().Offer(t.Context(), a.ID, tuesday("00:00"), tuesday("23:00")); err != nil {
				t.Error(err)
			}
		})
		list, err := d.waitlist().List(t.Context(), scheduling.WaitlistFilter{Agenda: a.ID, State: scheduling.OfferMade}, core.Page{})
		require.NoError(t, err)
		require.Len(t, list.Items, 1)
		w.apart(d, 4)
	}},
	{"Waitlists/are for those who have the permission, in their own company", func(t *testing.T, w *world) {
		d := w.diary()
		a, _ := d.full(nil)
		e := d.wait(a)
		calls := map[core.Permission][]func(*scheduling.Waitlist) error{
			core.AppointmentsRead: {
				func(l *scheduling.Waitlist) error { _, err := l.Get(t.Context(), e.ID); return err },
			},
			core.AppointmentsWrite: {
				func(l *scheduling.Waitlist) error {
					_, err := l.Join(t.Context(), a.ID, forTuesday(newClient()))
					return err
				},
				func(l *scheduling.Waitlist) error { _, err := l.Leave(t.Context(), e.ID); return err },
			},
		}
		of := func(company core.CompanyID, actor core.Actor) *scheduling.Waitlist {
			return scheduling.NewWaitlist(timed{w.backend.Session(core.Scope{Company: company, Actor: actor}).Scheduling(), d.now, d.heard, d.other})
		}
		for p, list := range calls {
			for _, call := range list {
				require.ErrorIs(t, call(of(w.company, without(p))), core.ErrForbidden)
				require.ErrorIs(t, call(of(w.foreign, core.System())), core.ErrNotFound)
			}
		}
		list, err := of(w.foreign, core.System()).List(t.Context(), scheduling.WaitlistFilter{}, core.Page{})
		require.NoError(t, err)
		require.Empty(t, list.Items)
		_, err = of(w.company, without(core.AppointmentsRead)).List(t.Context(), scheduling.WaitlistFilter{}, core.Page{})
		require.ErrorIs(t, err, core.ErrForbidden)
		_, err = of(w.company, without(core.AppointmentsWrite)).Offer(t.Context(), a.ID, tuesday("00:00"), tuesday("23:00"))
		require.ErrorIs(t, err, core.ErrForbidden)
		_, err = of(w.company, own(core.AppointmentsRead)).Get(t.Context(), e.ID)
		require.ErrorIs(t, err, core.ErrNotFound, "somebody else's")
	}},
}
