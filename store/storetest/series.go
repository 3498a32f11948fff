package storetest

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/scheduling/slots"
)

// weekly asks for nine o'clock of the Tuesday, and of so many weeks in all.
func weekly(a scheduling.Agenda, rule string) scheduling.NewSeries {
	return scheduling.NewSeries{AgendaID: a.ID, SeriesPlan: scheduling.SeriesPlan{StartDate: tuesday("09:00"), Rule: rule}}
}

func (d *diary) series(n scheduling.NewSeries) scheduling.SeriesResult {
	d.w.t.Helper()
	r, err := d.BookSeries(d.w.t.Context(), n)
	require.NoError(d.w.t, err)
	return r
}

// of are the appointments of a series that take time, by their start.
func (d *diary) of(s scheduling.Series) (list []scheduling.Appointment) {
	for a, err := range d.Appointments.All(d.w.t.Context(), scheduling.AppointmentFilter{Series: s.ID}) {
		require.NoError(d.w.t, err)
		if a.TakesTime() {
			list = append(list, a)
		}
	}
	return list
}

// days are when appointments begin: "01-08 09:00".
func days(list []scheduling.Appointment) []string {
	texts := make([]string, len(list))
	for i, a := range list {
		texts[i] = a.StartDate.Format("01-02 15:04")
	}
	return texts
}

// plan changes what the edit says of a series's plan.
func plan(edit func(*scheduling.SeriesPlan)) func(*scheduling.Series) error {
	return func(s *scheduling.Series) error { edit(&s.SeriesPlan); return nil }
}

