package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/scheduling/slots"
)

// diary is the scheduling of our company at a time that the test says: at first noon on Monday,
// 7 January 2030.
type diary struct {
	*scheduling.Agendas
	*scheduling.Appointments
	feeds *scheduling.Feeds
	w     *world
	now   *time.Time
	heard *heard
	other *calendars // that members keep elsewhere
}

func (w *world) diary() *diary { return w.diaryOf(w.company, core.System()) }

func (w *world) diaryOf(company core.CompanyID, actor core.Actor) *diary {
	now := instant("2030-01-07 12:00")
	heard, other := &heard{company: company}, &calendars{}
	work := timed{w.backend.Session(core.Scope{Company: company, Actor: actor}).Scheduling(), &now, heard, other}
	return &diary{scheduling.NewAgendas(work), scheduling.NewAppointments(work), scheduling.NewFeeds(work), w, &now, heard, other}
}

// by is the same diary in the hands of somebody else.
func (d *diary) by(actor core.Actor) *diary {
	other := d.w.diaryOf(d.w.company, actor)
	*other.now = *d.now
	return other
}

// timed is a work at a time that somebody sets.
type timed struct {
	core.Work[scheduling.Tx]
	now   *time.Time
	heard *heard
	other *calendars
}

func (c timed) at(tx scheduling.Tx) scheduling.Tx {
	tx.Env.Now = func() time.Time { return *c.now }
	tx.Events = outbox{tx.Events, c.heard}
	tx.Calendars = c.other
	return tx
}

func (c timed) Plain() scheduling.Tx { return c.at(c.Work.Plain()) }

func (c timed) Atomic(ctx context.Context, fn func(scheduling.Tx) error) error {
	return c.Work.Atomic(ctx, func(tx scheduling.Tx) error { return fn(c.at(tx)) })
}

// instant reads "2030-01-08 09:00" in UTC.
func instant(text string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", text)
	if err != nil {
		panic(err)
	}
	return t
}

// tuesday is a time of 8 January 2030.
func tuesday(clock string) time.Time { return instant("2030-01-08 " + clock) }

func newUser() core.UserID { return core.UserID{UUID: uuid.New()} }

// newAgenda is half hours from nine to eleven every day in UTC, of so many members.
func newAgenda(members int, change func(*scheduling.NewAgenda)) scheduling.NewAgenda {
	n := scheduling.NewAgenda{Name: "Haircut", Rules: slots.Rules{
		Hours: slots.Hours{Timezone: "UTC", Week: slots.EveryDay("09:00-11:00")}, Duration: 30,
	}}
	for range members {
		n.Members = append(n.Members, scheduling.AgendaMember{ID: newUser()})
	}
	if change != nil {
		change(&n)
	}
	return n
}

func (d *diary) agenda(members int, change func(*scheduling.NewAgenda)) scheduling.Agenda {
	a, err := d.Create(d.w.t.Context(), newAgenda(members, change))
	require.NoError(d.w.t, err)
	return a
}

func at(a scheduling.Agenda, clock string) scheduling.NewAppointment {
	return scheduling.NewAppointment{AgendaID: a.ID, StartDate: tuesday(clock)}
}

func (d *diary) booked(n scheduling.NewAppointment) scheduling.Appointment {
	a, err := d.Book(d.w.t.Context(), n)
	require.NoError(d.w.t, err)
	return a
}

// free are the starts of the Tuesday's slots.
func (d *diary) free(a scheduling.Agenda) []string {
	list, err := d.Slots(d.w.t.Context(), a.ID, scheduling.SlotQuery{From: tuesday("00:00"), To: tuesday("00:00").AddDate(0, 0, 1)})
	require.NoError(d.w.t, err)
	return starts(list)
}

func starts(list []slots.Slot) []string {
	texts := make([]string, len(list))
	for i, s := range list {
		texts[i] = s.Start.Format("15:04")
	}
	return texts
}

// nearbySlots are those that a refusal offers.
func nearbySlots(t *testing.T, err error) []slots.Slot {
	var taken *scheduling.Taken
	require.ErrorAs(t, err, &taken)
	return taken.Free
}

// nearby are the starts that a refusal offers.
func nearby(t *testing.T, err error) []string {
	return starts(nearbySlots(t, err))
}

