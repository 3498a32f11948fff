package clientele_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/internal/pgtest"
	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/scheduling/slots"
	"github.com/clientele-crm/clientele/store/bunstore"
	"github.com/clientele-crm/clientele/store/postgres"
	"github.com/clientele-crm/clientele/store/sqlite"
)

// onOld runs a test with a database of before a migration in SQLite, and with one in Postgres.
func onOld(t *testing.T, migration string, test func(*testing.T, *bunstore.DB, *old)) {
	t.Parallel()
	lite, err := sqlite.Memory(t.Context())
	require.NoError(t, err)
	pg, err := postgres.Open(t.Context(), pgtest.Empty(t))
	require.NoError(t, err)
	for name, c := range map[string]struct {
		db      *bunstore.DB
		dialect bunstore.Dialect
	}{"sqlite": {lite, sqlite.Dialect()}, "postgres": {pg, postgres.Dialect()}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			t.Cleanup(func() { require.NoError(t, c.db.Close()) })
			pool, _ := c.db.Pools()
			require.NoError(t, bunstore.New(before(t, c.dialect, migration), pool, pool).Migrate(t.Context()))
			o := &old{t: t, pool: pool, company: uuid.New()}
			o.insert("id_companies", "id, name, slug, contact_policy, created_at, updated_at", o.company, "Ours", "ours", "[]", oldTime, oldTime)
			test(t, c.db, o)
		})
	}
}

// agenda is half hours all day, of one member, as it was stored before 0065.
func (o *old) agenda(member uuid.UUID) uuid.UUID {
	id := uuid.New()
	o.insert("sched_agendas", `company_id, id, name, name_key, slug, description, location, rules, members, approval, hold_minutes, move_notice, cancel_notice,
		reminders, active, version, created_at, updated_at`, o.company, id, "Haircut", "haircut", "", "", "",
		`{"timezone": "UTC", "week": {"tuesday": [{"from": "00:00", "to": "24:00"}]}, "duration": 30, "step": 30, "capacity": 1}`,
		`[{"id": "`+member.String()+`", "weight": 1}]`, false, 10, 0, 0, "[]", true, 1, oldTime, oldTime)
	o.insert("sched_agenda_members", "company_id, agenda_id, member_id", o.company, id, member)
	return id
}

// appointment is one as it was stored before 0065, which takes its time or gave it back.
func (o *old) appointment(agenda, member uuid.UUID, start, end, status string) core.ID[scheduling.Appointment] {
	id := uuid.New()
	o.insert("sched_appointments", `company_id, id, agenda_id, title, description, location, url, timezone, source, google_event_id, party_size, start_date, end_date,
		status, cancel_reason, members, assigned_by, buffer_before, buffer_after, buffers, uid, sequence, version, created_at, updated_at`,
		o.company, id, agenda, "Cut", "", "", "", "UTC", "", "", 1, start, end, status, "", `["`+member.String()+`"]`, "only_free", 0, 0, "", id.String(), 0, 1, oldTime, oldTime)
	o.insert("sched_seats", `company_id, appointment_id, member_id, seat, agenda_id, session_id, start_date, end_date, buffer_before, buffer_after, buffers,
		held_from, held_until, live, created_at`,
		o.company, id, member, 0, agenda, uuid.New(), start, end, 0, 0, "", start, end, status == "scheduled", oldTime)
	return core.ID[scheduling.Appointment]{UUID: id}
}

