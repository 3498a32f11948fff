package storetest

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/scheduling/slots"
)

var seriesChangeContracts = []contract{
	{"Series/move as a whole, and keep their UID", func(t *testing.T, w *world) {
		d := w.diary()
		r := d.series(weekly(d.agenda(1, nil), "FREQ=DAILY;COUNT=3"))
		_, err := d.Move(t.Context(), r.Appointments[1].ID, instant("2030-01-12 10:00"))
		require.NoError(t, err)
		moved, err := d.UpdateSeries(t.Context(), r.Series.ID, scheduling.SeriesChange{
			Edit: plan(func(s *scheduling.SeriesPlan) { s.StartDate = instant("2030-01-09 09:00") }),
		})
		require.NoError(t, err, "each goes to where the next one was")
		require.Equal(t, r.Series.ID, moved.Series.ID)
		require.Equal(t, r.Series.UID, moved.Series.UID)
		require.Equal(t, 1, moved.Series.Sequence)
		require.Equal(t, []string{"01-09 09:00", "01-10 09:00", "01-11 09:00"}, days(moved.Appointments), "also the one that was moved by itself")
		require.Equal(t, moved.Appointments, d.of(r.Series))
		for i, a := range moved.Appointments {
			require.Equal(t, r.Appointments[i].ID, a.ID)
			require.Equal(t, a.StartDate, *a.RecurrenceDate)
		}
		require.Equal(t, 2, moved.Appointments[1].Sequence)
		require.Equal(t, []string{"series.booked", "series.updated"}, w.trail(r.Series.ID.UUID))
		require.Equal(t, []string{"appointment.scheduled", "appointment.moved"}, w.trail(r.Appointments[0].ID.UUID))
	}},
	{"Series/are split where this one and the following change", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(1, nil)
		r := d.series(weekly(a, "FREQ=WEEKLY;COUNT=4"))
		split, err := d.UpdateSeries(t.Context(), r.Series.ID, scheduling.SeriesChange{From: r.Appointments[2].ID, Edit: plan(func(s *scheduling.SeriesPlan) {
			require.Equal(t, r.Appointments[2].StartDate, s.StartDate)
			require.Equal(t, "FREQ=WEEKLY;COUNT=2", s.Rule)
			s.StartDate, s.Title = instant("2030-01-23 10:00"), "Shave"
		})})
		require.NoError(t, err)
		require.NotEqual(t, r.Series.UID, split.Series.UID)
		require.Zero(t, split.Series.Sequence)
		require.Equal(t, []string{"01-23 10:00", "01-30 10:00"}, days(d.of(split.Series)))
		require.Equal(t, split.Series.UID, split.Appointments[0].UID)
		require.Equal(t, r.Appointments[2].ID, split.Appointments[0].ID, "it is the same appointment")
		require.Equal(t, "Shave", split.Appointments[1].Title)
		first, err := d.Appointments.Series(t.Context(), r.Series.ID)
		require.NoError(t, err)
		require.Equal(t, r.Series.UID, first.UID)
		require.Equal(t, "FREQ=WEEKLY;COUNT=2", first.Rule)
		require.Equal(t, 1, first.Sequence)
		require.Equal(t, r.Appointments[:2], d.of(first), "what comes before is as it was")
		require.Equal(t, []string{"series.booked", "series.updated"}, w.trail(r.Series.ID.UUID))
		require.Equal(t, []string{"series.booked"}, w.trail(split.Series.ID.UUID))
	}},
	{"Series/that end on a day are split by the day", func(t *testing.T, w *world) {
		d := w.diary()
		r := d.series(weekly(d.agenda(1, nil), "FREQ=WEEKLY;UNTIL=20300129"))
		require.Equal(t, "FREQ=WEEKLY;UNTIL=20300129T235959Z", r.Series.Rule)
		require.Len(t, r.Appointments, 4)
		split, err := d.UpdateSeries(t.Context(), r.Series.ID, scheduling.SeriesChange{
			From: r.Appointments[1].ID, Edit: plan(func(s *scheduling.SeriesPlan) { s.Description = "With wash" }),
		})
		require.NoError(t, err)
		require.Equal(t, r.Series.Rule, split.Series.Rule)
		first, err := d.Appointments.Series(t.Context(), r.Series.ID)
		require.NoError(t, err)
		require.Equal(t, "FREQ=WEEKLY;UNTIL=20300108T090000Z", first.Rule)
		times, err := first.Occurrences()
		require.NoError(t, err)
		require.Len(t, times, 1)
		require.Equal(t, []string{"appointment.scheduled", "appointment.updated"}, w.trail(r.Appointments[3].ID.UUID))
	}},
	{"Series/become longer and shorter by their rule", func(t *testing.T, w *world) {
		d := w.diary()
		r := d.series(weekly(d.agenda(1, nil), "FREQ=WEEKLY;COUNT=3"))
		rule := func(text string) scheduling.SeriesResult {
			r, err := d.UpdateSeries(t.Context(), r.Series.ID, scheduling.SeriesChange{Edit: plan(func(s *scheduling.SeriesPlan) { s.Rule = text })})
			require.NoError(t, err)
			return r
		}
		rule("FREQ=WEEKLY;INTERVAL=2;COUNT=4")
		require.Equal(t, []string{"01-08 09:00", "01-22 09:00", "02-05 09:00", "02-19 09:00"}, days(d.of(r.Series)))
		rule("FREQ=WEEKLY;COUNT=2")
		left := d.of(r.Series)
		require.Equal(t, []string{"01-08 09:00", "01-15 09:00"}, days(left))
		got, err := d.Appointments.Get(t.Context(), r.Appointments[2].ID)
		require.NoError(t, err)
		require.Equal(t, scheduling.Cancelled, got.Status)
		same := rule("FREQ=WEEKLY;COUNT=2")
		require.Empty(t, same.Appointments)
		require.Equal(t, int64(3), same.Series.Version, "a change that changes nothing writes nothing")
	}},
	{"Series/change all that are to come, and leave alone what is past", func(t *testing.T, w *world) {
		d := w.diary()
		r := d.series(weekly(d.agenda(1, nil), "FREQ=WEEKLY;COUNT=3"))
		*d.now = instant("2030-01-10 12:00")
		changed, err := d.UpdateSeries(t.Context(), r.Series.ID, scheduling.SeriesChange{Edit: plan(func(s *scheduling.SeriesPlan) { s.Title = "Shave" })})
		require.NoError(t, err)
		require.Len(t, changed.Appointments, 2)
		require.NotEqual(t, r.Series.ID, changed.Series.ID)
		past, err := d.Appointments.Get(t.Context(), r.Appointments[0].ID)
		require.NoError(t, err)
		require.Equal(t, r.Appointments[0], past)
		_, err = d.UpdateSeries(t.Context(), r.Series.ID, scheduling.SeriesChange{Edit: plan(func(*scheduling.SeriesPlan) {})})
		require.ErrorIs(t, err, core.ErrState, "nothing of it is to come")
		_, err = d.CancelSeries(t.Context(), changed.Series.ID, r.Appointments[0].ID, "")
		require.ErrorIs(t, err, core.ErrNotFound, "it is of another series now")
	}},
	{"Series/that changed without one of theirs leave it to be cancelled", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(1, func(n *scheduling.NewAgenda) { n.Rules.Hours.Week = slots.EveryDay("00:00-24:00") })
		r := d.series(weekly(a, "FREQ=WEEKLY;COUNT=3"))
		last := r.Appointments[2]
		_, err := d.Move(t.Context(), last.ID, instant("2030-01-07 13:00"))
		require.NoError(t, err)
		*d.now = instant("2030-01-07 14:00") // it has begun
		_, err = d.UpdateSeries(t.Context(), r.Series.ID, scheduling.SeriesChange{Edit: plan(func(p *scheduling.SeriesPlan) { p.StartDate = tuesday("10:00") })})
		require.NoError(t, err)
		_, err = d.Move(t.Context(), last.ID, instant("2030-01-30 13:00")) // it has not after all
		require.NoError(t, err)
		_, err = d.UpdateSeries(t.Context(), r.Series.ID, scheduling.SeriesChange{From: last.ID, Edit: plan(func(p *scheduling.SeriesPlan) { p.Title = "Cut" })})
		require.ErrorIs(t, err, core.ErrState)
		cancelled, err := d.CancelSeries(t.Context(), r.Series.ID, last.ID, "")
		require.NoError(t, err)
		require.Len(t, cancelled.Appointments, 1)
		require.Equal(t, []string{"01-08 10:00", "01-15 10:00"}, days(d.of(r.Series)))
	}},
	{"Series/move as a whole or not at all", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(1, nil)
		r := d.series(weekly(a, "FREQ=WEEKLY;COUNT=3"))
		d.booked(scheduling.NewAppointment{AgendaID: a.ID, StartDate: instant("2030-01-15 10:00")})
		change := scheduling.SeriesChange{Edit: plan(func(s *scheduling.SeriesPlan) { s.StartDate = tuesday("10:00") })}
		_, err := d.UpdateSeries(t.Context(), r.Series.ID, change)
		var conflicts *scheduling.Conflicts
		require.ErrorAs(t, err, &conflicts)
		require.Len(t, conflicts.List, 1)
		require.NotEmpty(t, conflicts.List[0].Free)
		change.Conflicts = scheduling.AskConflict
		asked, err := d.UpdateSeries(t.Context(), r.Series.ID, change)
		require.NoError(t, err)
		require.True(t, asked.Asked)
		require.Len(t, asked.Conflicts, 1)
		require.Equal(t, r.Appointments, d.of(r.Series), "nothing was changed")
		change.Conflicts = scheduling.SkipConflict
		_, err = d.UpdateSeries(t.Context(), r.Series.ID, change)
		require.Equal(t, []string{"/conflicts enum"}, faults(t, err))
		stop := errors.New("stop")
		change = scheduling.SeriesChange{Edit: func(*scheduling.Series) error { return stop }}
		_, err = d.UpdateSeries(t.Context(), r.Series.ID, change)
		require.ErrorIs(t, err, stop)
		change.Edit = plan(func(s *scheduling.SeriesPlan) { s.StartDate, s.URL = tuesday("10:00"), "x" })
		_, err = d.UpdateSeries(t.Context(), r.Series.ID, change)
		require.Equal(t, []string{"/url url"}, faults(t, err))
	}},
	{"Series/are cancelled from one on, or all", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(1, nil)
		r := d.series(weekly(a, "FREQ=WEEKLY;COUNT=4"))
		got, err := d.CancelSeries(t.Context(), r.Series.ID, r.Appointments[2].ID, " away ")
		require.NoError(t, err)
		require.Equal(t, "FREQ=WEEKLY;COUNT=2", got.Series.Rule)
		require.Equal(t, 1, got.Series.Sequence)
		require.Len(t, got.Appointments, 2)
		require.Equal(t, "away", got.Appointments[0].CancelReason)
		require.Equal(t, 1, got.Appointments[0].Sequence)
		require.Equal(t, r.Appointments[:2], d.of(r.Series))
		d.booked(scheduling.NewAppointment{AgendaID: a.ID, StartDate: r.Appointments[2].StartDate})
		got, err = d.CancelSeries(t.Context(), r.Series.ID, core.ID[scheduling.Appointment]{}, "")
		require.NoError(t, err)
		require.Len(t, got.Appointments, 2)
		require.Empty(t, d.of(r.Series))
		require.Contains(t, d.free(a), "09:00")
		_, err = d.CancelSeries(t.Context(), r.Series.ID, core.ID[scheduling.Appointment]{}, "")
		require.ErrorIs(t, err, core.ErrState)
		require.Equal(t, []string{"series.booked", "series.cancelled", "series.cancelled"}, w.trail(r.Series.ID.UUID))
		require.Equal(t, []string{"appointment.scheduled", "appointment.cancelled"}, w.trail(r.Appointments[3].ID.UUID))
	}},
	{"Series/stay when their agenda changes, and are told", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(2, nil)
		n := weekly(a, "FREQ=WEEKLY;COUNT=3")
		n.MemberID = a.Members[1].ID
		r := d.series(n)
		out := func() []string {
			found, err := d.OutOfHours(t.Context(), a.ID, tuesday("00:00"), tuesday("00:00").AddDate(0, 1, 0))
			require.NoError(t, err)
			list := make([]scheduling.Appointment, len(found))
			for i, f := range found {
				list[i] = f.Appointment
			}
			return days(list)
		}
		change := func(edit func(*scheduling.Agenda)) {
			_, err := d.Agendas.Update(t.Context(), a.ID, func(a *scheduling.Agenda) error { edit(a); return nil })
			require.NoError(t, err)
			require.Equal(t, r.Appointments, d.of(r.Series), "nothing vanishes")
		}
		all := days(r.Appointments)
		require.Empty(t, out())
		change(func(a *scheduling.Agenda) {
			a.Rules.Overrides = []slots.Override{{From: slots.Date{Year: 2030, Month: 1, Day: 15}}}
		})
		require.Equal(t, all[1:2], out(), "closed on that day")
		change(func(a *scheduling.Agenda) { a.Members = a.Members[:1] })
		require.Equal(t, all, out(), "whose member was taken out")
		change(func(a *scheduling.Agenda) { a.Rules.Week = slots.EveryDay("10:00-11:00") })
		require.Equal(t, all, out())
		_, err := d.Deactivate(t.Context(), a.ID)
		require.NoError(t, err)
		require.Equal(t, all, out())
		_, err = d.UpdateSeries(t.Context(), r.Series.ID, scheduling.SeriesChange{Edit: plan(func(s *scheduling.SeriesPlan) { s.StartDate = tuesday("10:00") })})
		require.ErrorIs(t, err, core.ErrState, "nothing can be booked there")
		_, err = d.UpdateSeries(t.Context(), r.Series.ID, scheduling.SeriesChange{Edit: plan(func(s *scheduling.SeriesPlan) { s.Title = "x" })})
		require.NoError(t, err, "but its details can change")
		_, err = d.Activate(t.Context(), a.ID)
		require.NoError(t, err)
		moved, err := d.UpdateSeries(t.Context(), r.Series.ID, scheduling.SeriesChange{Edit: plan(func(s *scheduling.SeriesPlan) { s.StartDate = instant("2030-01-09 10:00") })})
		require.NoError(t, err)
		require.Equal(t, []core.UserID{a.Members[0].ID}, moved.Appointments[0].Members, "those who are there take it")
		require.Empty(t, out())
	}},
	{"Series/never collide, whoever books and moves at once", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(2, nil)
		other := d.agenda(0, func(n *scheduling.NewAgenda) { n.Members = a.Members })
		var booked atomic.Int64
		rush(t, 24, func(i int) {
			in := []scheduling.Agenda{a, other}[i%2]
			n := weekly(in, "FREQ=DAILY;COUNT=5")
			n.StartDate = n.StartDate.Add(time.Duration(i/2%4) * 30 * time.Minute)
			r, err := d.BookSeries(t.Context(), n)
			if err == nil {
				booked.Add(1)
				_, err = d.UpdateSeries(t.Context(), r.Series.ID, scheduling.SeriesChange{
					From: r.Appointments[i%3].ID, Edit: plan(func(s *scheduling.SeriesPlan) { s.StartDate = s.StartDate.Add(24 * time.Hour) }),
				})
			}
			if i%5 == 0 && err == nil {
				_, err = d.CancelSeries(t.Context(), r.Series.ID, core.ID[scheduling.Appointment]{}, "")
			}
			if i%4 == 0 && err == nil {
				_, err = d.Book(t.Context(), at(in, "09:00"))
			}
			if err != nil && !errors.Is(err, core.ErrConflict) && !errors.Is(err, core.ErrState) {
				t.Errorf("client %d: %v", i, err)
			}
		})
		require.Positive(t, booked.Load())
		w.apart(d, -1)
	}},
	{"Series/are changed by who may book and sees no contacts, unless it is about whom they are for", func(t *testing.T, w *world) {
		a, err := w.ws().Agendas.Create(t.Context(), newAgenda(1, nil))
		require.NoError(t, err)
		ada, eve := w.contact(crm.NewContact{Name: "Ada"}), w.contact(crm.NewContact{Name: "Eve"})
		begin := time.Now().UTC().AddDate(0, 0, 1).Truncate(24 * time.Hour).Add(9 * time.Hour)
		r, err := w.ws().Appointments.BookSeries(t.Context(), scheduling.NewSeries{AgendaID: a.ID, SeriesPlan: scheduling.SeriesPlan{
			StartDate: begin, Rule: "FREQ=DAILY;COUNT=2", Details: scheduling.Details{ClientID: core.ID[scheduling.Client](ada.ID)},
		}})
		require.NoError(t, err)
		desk := w.as(person(core.AgendasRead, core.AppointmentsRead, core.AppointmentsWrite)).Appointments
		changed, err := desk.UpdateSeries(t.Context(), r.Series.ID, scheduling.SeriesChange{Edit: plan(func(s *scheduling.SeriesPlan) { s.Title = "Shave" })})
		require.NoError(t, err)
		require.Equal(t, "Shave", changed.Appointments[1].Title)
		_, err = desk.UpdateSeries(t.Context(), r.Series.ID, scheduling.SeriesChange{Edit: plan(func(s *scheduling.SeriesPlan) { s.ClientID = core.ID[scheduling.Client](eve.ID) })})
		require.ErrorIs(t, err, core.ErrForbidden)
	}},
	{"Series/of the largest size are one transaction", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(1, nil)
		r := d.series(weekly(a, "FREQ=DAILY;COUNT=200"))
		require.Len(t, d.of(r.Series), 200)
		moved, err := d.UpdateSeries(t.Context(), r.Series.ID, scheduling.SeriesChange{Edit: plan(func(s *scheduling.SeriesPlan) { s.StartDate = tuesday("10:00") })})
		require.NoError(t, err)
		require.Len(t, moved.Appointments, 200)
		got, err := d.CancelSeries(t.Context(), r.Series.ID, r.Appointments[1].ID, "")
		require.NoError(t, err)
		require.Len(t, got.Appointments, 199)
	}},
}