var agendaContracts = []contract{
	{"Agendas/are read back as they were written", func(t *testing.T, w *world) {
		d := w.diary()
		hours := slots.Hours{Timezone: "Europe/Lisbon", Week: slots.Workdays("09:00-12:00")}
		n := newAgenda(2, func(n *scheduling.NewAgenda) {
			n.Name, n.Description, n.Location = " Haircut ", "With\nwash", "Main Street 1"
			n.Members[1].Weight, n.Members[1].Hours = 3, &hours
			n.Rules.Overrides = []slots.Override{{From: slots.Date{Year: 2030, Month: 12, Day: 24}, Spans: slots.Spans("09:00-10:00"), Reason: "Christmas"}}
			n.Rules.Limits = []slots.Limit{{Per: slots.PerDay, Count: 9}}
			n.Reminders = []scheduling.Reminder{{Before: 60, Channel: "email"}}
		})
		made, err := d.Create(t.Context(), n)
		require.NoError(t, err)
		got, err := d.Agendas.Get(t.Context(), made.ID)
		require.NoError(t, err)
		require.Equal(t, made, got)
		require.Equal(t, "Haircut", got.Name)
		require.Equal(t, slots.Minutes(30), got.Rules.Step, "the duration, where none is given")
		require.Equal(t, slots.Minutes(10), got.HoldMinutes)
		require.Equal(t, scheduling.ConfirmPublic, got.Confirmations)
		require.True(t, got.Active)
		require.Equal(t, []string{"agenda.created"}, w.trail(made.ID.UUID))
	}},
	{"Agendas/say all that is wrong with them", func(t *testing.T, w *world) {
		_, err := w.diary().Create(t.Context(), newAgenda(1, func(n *scheduling.NewAgenda) {
			n.Name, n.Slug = " ", "Barber!"
			n.Rules.Timezone, n.Rules.Duration, n.Rules.Step = "Mars/Olympus", 0, -1
			n.Rules.Overrides = []slots.Override{{From: slots.Date{Year: 2030, Month: 1, Day: 2}, Until: slots.Date{Year: 2030, Month: 1, Day: 1}}}
			n.Members = append(n.Members, n.Members[0], scheduling.AgendaMember{Weight: 101, Hours: &slots.Hours{}})
			n.Reminders, n.Confirmations = []scheduling.Reminder{{Channel: "pigeon"}}, "some"
			n.HoldMinutes, n.MoveNotice, n.CancelNotice = -1, -1, -1
		}))
		require.ErrorIs(t, err, core.ErrInvalid)
		require.Equal(t, []string{
			"/name required", "/slug slug", "/rules/timezone timezone", "/rules/overrides/0/until order", "/rules/duration range", "/rules/step range",
			"/members/1/id unique", "/members/2/id required", "/members/2/weight range", "/members/2/hours/timezone timezone",
			"/reminders/0/channel enum", "/confirmations enum", "/holdMinutes range", "/moveNotice range", "/cancelNotice range",
		}, faults(t, err))
	}},
	{"Agendas/have a slug that no other has in any company", func(t *testing.T, w *world) {
		slug := "cut-" + w.company.String()
		named := func(n *scheduling.NewAgenda) { n.Slug = slug }
		a := w.diary().agenda(0, named)
		_, err := w.diaryOf(w.foreign, core.System()).Create(t.Context(), newAgenda(0, named))
		require.ErrorIs(t, err, core.ErrExists)
		require.Equal(t, []string{"/slug unique"}, faults(t, err))
		b := w.diary().agenda(0, nil)
		_, err = w.diary().Agendas.Update(t.Context(), b.ID, func(b *scheduling.Agenda) error { b.Slug = slug; return nil })
		require.ErrorIs(t, err, core.ErrExists)
		w.diary().agenda(0, nil) // many have none
		require.Equal(t, slug, a.Slug)
	}},
	{"Agendas/change as a whole, and keep what nobody may change", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(1, nil)
		got, err := d.Agendas.Update(t.Context(), a.ID, func(n *scheduling.Agenda) error {
			n.Name, n.Active, n.Version, n.ID = "Shave", false, 99, core.ID[scheduling.Agenda]{UUID: uuid.New()}
			n.Members[0].Weight = 7
			return nil
		})
		require.NoError(t, err)
		require.Equal(t, a.ID, got.ID)
		require.Equal(t, int64(2), got.Version)
		require.True(t, got.Active)
		require.Equal(t, 7, got.Members[0].Weight)
		same, err := d.Agendas.Update(t.Context(), a.ID, func(*scheduling.Agenda) error { return nil })
		require.NoError(t, err)
		require.Equal(t, got, same)
		_, err = d.Agendas.Update(t.Context(), a.ID, func(n *scheduling.Agenda) error { n.Rules.Duration = 0; return nil })
		require.ErrorIs(t, err, core.ErrInvalid)
		require.Equal(t, []string{"agenda.created", "agenda.updated"}, w.trail(a.ID.UUID))
	}},
	{"Agendas/can be deactivated, and deleted while nothing was booked", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(1, nil)
		off, err := d.Deactivate(t.Context(), a.ID)
		require.NoError(t, err)
		require.False(t, off.Active)
		require.Empty(t, d.free(a))
		_, err = d.Book(t.Context(), at(a, "09:00"))
		require.ErrorIs(t, err, core.ErrState)
		_, err = d.Activate(t.Context(), a.ID)
		require.NoError(t, err)
		appointment := d.booked(at(a, "09:00"))
		_, err = d.Cancel(t.Context(), appointment.ID, "")
		require.NoError(t, err)
		require.ErrorIs(t, d.Delete(t.Context(), a.ID), core.ErrState)
		unused := d.agenda(1, nil)
		require.NoError(t, d.Delete(t.Context(), unused.ID))
		_, err = d.Agendas.Get(t.Context(), unused.ID)
		require.ErrorIs(t, err, core.ErrNotFound)
		require.Equal(t, []string{"agenda.created", "agenda.deactivated", "agenda.activated"}, w.trail(a.ID.UUID))
	}},
	{"Agendas/are listed by name, of a member, and page by page", func(t *testing.T, w *world) {
		d := w.diary()
		b := d.agenda(1, func(n *scheduling.NewAgenda) { n.Name = "b" })
		a := d.agenda(0, func(n *scheduling.NewAgenda) { n.Name, n.Members = "Á", b.Members })
		c := d.agenda(1, func(n *scheduling.NewAgenda) { n.Name = "C" })
		_, err := d.Deactivate(t.Context(), c.ID)
		require.NoError(t, err)
		list := func(f scheduling.AgendaFilter) (ids []core.ID[scheduling.Agenda]) {
			for p := (core.Page{Limit: 1}); ; {
				l, err := d.Agendas.List(t.Context(), f, p)
				require.NoError(t, err)
				for _, a := range l.Items {
					ids = append(ids, a.ID)
				}
				if p.Cursor = l.Next; p.Cursor == "" {
					return ids
				}
			}
		}
		yes := true
		require.Equal(t, []core.ID[scheduling.Agenda]{a.ID, b.ID, c.ID}, list(scheduling.AgendaFilter{}))
		require.Equal(t, []core.ID[scheduling.Agenda]{a.ID, b.ID}, list(scheduling.AgendaFilter{Active: &yes}))
		require.Equal(t, []core.ID[scheduling.Agenda]{a.ID, b.ID}, list(scheduling.AgendaFilter{Member: b.Members[0].ID}))
	}},
	{"Agendas/are closed on the company's holidays", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(1, nil)
		day := slots.Date{Year: 2030, Month: 1, Day: 8}
		set, err := d.SetHolidays(t.Context(), []scheduling.Holiday{{Day: day.AddDays(5)}, {Day: day, Name: " Feast "}})
		require.NoError(t, err)
		require.Equal(t, []scheduling.Holiday{{Day: day, Name: "Feast"}, {Day: day.AddDays(5)}}, set)
		got, err := d.Holidays(t.Context())
		require.NoError(t, err)
		require.Equal(t, set, got)
		require.Empty(t, d.free(a))
		theirs := w.diaryOf(w.foreign, core.System())
		require.NotEmpty(t, theirs.free(theirs.agenda(1, nil)), "another company has its own")
		_, err = d.SetHolidays(t.Context(), []scheduling.Holiday{{Day: day}, {Day: day}, {}})
		require.Equal(t, []string{"/1/day unique", "/2/day required"}, faults(t, err))
		_, err = d.SetHolidays(t.Context(), nil)
		require.NoError(t, err)
		require.NotEmpty(t, d.free(a))
		require.Equal(t, []string{"holidays.set", "holidays.set"}, w.trail(w.company.UUID))
	}},
	{"Agendas/are seen by those who made them or take their appointments", func(t *testing.T, w *world) {
		maker := own(core.AgendasRead, core.AgendasWrite)
		mine := w.diary().by(maker).agenda(1, nil)
		for _, c := range []struct {
			actor core.Actor
			sees  bool
		}{
			{maker, true},
			{core.Actor{ID: mine.Members[0].ID, OwnRows: true, Permissions: core.AllPermissions()}, true},
			{own(core.AgendasRead), false},
			{person(core.AgendasRead), true},
		} {
			_, err := w.diary().by(c.actor).Agendas.Get(t.Context(), mine.ID)
			require.Equal(t, c.sees, err == nil)
			l, err := w.diary().by(c.actor).Agendas.List(t.Context(), scheduling.AgendaFilter{}, core.Page{})
			require.NoError(t, err)
			require.Equal(t, c.sees, len(l.Items) == 1)
		}
	}},
	{"Agendas/need permissions, and belong to a company", func(t *testing.T, w *world) {
		a := w.diary().agenda(1, nil)
		query := scheduling.SlotQuery{From: tuesday("00:00"), To: tuesday("10:00")}
		calls := map[core.Permission][]func(*diary) error{
			core.AgendasRead: {
				func(d *diary) error { _, err := d.Agendas.Get(t.Context(), a.ID); return err },
				func(d *diary) error { _, err := d.Slots(t.Context(), a.ID, query); return err },
			},
			core.AgendasWrite: {
				func(d *diary) error {
					_, err := d.Agendas.Update(t.Context(), a.ID, func(a *scheduling.Agenda) error { a.Name = "x"; return nil })
					return err
				},
				func(d *diary) error { _, err := d.Deactivate(t.Context(), a.ID); return err },
				func(d *diary) error { _, err := d.Activate(t.Context(), a.ID); return err },
				func(d *diary) error { return d.Delete(t.Context(), a.ID) },
			},
		}
		for p, list := range calls {
			for _, call := range list {
				require.ErrorIs(t, call(w.diary().by(without(p))), core.ErrForbidden)
				require.ErrorIs(t, call(w.diaryOf(w.foreign, core.System())), core.ErrNotFound)
			}
		}
		got, err := w.diary().Agendas.Get(t.Context(), a.ID)
		require.NoError(t, err)
		require.Equal(t, a, got)
		for _, call := range []func(*diary) error{
			func(d *diary) error { _, err := d.Create(t.Context(), newAgenda(0, nil)); return err },
			func(d *diary) error { _, err := d.SetHolidays(t.Context(), nil); return err },
		} {
			require.ErrorIs(t, call(w.diary().by(without(core.AgendasWrite))), core.ErrForbidden)
		}
		for _, call := range []func(*diary) error{
			func(d *diary) error { _, err := d.Holidays(t.Context()); return err },
			func(d *diary) error {
				_, err := d.Agendas.List(t.Context(), scheduling.AgendaFilter{}, core.Page{})
				return err
			},
		} {
			require.ErrorIs(t, call(w.diary().by(without(core.AgendasRead))), core.ErrForbidden)
		}
	}},
	{"Agendas/answer slots of a year at most", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(1, nil)
		for fault, q := range map[string]scheduling.SlotQuery{
			"/from required": {To: tuesday("10:00")},
			"/to required":   {From: tuesday("10:00")},
			"/to order":      {From: tuesday("10:00"), To: tuesday("09:00")},
			"/to range":      {From: tuesday("10:00"), To: tuesday("10:01").AddDate(0, 0, 366)},
		} {
			_, err := d.Slots(t.Context(), a.ID, q)
			require.Equal(t, []string{fault}, faults(t, err))
		}
		list, err := d.Slots(t.Context(), a.ID, scheduling.SlotQuery{From: tuesday("00:00"), To: tuesday("09:30"), Member: newUser()})
		require.NoError(t, err)
		require.Equal(t, []slots.Slot{}, list, "of somebody who takes none")
	}},
}