var seriesContracts = []contract{
	{"Series/are booked by a rule, and read back", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(2, nil)
		n := weekly(a, "rrule:freq=weekly;count=3")
		n.Title = "Cut"
		r := d.series(n)
		require.Equal(t, "FREQ=WEEKLY;COUNT=3", r.Series.Rule)
		require.Equal(t, []string{"01-08 09:00", "01-15 09:00", "01-22 09:00"}, days(r.Appointments))
		require.Empty(t, r.Conflicts)
		require.Equal(t, r.Appointments, d.of(r.Series))
		got, err := d.Appointments.Series(t.Context(), r.Series.ID)
		require.NoError(t, err)
		require.Equal(t, r.Series, got)
		for _, one := range r.Appointments {
			require.Equal(t, r.Series.UID, one.UID)
			require.Equal(t, one.StartDate, *one.RecurrenceDate)
			require.Equal(t, "Cut", one.Title)
			require.Equal(t, r.Appointments[0].Members, one.Members, "the same member")
			require.Equal(t, []string{"appointment.scheduled"}, w.trail(one.ID.UUID))
		}
		require.Equal(t, scheduling.KeptMember, r.Appointments[1].AssignedBy)
		require.Equal(t, []string{"series.booked"}, w.trail(r.Series.ID.UUID))
	}},
	{"Series/say what is wrong with them", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(1, nil)
		for rule, want := range map[string]string{
			"":                                            "/rule required",
			"FREQ=WEEKLY":                                 "/rule end",
			"FREQ=WEEKLY;COUNT=2;UNTIL=20300201":          "/rule end",
			"FREQ=HOURLY;COUNT=2":                         "/rule frequency",
			"FREQ=WEEKLY;COUNT=2;INTERVAL=0":              "/rule interval",
			"FREQ=WEEKLY;COUNT=2;BYHOUR=9":                "/rule rule",
			"FREQ=WEEKLY;COUNT=2;COUNT=3":                 "/rule rule",
			"FREQ=WEEKLY;COUNT=2;UNTIL=tomorrow":          "/rule rule",
			"FREQ=WEEKLY;UNTIL=20300201T090000":           "/rule rule",
			"FREQ=MONTHLY;COUNT=2;BYDAY=1MO,TU":           "/rule rule",
			"FREQ=WEEKLY;COUNT=2;BYDAY=1MO":               "/rule rule",
			"FREQ=WEEKLY;COUNT=2;BYMONTHDAY=1":            "/rule rule",
			"FREQ=MONTHLY;COUNT=2;BYSETPOS=1":             "/rule rule",
			"FREQ=MONTHLY;COUNT=2;BYMONTHDAY=32":          "/rule rule",
			"FREQ=YEARLY;COUNT=2;BYMONTH=2;BYMONTHDAY=30": "/rule never",
			"FREQ=DAILY;COUNT=2;BYMONTH=2;BYMONTHDAY=30":  "/rule never",
			"FREQ=DAILY;COUNT=201":                        "/rule max_items",
			"FREQ=DAILY;UNTIL=20310101":                   "/rule max_items",
			"FREQ=YEARLY;COUNT=7":                         "/rule max_items",
			"FREQ=WEEKLY;COUNT=2;BYDAY=WE":                "/startDate rule",
			"FREQ=WEEKLY;COUNT=2\nDTSTART:20300101":       "/rule rule",
		} {
			_, err := d.BookSeries(t.Context(), weekly(a, rule))
			require.Error(t, err, rule)
			require.Equal(t, []string{want}, faults(t, err), rule)
		}
		n := weekly(a, "FREQ=WEEKLY;COUNT=2")
		n.StartDate, n.MemberID, n.PartySize, n.URL, n.Conflicts = tuesday("09:00").Add(time.Second), newUser(), 2, "x", "maybe"
		n.Instead = []scheduling.Instead{{Occurrence: tuesday("10:00")}}
		_, err := d.BookSeries(t.Context(), n)
		require.Equal(t, []string{
			"/startDate clock", "/conflicts enum", "/instead/0/occurrence exists", "/url url", "/partySize capacity", "/memberId exists",
		}, faults(t, err))
		_, err = d.BookSeries(t.Context(), scheduling.NewSeries{AgendaID: a.ID})
		require.Contains(t, faults(t, err), "/startDate required")
	}},
	{"Series/keep their time on the clocks", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(1, func(n *scheduling.NewAgenda) { n.Rules.Timezone = "Europe/Lisbon" })
		lisbon, err := slots.Zone("Europe/Lisbon")
		require.NoError(t, err)
		n := weekly(a, "FREQ=WEEKLY;UNTIL=20301105")
		n.StartDate = instant("2030-03-19 09:00")
		r := d.series(n)
		require.Len(t, r.Appointments, 34)
		offsets := map[int]bool{}
		for _, one := range r.Appointments {
			local := one.StartDate.In(lisbon)
			require.Equal(t, "Tuesday 09:00", local.Format("Monday 15:04"))
			_, offset := local.Zone()
			offsets[offset] = true
		}
		require.Len(t, offsets, 2, "in winter and in summer")
	}},
	{"Series/are booked as a whole, or without what conflicts", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(1, nil)
		taken := d.booked(scheduling.NewAppointment{AgendaID: a.ID, StartDate: instant("2030-01-15 09:00")})
		_, err := d.BookSeries(t.Context(), weekly(a, "FREQ=WEEKLY;COUNT=3"))
		require.ErrorIs(t, err, core.ErrConflict)
		var conflicts *scheduling.Conflicts
		require.ErrorAs(t, err, &conflicts)
		require.Len(t, conflicts.List, 1)
		require.Equal(t, taken.StartDate, conflicts.List[0].StartDate)
		require.Equal(t, "slot_taken", conflicts.List[0].Code)
		require.Equal(t, instant("2030-01-15 09:30"), conflicts.List[0].Free[0].Start)
		require.Contains(t, d.free(a), "09:00", "nothing is booked")

		n := weekly(a, "FREQ=WEEKLY;COUNT=3")
		n.Conflicts = scheduling.AskConflict
		asked := d.series(n)
		require.True(t, asked.Asked)
		require.Equal(t, conflicts.List, asked.Conflicts)
		require.Equal(t, []string{"01-08 09:00", "01-22 09:00"}, days(asked.Appointments))
		require.Contains(t, d.free(a), "09:00", "nothing is booked")
		require.Empty(t, w.trail(asked.Series.ID.UUID))

		n.Conflicts = scheduling.AllOrNothing
		n.Instead = []scheduling.Instead{{Occurrence: taken.StartDate, StartDate: asked.Conflicts[0].Free[0].Start}}
		instead := d.series(n)
		require.Equal(t, []string{"01-08 09:00", "01-15 09:30", "01-22 09:00"}, days(instead.Appointments))
		require.Equal(t, taken.StartDate, *instead.Appointments[1].RecurrenceDate)

		n.Instead, n.Conflicts, n.StartDate = nil, scheduling.SkipConflict, tuesday("09:30")
		skipped := d.series(n)
		require.Equal(t, []string{"01-08 09:30", "01-22 09:30"}, days(skipped.Appointments))
		require.Len(t, skipped.Conflicts, 1)
		n.StartDate = tuesday("09:00")
		n.Rule = "FREQ=WEEKLY;COUNT=1"
		_, err = d.BookSeries(t.Context(), n)
		require.ErrorIs(t, err, core.ErrConflict, "there is nothing left")
		n.StartDate, n.Rule = tuesday("08:00"), "FREQ=WEEKLY;COUNT=2"
		_, err = d.BookSeries(t.Context(), n)
		require.ErrorAs(t, err, &conflicts)
		require.Equal(t, "not_a_slot", conflicts.List[0].Code)
	}},
	{"Series/count for the agenda's limits one by one", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(1, func(n *scheduling.NewAgenda) { n.Rules.Limits = []slots.Limit{{Per: slots.PerWeek, Count: 2}} })
		n := weekly(a, "FREQ=DAILY;COUNT=7")
		n.Conflicts = scheduling.SkipConflict
		require.Equal(t, []string{"01-08 09:00", "01-09 09:00", "01-14 09:00"}, days(d.series(n).Appointments))
	}},
	{"Series/are changed one by one as exceptions", func(t *testing.T, w *world) {
		d := w.diary()
		r := d.series(weekly(d.agenda(1, nil), "FREQ=WEEKLY;COUNT=3"))
		second := r.Appointments[1]
		moved, err := d.Move(t.Context(), second.ID, instant("2030-01-16 10:00"))
		require.NoError(t, err)
		require.Equal(t, second.StartDate, *moved.RecurrenceDate)
		require.Equal(t, second.UID, moved.UID)
		require.Equal(t, 1, moved.Sequence)
		_, err = d.Cancel(t.Context(), r.Appointments[2].ID, "")
		require.NoError(t, err)
		require.Equal(t, []string{"01-08 09:00", "01-16 10:00"}, days(d.of(r.Series)))
		got, err := d.Appointments.Series(t.Context(), r.Series.ID)
		require.NoError(t, err)
		require.Equal(t, r.Series, got)
	}},
	{"Series/need permissions, and belong to a company", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(1, nil)
		made := d.series(weekly(a, "FREQ=WEEKLY;COUNT=2"))
		change := scheduling.SeriesChange{Edit: plan(func(s *scheduling.SeriesPlan) { s.Title = "x" })}
		for p, list := range map[core.Permission][]func(*diary) error{
			core.AppointmentsRead: {
				func(d *diary) error { _, err := d.Appointments.Series(t.Context(), made.Series.ID); return err },
			},
			core.AppointmentsWrite: {
				func(d *diary) error {
					_, err := d.BookSeries(t.Context(), weekly(a, "FREQ=WEEKLY;COUNT=2"))
					return err
				},
				func(d *diary) error { _, err := d.UpdateSeries(t.Context(), made.Series.ID, change); return err },
				func(d *diary) error {
					_, err := d.CancelSeries(t.Context(), made.Series.ID, core.ID[scheduling.Appointment]{}, "")
					return err
				},
			},
		} {
			for _, call := range list {
				require.ErrorIs(t, call(d.by(without(p))), core.ErrForbidden)
				require.ErrorIs(t, call(w.diaryOf(w.foreign, core.System())), core.ErrNotFound)
			}
		}
		require.Equal(t, made.Appointments, d.of(made.Series))
	}},
	{"Series/are seen by those who made them or take all of them", func(t *testing.T, w *world) {
		maker := own(core.AgendasRead, core.AgendasWrite, core.AppointmentsRead, core.AppointmentsWrite)
		d := w.diary().by(maker)
		a := d.agenda(2, nil)
		made := d.series(weekly(a, "FREQ=WEEKLY;COUNT=2"))
		taker := core.Actor{ID: made.Appointments[0].Members[0], OwnRows: true, Permissions: core.AllPermissions()}
		sees := func(actor core.Actor) error {
			_, err := d.by(actor).Appointments.Series(t.Context(), made.Series.ID)
			return err
		}
		require.NoError(t, sees(maker))
		require.NoError(t, sees(taker))
		require.ErrorIs(t, sees(own(core.AppointmentsRead)), core.ErrNotFound)
		other := a.Members[1].ID
		_, err := d.AddMember(t.Context(), made.Appointments[0].ID, other)
		require.NoError(t, err)
		require.ErrorIs(t, sees(core.Actor{ID: other, OwnRows: true, Permissions: core.AllPermissions()}), core.ErrNotFound, "who takes one")
		_, err = d.by(taker).CancelSeries(t.Context(), made.Series.ID, core.ID[scheduling.Appointment]{}, "")
		require.NoError(t, err)
		_, err = d.Appointments.Series(t.Context(), core.ID[scheduling.Series]{UUID: uuid.New()})
		require.ErrorIs(t, err, core.ErrNotFound)
	}},
}
