package storetest

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/scheduling/slots"
)

var appointmentContracts = []contract{
	{"Appointments/are read back as they were booked", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(1, func(n *scheduling.NewAgenda) { n.Location, n.Rules.Before = "Main Street 1", 5 })
		n := at(a, "09:30")
		n.StartDate = n.StartDate.In(time.FixedZone("", 3600))
		n.Title, n.Description, n.URL, n.Timezone, n.Source = " Cut ", "short", "https://example.org/meet", "Asia/Tokyo", "phone"
		made := d.booked(n)
		got, err := d.Appointments.Get(t.Context(), made.ID)
		require.NoError(t, err)
		require.Equal(t, made, got)
		require.Equal(t, tuesday("09:30"), got.StartDate)
		require.Equal(t, tuesday("10:00"), got.EndDate)
		require.Equal(t, scheduling.Scheduled, got.Status)
		require.Equal(t, []core.UserID{a.Members[0].ID}, got.Members)
		require.Equal(t, scheduling.AsOnlyOne, got.AssignedBy)
		require.Equal(t, "Cut", got.Title)
		require.Equal(t, "Main Street 1", got.Location, "the agenda's")
		require.Equal(t, slots.Minutes(5), got.BufferBefore)
		require.Equal(t, []string{"appointment.scheduled"}, w.trail(made.ID.UUID))
	}},
	{"Appointments/take their slot", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(1, nil)
		d.booked(at(a, "09:30"))
		require.Equal(t, []string{"09:00", "10:00", "10:30"}, d.free(a))
		_, err := d.Book(t.Context(), at(a, "09:30"))
		require.ErrorIs(t, err, core.ErrConflict)
		require.Equal(t, []string{"09:00", "10:00", "10:30", "09:00", "09:30"}, nearby(t, err), "the nearest first, the last two on Wednesday")
	}},
	{"Appointments/are at the agenda's times only", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(1, nil)
		for _, clock := range []string{"08:30", "09:15", "10:45", "11:00"} {
			_, err := d.Book(t.Context(), at(a, clock))
			require.ErrorIs(t, err, core.ErrInvalid, clock)
			require.Equal(t, []string{"/startDate slot"}, faults(t, err))
			require.Len(t, nearby(t, err), 5)
		}
		past := at(a, "09:00")
		past.StartDate = past.StartDate.AddDate(0, 0, -1)
		_, err := d.Book(t.Context(), past)
		require.ErrorIs(t, err, core.ErrInvalid)
	}},
	{"Appointments/say all that is wrong with them", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(1, nil)
		n := scheduling.NewAppointment{AgendaID: a.ID, PartySize: 2, MemberID: newUser()}
		n.Title, n.URL, n.Timezone = "a\nb", "javascript:alert(1)", "Mars/Olympus"
		_, err := d.Book(t.Context(), n)
		require.Equal(t, []string{"/title control_character", "/url url", "/timezone timezone", "/startDate required", "/memberId exists"}, faults(t, err))
		n = at(a, "09:00")
		n.PartySize = 2
		_, err = d.Book(t.Context(), n)
		require.Equal(t, []string{"/partySize capacity"}, faults(t, err))
		n.AgendaID = core.ID[scheduling.Agenda]{UUID: uuid.New()}
		_, err = d.Book(t.Context(), n)
		require.ErrorIs(t, err, core.ErrNotFound)
	}},
	{"Appointments/keep their members from being anywhere else", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(1, nil)
		b := d.agenda(0, func(n *scheduling.NewAgenda) { n.Members, n.Rules.Duration, n.Rules.Step = a.Members, 20, 10 })
		d.booked(at(a, "09:30"))
		require.Equal(t, []string{"09:00", "09:10", "10:00", "10:10", "10:20", "10:30", "10:40"}, d.free(b))
		_, err := d.Book(t.Context(), at(b, "09:50"))
		require.ErrorIs(t, err, core.ErrConflict)
		d.booked(at(b, "09:10"))
		_, err = d.Book(t.Context(), at(a, "09:00"))
		require.ErrorIs(t, err, core.ErrConflict)
	}},
	{"Appointments/keep buffers free across agendas", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(1, func(n *scheduling.NewAgenda) { n.Rules.After = 15 })
		b := d.agenda(0, func(n *scheduling.NewAgenda) {
			n.Members, n.Rules.Before, n.Rules.Duration, n.Rules.Step = a.Members, 10, 10, 5
		})
		d.booked(at(a, "09:00"))
		require.Equal(t, "09:55", d.free(b)[0])
	}},
	{"Appointments/of one session share it up to the capacity", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(1, func(n *scheduling.NewAgenda) { n.Rules.Capacity = 3 })
		two := at(a, "09:00")
		two.PartySize = 2
		first := d.booked(two)
		_, err := d.Book(t.Context(), two)
		require.ErrorIs(t, err, core.ErrConflict)
		d.booked(at(a, "09:00"))
		require.Equal(t, []string{"09:30", "10:00", "10:30"}, d.free(a))
		_, err = d.Cancel(t.Context(), first.ID, "")
		require.NoError(t, err)
		d.booked(two)
		_, err = d.Book(t.Context(), at(a, "09:00"))
		require.ErrorIs(t, err, core.ErrConflict)
	}},
	{"Appointments/are in turns by weight, with the reason", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(2, func(n *scheduling.NewAgenda) {
			n.Rules.Assignment, n.Members[0].Weight = slots.RoundRobin, 2
			slices.SortFunc(n.Members, func(a, b scheduling.AgendaMember) int { return slices.Compare(a.ID.UUID[:], b.ID.UUID[:]) })
			n.Members[0].Weight, n.Members[1].Weight = 2, 1
		})
		twice, once := a.Members[0].ID, a.Members[1].ID
		for i, want := range []struct {
			member core.UserID
			by     scheduling.Assigned
		}{
			{twice, scheduling.ByID}, {once, scheduling.ByWeight}, {twice, scheduling.ByWeight},
			{once, scheduling.ByRecency}, {twice, scheduling.ByWeight}, {twice, scheduling.ByWeight},
		} {
			n := at(a, "09:00")
			n.StartDate = n.StartDate.AddDate(0, 0, i)
			got := d.booked(n)
			require.Equal(t, []core.UserID{want.member}, got.Members, i)
			require.Equal(t, want.by, got.AssignedBy, i)
			*d.now = d.now.Add(time.Minute)
		}
		asked := at(a, "10:00")
		asked.MemberID = once
		got := d.booked(asked)
		require.Equal(t, []core.UserID{once}, got.Members)
		require.Equal(t, scheduling.ByRequest, got.AssignedBy)
		_, err := d.Book(t.Context(), asked)
		require.ErrorIs(t, err, core.ErrConflict, "though the other one is free")
	}},
	{"Appointments/of a collective are with all members or none", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(3, func(n *scheduling.NewAgenda) { n.Rules.Assignment = slots.Collective })
		b := d.agenda(0, func(n *scheduling.NewAgenda) { n.Members = a.Members[1:2] })
		d.booked(at(b, "09:00"))
		_, err := d.Book(t.Context(), at(a, "09:00"))
		require.ErrorIs(t, err, core.ErrConflict)
		got := d.booked(at(a, "09:30"))
		require.Len(t, got.Members, 3)
		require.Equal(t, scheduling.Everybody, got.AssignedBy)
		require.Equal(t, []string{"10:00", "10:30"}, d.free(b)[0:2])
	}},
	{"Appointments/may want approval", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(1, func(n *scheduling.NewAgenda) { n.Approval = true })
		first, second := d.booked(at(a, "09:00")), d.booked(at(a, "09:30"))
		require.Equal(t, scheduling.Pending, first.Status)
		first, err := d.Confirm(t.Context(), first.ID)
		require.NoError(t, err)
		require.Equal(t, scheduling.Scheduled, first.Status)
		second, err = d.Reject(t.Context(), second.ID)
		require.NoError(t, err)
		require.Equal(t, []string{"09:30", "10:00", "10:30"}, d.free(a))
		require.Equal(t, []string{"appointment.pending", "appointment.rejected"}, w.trail(second.ID.UUID))
	}},
	{"Appointments/move from state to state by the table only", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(1, func(n *scheduling.NewAgenda) { n.Rules.Capacity = 1000 })
		verbs := map[string]func(core.ID[scheduling.Appointment]) (scheduling.Appointment, error){
			"confirm": func(id core.ID[scheduling.Appointment]) (scheduling.Appointment, error) {
				return d.Confirm(t.Context(), id)
			},
			"reject": func(id core.ID[scheduling.Appointment]) (scheduling.Appointment, error) {
				return d.Reject(t.Context(), id)
			},
			"complete": func(id core.ID[scheduling.Appointment]) (scheduling.Appointment, error) {
				return d.Complete(t.Context(), id)
			},
			"no show": func(id core.ID[scheduling.Appointment]) (scheduling.Appointment, error) {
				return d.NoShow(t.Context(), id)
			},
			"cancel": func(id core.ID[scheduling.Appointment]) (scheduling.Appointment, error) {
				return d.Cancel(t.Context(), id, "ill")
			},
			"take": func(id core.ID[scheduling.Appointment]) (scheduling.Appointment, error) {
				return d.Take(t.Context(), id, scheduling.Details{})
			},
		}
		allowed := map[scheduling.Status]map[string]scheduling.Status{
			scheduling.Held:      {"take": scheduling.Scheduled, "cancel": scheduling.Cancelled},
			scheduling.Scheduled: {"complete": scheduling.Completed, "no show": scheduling.NoShow, "cancel": scheduling.Cancelled},
			scheduling.Completed: {}, scheduling.NoShow: {}, scheduling.Cancelled: {},
		}
		reach := map[scheduling.Status]string{scheduling.Completed: "complete", scheduling.NoShow: "no show", scheduling.Cancelled: "cancel"}
		for from, moves := range allowed {
			for verb, call := range verbs {
				book := d.Book
				if from == scheduling.Held {
					book = d.Hold
				}
				made, err := book(t.Context(), at(a, "09:00"))
				require.NoError(t, err)
				if by := reach[from]; by != "" {
					_, err = verbs[by](made.ID)
					require.NoError(t, err)
				}
				got, err := call(made.ID)
				if want, ok := moves[verb]; ok {
					require.NoError(t, err, "%s %s", verb, from)
					require.Equal(t, want, got.Status)
					require.Nil(t, got.HoldUntil)
				} else {
					require.ErrorIs(t, err, core.ErrState, "%s %s", verb, from)
				}
			}
		}
	}},
	{"Appointments/are held for a while", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(1, nil)
		held, err := d.Hold(t.Context(), at(a, "09:00"))
		require.NoError(t, err)
		require.Equal(t, d.now.Add(10*time.Minute), *held.HoldUntil)
		require.NotContains(t, d.free(a), "09:00")
		_, err = d.Book(t.Context(), at(a, "09:00"))
		require.ErrorIs(t, err, core.ErrConflict)
		*d.now = d.now.Add(9 * time.Minute)
		taken, err := d.Take(t.Context(), held.ID, scheduling.Details{Title: "Cut"})
		require.NoError(t, err)
		require.Equal(t, scheduling.Scheduled, taken.Status)
		require.Equal(t, "Cut", taken.Title)
		*d.now = d.now.Add(time.Hour)
		require.NotContains(t, d.free(a), "09:00", "it is booked for good")
		require.Equal(t, []string{"appointment.held", "appointment.scheduled"}, w.trail(held.ID.UUID))
	}},
	{"Appointments/that were held too long give way", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(1, nil)
		held, err := d.Hold(t.Context(), at(a, "09:00"))
		require.NoError(t, err)
		*d.now = d.now.Add(10 * time.Minute)
		require.Contains(t, d.free(a), "09:00")
		_, err = d.Take(t.Context(), held.ID, scheduling.Details{})
		require.ErrorIs(t, err, core.ErrState)
		_, err = d.Move(t.Context(), held.ID, tuesday("10:00"))
		require.ErrorIs(t, err, core.ErrState)
		d.booked(at(a, "09:00"))
		n, err := d.ExpireHolds(t.Context())
		require.NoError(t, err)
		require.Equal(t, 1, n)
		n, err = d.ExpireHolds(t.Context())
		require.NoError(t, err)
		require.Zero(t, n)
		got, err := d.Appointments.Get(t.Context(), held.ID)
		require.NoError(t, err)
		require.Equal(t, scheduling.Expired, got.Status)
		require.Equal(t, []string{"appointment.held", "appointment.expired"}, w.trail(held.ID.UUID))
	}},
	{"Appointments/move to another slot", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(2, func(n *scheduling.NewAgenda) { n.Rules.Step = 10 })
		made := d.booked(at(a, "09:00"))
		moved, err := d.Move(t.Context(), made.ID, tuesday("09:10"))
		require.NoError(t, err, "it is not in its own way")
		require.Equal(t, made.ID, moved.ID)
		require.Equal(t, made.UID, moved.UID)
		require.Equal(t, 1, moved.Sequence)
		require.Equal(t, made.Members, moved.Members)
		require.Equal(t, scheduling.KeptMember, moved.AssignedBy)
		got, err := d.Appointments.Get(t.Context(), made.ID)
		require.NoError(t, err)
		require.Equal(t, moved, got)
		same, err := d.Move(t.Context(), made.ID, tuesday("09:10"))
		require.NoError(t, err)
		require.Equal(t, moved, same)

		n := at(a, "10:00")
		n.MemberID = made.Members[0]
		d.booked(n)
		moved, err = d.Move(t.Context(), made.ID, tuesday("10:00"))
		require.NoError(t, err)
		require.Equal(t, []core.UserID{a.Members[1].ID}, moved.Members, "the other one, since the first is taken")
		_, err = d.Move(t.Context(), d.booked(at(a, "09:00")).ID, tuesday("10:20"))
		require.ErrorIs(t, err, core.ErrConflict)
		require.NotEmpty(t, nearby(t, err))
		require.Equal(t, []string{"appointment.scheduled", "appointment.moved", "appointment.moved"}, w.trail(made.ID.UUID))
	}},
	{"Appointments/are changed by clients in time only", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(1, func(n *scheduling.NewAgenda) { n.MoveNotice, n.CancelNotice = 24*60, 60 })
		made := d.booked(at(a, "09:00"))
		_, err := d.MoveAsClient(t.Context(), made.ID, tuesday("10:00"))
		require.ErrorIs(t, err, core.ErrState, "21 hours before")
		*d.now = tuesday("08:01")
		_, err = d.CancelAsClient(t.Context(), made.ID, "")
		require.ErrorIs(t, err, core.ErrState)
		_, err = d.Move(t.Context(), made.ID, tuesday("10:00"))
		require.NoError(t, err, "the company's people always may")
		*d.now = tuesday("09:00")
		got, err := d.CancelAsClient(t.Context(), made.ID, " ill ")
		require.NoError(t, err, "an hour before")
		require.Equal(t, "ill", got.CancelReason)
		require.Equal(t, 2, got.Sequence)
		require.Equal(t, []string{"09:00", "09:30", "10:00", "10:30"}, d.free(a))
	}},
	{"Appointments/count for the agenda's limits, but not against themselves", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(2, func(n *scheduling.NewAgenda) { n.Rules.Limits = []slots.Limit{{Per: slots.PerDay, Count: 2}} })
		first := d.booked(at(a, "09:00"))
		d.booked(at(a, "09:00"))
		require.Empty(t, d.free(a))
		_, err := d.Book(t.Context(), at(a, "10:00"))
		require.ErrorIs(t, err, core.ErrConflict)
		_, err = d.Move(t.Context(), first.ID, tuesday("10:00"))
		require.NoError(t, err)
	}},
	{"Appointments/take and give back members", func(t *testing.T, w *world) {
		d := w.diary()
		a, b := d.agenda(1, nil), d.agenda(1, nil)
		made := d.booked(at(a, "09:00"))
		other := b.Members[0].ID
		got, err := d.AddMember(t.Context(), made.ID, other)
		require.NoError(t, err)
		require.Equal(t, []core.UserID{made.Members[0], other}, got.Members)
		require.NotContains(t, d.free(b), "09:00")
		again, err := d.AddMember(t.Context(), made.ID, other)
		require.NoError(t, err)
		require.Equal(t, got, again)
		busy := d.booked(at(a, "10:00"))
		d.booked(at(b, "10:00"))
		_, err = d.AddMember(t.Context(), busy.ID, other)
		require.ErrorIs(t, err, core.ErrConflict)
		_, err = d.RemoveMember(t.Context(), made.ID, newUser())
		require.ErrorIs(t, err, core.ErrNotFound)
		_, err = d.RemoveMember(t.Context(), made.ID, other)
		require.NoError(t, err)
		require.Contains(t, d.free(b), "09:00")
		_, err = d.RemoveMember(t.Context(), made.ID, made.Members[0])
		require.ErrorIs(t, err, core.ErrState)
		require.Equal(t, []string{"appointment.scheduled", "appointment.updated", "appointment.updated"}, w.trail(made.ID.UUID))
	}},
	{"Appointments/stay when their agenda changes, and are told", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(2, nil)
		first, second := d.booked(at(a, "09:00")), d.booked(at(a, "10:30"))
		third := at(a, "09:00")
		third.MemberID = a.Members[1].ID
		out := d.booked(third)
		list := func() (ids []core.ID[scheduling.Appointment]) {
			found, err := d.OutOfHours(t.Context(), a.ID, tuesday("00:00"), tuesday("23:00"))
			require.NoError(t, err)
			for _, f := range found {
				ids = append(ids, f.ID)
			}
			return ids
		}
		change := func(edit func(*scheduling.Agenda)) {
			_, err := d.Agendas.Update(t.Context(), a.ID, func(a *scheduling.Agenda) error { edit(a); return nil })
			require.NoError(t, err)
		}
		require.Empty(t, list())
		change(func(a *scheduling.Agenda) { a.Members = a.Members[:1] })
		require.Equal(t, []core.ID[scheduling.Appointment]{out.ID}, list(), "whose member was taken out")
		change(func(a *scheduling.Agenda) { a.Rules.Week = slots.EveryDay("09:00-10:00") })
		require.ElementsMatch(t, []core.ID[scheduling.Appointment]{out.ID, second.ID}, list(), "and that is when it is closed now")
		_, err := d.Deactivate(t.Context(), a.ID)
		require.NoError(t, err)
		require.Len(t, list(), 3)
		for _, made := range []scheduling.Appointment{first, second, out} {
			got, err := d.Appointments.Get(t.Context(), made.ID)
			require.NoError(t, err)
			require.Equal(t, made, got)
		}
	}},
	{"Appointments/are filtered and listed by their start", func(t *testing.T, w *world) {
		d := w.diary()
		a, b := d.agenda(1, nil), d.agenda(1, nil)
		client := core.ID[scheduling.Client]{UUID: uuid.New()}
		third, first := d.booked(at(a, "10:00")), d.booked(at(a, "09:00"))
		n := at(b, "09:30")
		n.ClientID = client
		second := d.booked(n)
		_, err := d.Cancel(t.Context(), third.ID, "")
		require.NoError(t, err)
		all := []core.ID[scheduling.Appointment]{first.ID, second.ID, third.ID}
		for name, c := range map[string]struct {
			filter scheduling.AppointmentFilter
			want   []core.ID[scheduling.Appointment]
		}{
			"all":      {scheduling.AppointmentFilter{}, all},
			"the last": {scheduling.AppointmentFilter{Sort: scheduling.ByStartDesc}, []core.ID[scheduling.Appointment]{third.ID, second.ID, first.ID}},
			"agenda":   {scheduling.AppointmentFilter{Agenda: b.ID}, all[1:2]},
			"client":   {scheduling.AppointmentFilter{Client: client}, all[1:2]},
			"member":   {scheduling.AppointmentFilter{Member: a.Members[0].ID}, []core.ID[scheduling.Appointment]{first.ID, third.ID}},
			"status":   {scheduling.AppointmentFilter{Status: scheduling.Cancelled}, all[2:]},
			"range":    {scheduling.AppointmentFilter{From: tuesday("09:30"), Before: tuesday("10:00")}, all[1:2]},
			"series":   {scheduling.AppointmentFilter{Series: core.ID[scheduling.Series]{UUID: uuid.New()}}, nil},
		} {
			var got []core.ID[scheduling.Appointment]
			for p := (core.Page{Limit: 1}); ; {
				l, err := d.Appointments.List(t.Context(), c.filter, p)
				require.NoError(t, err)
				for _, a := range l.Items {
					got = append(got, a.ID)
				}
				if p.Cursor = l.Next; p.Cursor == "" {
					break
				}
			}
			require.Equal(t, c.want, got, name)
		}
		_, err = d.Appointments.List(t.Context(), scheduling.AppointmentFilter{Status: "lost"}, core.Page{})
		require.ErrorIs(t, err, core.ErrInvalid)
		_, err = d.Appointments.List(t.Context(), scheduling.AppointmentFilter{Sort: "mood"}, core.Page{})
		require.ErrorIs(t, err, core.ErrInvalid)
	}},
	{"Appointments/are of clients that there are", func(t *testing.T, w *world) {
		a := w.diary().agenda(1, func(n *scheduling.NewAgenda) { n.Rules.Week = slots.EveryDay("00:00-24:00") })
		n := scheduling.NewAppointment{AgendaID: a.ID, StartDate: time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, 7)}
		ada := w.contact(crm.NewContact{Name: "Ada"})
		n.ClientID = core.ID[scheduling.Client]{UUID: ada.ID.UUID}
		made, err := w.ws().Appointments.Book(t.Context(), n)
		require.NoError(t, err)
		n.StartDate = made.EndDate
		n.ClientID.UUID = uuid.New()
		_, err = w.ws().Appointments.Book(t.Context(), n)
		require.Equal(t, []string{"/clientId exists"}, faults(t, err))
		_, err = w.ws().Appointments.Update(t.Context(), made.ID, func(a *scheduling.Appointment) error { a.ClientID = n.ClientID; return nil })
		require.Equal(t, []string{"/clientId exists"}, faults(t, err))
		require.NoError(t, w.ws().Contacts.Delete(t.Context(), ada.ID))
		got, err := w.ws().Appointments.Update(t.Context(), made.ID, func(a *scheduling.Appointment) error { a.Title, a.Status = "Cut", scheduling.Completed; return nil })
		require.NoError(t, err, "what did not change is not judged again")
		require.Equal(t, "Cut", got.Title)
		require.Equal(t, scheduling.Scheduled, got.Status)
	}},
	{"Appointments/are seen by those who made them or take them", func(t *testing.T, w *world) {
		maker := own(core.AgendasRead, core.AgendasWrite, core.AppointmentsRead, core.AppointmentsWrite)
		d := w.diary().by(maker)
		a := d.agenda(1, nil)
		made := d.booked(at(a, "09:00"))
		member := core.Actor{ID: made.Members[0], OwnRows: true, Permissions: core.AllPermissions()}
		for _, actor := range []core.Actor{maker, member, person(core.AppointmentsRead)} {
			_, err := d.by(actor).Appointments.Get(t.Context(), made.ID)
			require.NoError(t, err)
		}
		stranger := d.by(own(core.AppointmentsRead, core.AppointmentsWrite, core.AgendasRead))
		_, err := stranger.Appointments.Get(t.Context(), made.ID)
		require.ErrorIs(t, err, core.ErrNotFound)
		_, err = stranger.Cancel(t.Context(), made.ID, "")
		require.ErrorIs(t, err, core.ErrNotFound)
		_, err = stranger.Book(t.Context(), at(a, "09:30"))
		require.ErrorIs(t, err, core.ErrNotFound, "an agenda that they do not see")

		held, err := d.Hold(t.Context(), at(a, "10:00"))
		require.NoError(t, err)
		*d.now = d.now.Add(time.Hour)
		theirs := d.by(member)
		*theirs.now = *d.now
		taken, err := theirs.Book(t.Context(), at(a, "10:00"))
		require.NoError(t, err, "though the hold %s was somebody else's", held.ID)
		_, err = d.Appointments.Get(t.Context(), taken.ID)
		require.ErrorIs(t, err, core.ErrNotFound)
	}},
	{"Appointments/need permissions, and belong to a company", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(1, nil)
		made := d.booked(at(a, "09:00"))
		for p, list := range map[core.Permission][]func(*diary) error{
			core.AppointmentsRead: {
				func(d *diary) error { _, err := d.Appointments.Get(t.Context(), made.ID); return err },
				func(d *diary) error {
					_, err := d.OutOfHours(t.Context(), a.ID, tuesday("00:00"), tuesday("01:00"))
					return err
				},
			},
			core.AppointmentsWrite: {
				func(d *diary) error { _, err := d.Book(t.Context(), at(a, "10:00")); return err },
				func(d *diary) error { _, err := d.Hold(t.Context(), at(a, "10:00")); return err },
				func(d *diary) error { _, err := d.Take(t.Context(), made.ID, scheduling.Details{}); return err },
				func(d *diary) error { _, err := d.Move(t.Context(), made.ID, tuesday("10:00")); return err },
				func(d *diary) error { _, err := d.Cancel(t.Context(), made.ID, ""); return err },
				func(d *diary) error { _, err := d.Complete(t.Context(), made.ID); return err },
				func(d *diary) error { _, err := d.AddMember(t.Context(), made.ID, newUser()); return err },
				func(d *diary) error { _, err := d.RemoveMember(t.Context(), made.ID, made.Members[0]); return err },
				func(d *diary) error {
					_, err := d.Appointments.Update(t.Context(), made.ID, func(a *scheduling.Appointment) error { a.Title = "x"; return nil })
					return err
				},
			},
		} {
			for _, call := range list {
				require.ErrorIs(t, call(d.by(without(p))), core.ErrForbidden)
				require.ErrorIs(t, call(w.diaryOf(w.foreign, core.System())), core.ErrNotFound)
			}
		}
		got, err := d.Appointments.Get(t.Context(), made.ID)
		require.NoError(t, err)
		require.Equal(t, made, got)
		_, err = d.by(without(core.AppointmentsRead)).Appointments.List(t.Context(), scheduling.AppointmentFilter{}, core.Page{})
		require.ErrorIs(t, err, core.ErrForbidden)
		l, err := w.diaryOf(w.foreign, core.System()).Appointments.List(t.Context(), scheduling.AppointmentFilter{}, core.Page{})
		require.NoError(t, err)
		require.Empty(t, l.Items)
		_, err = d.by(without(core.AppointmentsWrite)).ExpireHolds(t.Context())
		require.ErrorIs(t, err, core.ErrForbidden)
	}},
	{"Appointments/are undone with the transaction that they are in", func(t *testing.T, w *world) {
		a := w.diary().agenda(1, func(n *scheduling.NewAgenda) { n.Rules.Week = slots.EveryDay("00:00-24:00") })
		n := scheduling.NewAppointment{AgendaID: a.ID, StartDate: time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, 7)}
		stop := errors.New("stop")
		var undone scheduling.Appointment
		err := w.ws().Atomic(t.Context(), func(ws *clientele.Workspace) (err error) {
			undone, err = ws.Appointments.Book(t.Context(), n)
			require.NoError(t, err)
			_, err = ws.Appointments.Book(t.Context(), n)
			require.ErrorIs(t, err, core.ErrConflict)
			return stop
		})
		require.ErrorIs(t, err, stop)
		require.Empty(t, w.trail(undone.ID.UUID))
		_, err = w.ws().Appointments.Book(t.Context(), n)
		require.NoError(t, err)
	}},
}