// Times before 0065 were instants alone: those of old appointments take time to the microsecond, whatever
// the digits of their seconds.
func TestAppointmentsThatAreOlderThanTheirNumbersTakeTheirTime(t *testing.T) {
	onOld(t, "0065", func(t *testing.T, db *bunstore.DB, o *old) {
		member := uuid.New()
		agenda := o.agenda(member)
		type span struct{ start, end string }
		var taken []span
		for _, s := range []span{
			{"2030-01-08 09:00:00+00:00", "2030-01-08 09:30:00+00:00"},
			{"2030-01-08 10:00:00.1+00:00", "2030-01-08 10:30:00.000001+00:00"},
			{"2030-01-08 11:00:00.1005+00:00", "2030-01-08 11:29:59.99999+00:00"},
			{"2030-01-08 12:00:00.00003+00:00", "2030-01-08 12:30:00.123456+00:00"},
			{"1969-12-30 23:00:00.5+00:00", "1969-12-30 23:30:00.25+00:00"}, // below zero
		} {
			o.appointment(agenda, member, s.start, s.end, "scheduled")
			taken = append(taken, s)
		}
		cancelled := o.appointment(agenda, member, "2030-01-08 14:00:00+00:00", "2030-01-08 14:30:00+00:00", "cancelled")

		require.NoError(t, db.Migrate(t.Context()))

		rows, err := o.pool.QueryContext(t.Context(), "SELECT busy_from, busy_until FROM sched_seats WHERE live ORDER BY busy_from")
		require.NoError(t, err)
		defer rows.Close()
		var got, want [][2]int64
		for rows.Next() {
			var n [2]int64
			require.NoError(t, rows.Scan(&n[0], &n[1]))
			got = append(got, n)
		}
		require.NoError(t, rows.Err())
		for _, s := range taken {
			want = append(want, [2]int64{micros(t, s.start), micros(t, s.end)})
		}
		require.ElementsMatch(t, want, got)

		ws := clientele.New(db).Workspace(core.Scope{Company: core.CompanyID{UUID: o.company}, Actor: core.System()})
		day := time.Date(2030, 1, 8, 0, 0, 0, 0, time.UTC)
		of := core.ID[scheduling.Agenda]{UUID: agenda}
		list, err := ws.Agendas.Slots(t.Context(), of, scheduling.SlotQuery{From: day.Add(9 * time.Hour), To: day.Add(15 * time.Hour)})
		require.NoError(t, err)
		require.Equal(t, []string{"09:30", "11:30", "13:00", "13:30", "14:00", "14:30"}, clocks(list), "what overlaps by a microsecond is taken")
		book := func(clock time.Duration) error {
			_, err := ws.Appointments.Book(t.Context(), scheduling.NewAppointment{AgendaID: of, StartDate: day.Add(clock)})
			return err
		}
		require.ErrorIs(t, book(10*time.Hour+30*time.Minute), core.ErrConflict)
		require.NoError(t, book(14*time.Hour), "where %s was", cancelled)
	})
}

func micros(t *testing.T, text string) int64 {
	at, err := time.Parse("2006-01-02 15:04:05.999999999-07:00", text)
	require.NoError(t, err)
	return at.UnixMicro()
}

func clocks(list []slots.Slot) (texts []string) {
	for _, s := range list {
		texts = append(texts, s.Start.Format("15:04"))
	}
	return texts
}

// The waitlist was made anew by 0086, of which SQLite copies every row.
func TestWhoWaitedBeforeWaitingCouldEndWaitsStill(t *testing.T) {
	onOld(t, "0086", func(t *testing.T, db *bunstore.DB, o *old) {
		member := uuid.New()
		agenda := o.agenda(member)
		held := o.appointment(agenda, member, "2030-01-08 09:00:00+00:00", "2030-01-08 09:30:00+00:00", "scheduled")
		wait := func(state, from, until string, appointment, offered any) core.ID[scheduling.WaitlistEntry] {
			id := uuid.New()
			o.insert("sched_waitlist", `company_id, id, agenda_id, client_id, from_date, until_date, party_size, timezone, state, appointment_id, offered_until, version, created_at, updated_at`,
				o.company, id, agenda, uuid.New(), from, until, 2, "Europe/Lisbon", state, appointment, offered, 3, oldTime, oldTime)
			return core.ID[scheduling.WaitlistEntry]{UUID: id}
		}
		const from, until = "2030-01-08 09:00:00+00:00", "2030-01-08 10:00:00.000001+00:00"
		entries := map[scheduling.WaitlistState]core.ID[scheduling.WaitlistEntry]{
			"offered": wait("offered", from, until, held.UUID, "2030-01-07 12:00:00.5+00:00"),
			"booked":  wait("booked", from, until, held.UUID, nil),
			"waiting": wait("waiting", from, until, nil, nil),
			"lapsed":  wait("lapsed", from, until, nil, nil),
			"left":    wait("left", from, until, nil, nil),
		}
		past := wait("waiting", "2020-01-08 09:00:00+00:00", "2020-01-08 10:00:00+00:00", nil, nil)

		require.NoError(t, db.Migrate(t.Context()))

		ws := clientele.New(db).Workspace(core.Scope{Company: core.CompanyID{UUID: o.company}, Actor: core.System()})
		for state, id := range entries {
			e, err := ws.Waitlist.Get(t.Context(), id)
			require.NoError(t, err, state)
			require.Equal(t, state, e.State)
			require.Equal(t, []any{2, "Europe/Lisbon", int64(3), micros(t, from), micros(t, until), micros(t, oldTime)},
				[]any{e.PartySize, e.Timezone, e.Version, e.FromDate.UnixMicro(), e.UntilDate.UnixMicro(), e.CreatedAt.UnixMicro()}, state)
			require.Equal(t, state == "offered" || state == "booked", e.AppointmentID == held, state)
			require.Equal(t, state == "offered", e.OfferedUntil != nil, state)
		}
		n, err := ws.Waitlist.Expire(t.Context())
		require.NoError(t, err)
		require.Equal(t, 1, n)
		e, err := ws.Waitlist.Get(t.Context(), past)
		require.NoError(t, err)
		require.Equal(t, scheduling.WaitlistState("expired"), e.State)
	})
}
