package storetest

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
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
	{"Appointments/do not count as a turn while they are holds that are over", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(2, func(n *scheduling.NewAgenda) { n.Rules.Assignment = slots.RoundRobin })
		held, err := d.Hold(t.Context(), at(a, "09:00"))
		require.NoError(t, err)
		*d.now = d.now.Add(time.Hour) // nobody has swept it yet
		got := d.booked(at(a, "10:00"))
		require.Equal(t, scheduling.ByID, got.AssignedBy, "%s had no turn", held.Members)
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
}
