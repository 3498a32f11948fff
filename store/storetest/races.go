package storetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/scheduling/slots"
)

// raceContracts are what no number of clients may break.
var raceContracts = []contract{
	{"Appointments/never collide when 200 clients race for 20 slots", func(t *testing.T, w *world) {
		d := w.diary()
		whole := func(n *scheduling.NewAgenda) { n.Rules.Week = slots.EveryDay("09:00-14:00") }
		a := d.agenda(2, whole) // two members with ten slots each
		other := d.agenda(0, func(n *scheduling.NewAgenda) { whole(n); n.Members = a.Members })
		movers := make([]scheduling.Appointment, 20) // of the next day
		for i := range movers {
			n := at(a, "09:00")
			n.StartDate = n.StartDate.AddDate(0, 0, 1).Add(time.Duration(i/2) * 30 * time.Minute)
			movers[i] = d.booked(n)
		}
		var mu sync.Mutex
		won := map[core.ID[scheduling.Appointment]]bool{}
		rush(t, 200, func(i int) {
			n := at([]scheduling.Agenda{a, other}[i%2], "09:00")
			n.StartDate = n.StartDate.Add(time.Duration(i/2%10) * 30 * time.Minute)
			made, err := d.want(n, i, movers)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				won[made] = true
				return
			}
			var taken *scheduling.Taken
			var conflicts *scheduling.Conflicts
			if !errors.Is(err, core.ErrConflict) || !errors.As(err, &taken) && !errors.As(err, &conflicts) {
				t.Errorf("client %d: %v", i, err)
			}
		})
		require.Len(t, won, 20)
		moved := 0
		for _, m := range movers {
			if won[m.ID] {
				moved++
			}
		}
		w.apart(d, 20+len(movers)-moved)
	}},
	{"Appointments/never collide while they are moved, cancelled and changed", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(2, nil)
		var made []scheduling.Appointment
		for _, clock := range []string{"09:00", "09:00", "09:30", "09:30", "10:00", "10:00"} {
			made = append(made, d.booked(at(a, clock)))
		}
		rush(t, 60, func(i int) {
			id, clock := made[i%len(made)].ID, fmt.Sprintf("%02d:%02d", 9+i%2, i/2%2*30)
			var err error
			switch i % 4 {
			case 0, 1:
				_, err = d.Move(t.Context(), id, tuesday(clock))
			case 2:
				_, err = d.Book(t.Context(), at(a, clock))
			case 3:
				_, err = d.RemoveMember(t.Context(), id, a.Members[i%2].ID)
			}
			if err != nil && !errors.Is(err, core.ErrConflict) && !errors.Is(err, core.ErrState) && !errors.Is(err, core.ErrNotFound) {
				t.Errorf("client %d: %v", i, err)
			}
		})
		w.apart(d, -1)
	}},
	{"Appointments/are refused by the database itself where they collide", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(1, func(n *scheduling.NewAgenda) { n.Rules.Before, n.Rules.After, n.Rules.Capacity = 10, 5, 2 })
		first := d.booked(at(a, "09:00"))
		bare := w.backend.Session(core.Scope{Company: w.company, Actor: core.System()}).Scheduling()
		insert := func(seat int, change func(*scheduling.Appointment)) error {
			forced := first
			forced.ID = core.NewID[scheduling.Appointment](core.Env{})
			change(&forced)
			return bare.Atomic(t.Context(), func(tx scheduling.Tx) error {
				return tx.Store.InsertAppointments(t.Context(), scheduling.Seated{Appointment: forced, Seats: []int{seat}})
			})
		}
		moved := func(minutes time.Duration) func(*scheduling.Appointment) {
			return func(a *scheduling.Appointment) {
				a.StartDate, a.EndDate = a.StartDate.Add(minutes*time.Minute), a.EndDate.Add(minutes*time.Minute)
			}
		}
		require.ErrorIs(t, insert(0, moved(0)), core.ErrExists, "the seat is taken")
		require.NoError(t, insert(1, moved(0)), "another seat of the session")
		require.ErrorIs(t, insert(1, moved(44)), core.ErrExists, "within the buffers")
		require.ErrorIs(t, insert(1, moved(-44)), core.ErrExists)
		require.NoError(t, insert(0, moved(45)))
		require.NoError(t, insert(0, func(a *scheduling.Appointment) { a.Members = []core.UserID{newUser()} }))
	}},
	{"Holidays/that two set at once are those of one", func(t *testing.T, w *world) {
		day := func(text string) []scheduling.Holiday {
			d, err := slots.ParseDate(text)
			require.NoError(t, err)
			return []scheduling.Holiday{{Day: d, Name: "Day"}}
		}
		for range rounds {
			_, err := w.ws().Agendas.SetHolidays(t.Context(), day("2030-01-01"))
			require.NoError(t, err)
			set := func(days []scheduling.Holiday) func() error {
				return func() error { _, err := w.ws().Agendas.SetHolidays(t.Context(), days); return err }
			}
			errs := race(set(day("2030-05-01")), set(day("2030-12-25")))
			require.NoError(t, errors.Join(errs[:]...))
			days, err := w.ws().Agendas.Holidays(t.Context())
			require.NoError(t, err)
			require.Len(t, days, 1)
		}
	}},
	{"Appointments/never take more seats than there are", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(1, func(n *scheduling.NewAgenda) { n.Rules.Capacity = 7 })
		var mu sync.Mutex
		seats := 0
		rush(t, 40, func(i int) {
			n := at(a, "09:00")
			n.PartySize = 1 + i%2
			_, err := d.Book(t.Context(), n)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				seats += n.PartySize
			} else if !errors.Is(err, core.ErrConflict) {
				t.Errorf("client %d: %v", i, err)
			}
		})
		require.Equal(t, 7, seats)
	}},
}

// want is what the client of a number does to have a slot: move an appointment, book a series, hold or
// book it.
func (d *diary) want(n scheduling.NewAppointment, client int, movers []scheduling.Appointment) (id core.ID[scheduling.Appointment], err error) {
	ctx := d.w.t.Context()
	var a scheduling.Appointment
	switch kind := client / 20; {
	case kind == 0:
		a, err = d.Move(ctx, movers[client].ID, n.StartDate)
	case kind == 1:
		var made scheduling.SeriesResult
		made, err = d.BookSeries(ctx, scheduling.NewSeries{AgendaID: n.AgendaID, SeriesPlan: scheduling.SeriesPlan{StartDate: n.StartDate, Rule: "FREQ=DAILY;COUNT=1"}})
		if err == nil {
			a = made.Appointments[0]
		}
	case kind < 5:
		a, err = d.Hold(ctx, n)
	default:
		a, err = d.Book(ctx, n)
	}
	return a.ID, err
}

// rush calls fn from n goroutines that begin at once.
func rush(t *testing.T, n int, fn func(i int)) {
	var ready, done sync.WaitGroup
	ready.Add(1)
	for i := range n {
		done.Go(func() {
			ready.Wait()
			fn(i)
		})
	}
	ready.Done()
	done.Wait()
	if t.Failed() {
		t.FailNow()
	}
}

// apart checks that no two live appointments of a member overlap, and how many there are.
func (w *world) apart(d *diary, count int) {
	type span struct{ from, until time.Time }
	taken := map[core.UserID][]span{}
	n := 0
	for a, err := range d.Appointments.All(w.t.Context(), scheduling.AppointmentFilter{}) {
		require.NoError(w.t, err)
		if !a.TakesTime() {
			continue
		}
		n++
		for _, m := range a.Members {
			for _, other := range taken[m] {
				require.False(w.t, a.StartDate.Before(other.until) && other.from.Before(a.EndDate), "%s at %s", m, a.StartDate)
			}
			taken[m] = append(taken[m], span{a.StartDate, a.EndDate})
		}
	}
	if count >= 0 {
		require.Equal(w.t, count, n)
	}
}
