package storetest

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/identity"
	"github.com/clientele-crm/clientele/scheduling"
)

// feed is what a feed has: its appointments, and how many of each series.
func (d *diary) feed(f scheduling.NewFeed) (ids []core.ID[scheduling.Appointment], series map[core.ID[scheduling.Series]]int) {
	series = map[core.ID[scheduling.Series]]int{}
	for item, err := range d.Feed(d.w.t.Context(), f, *d.now) {
		require.NoError(d.w.t, err)
		if item.Of != nil {
			series[item.Series.ID] = len(item.Of)
		} else {
			ids = append(ids, item.Appointment.ID)
		}
	}
	return ids, series
}

var feedContracts = []contract{
	{"Feeds/are opened by their token, across companies, until it is rotated or revoked", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(1, nil)
		made, token, err := d.feeds.Create(t.Context(), scheduling.NewFeed{AgendaID: a.ID})
		require.NoError(t, err)
		got, err := d.feeds.Get(t.Context(), made.ID)
		require.NoError(t, err)
		require.Equal(t, made, got)
		ws, found, err := w.app.Feed(t.Context(), token)
		require.NoError(t, err)
		require.Equal(t, made, found)
		require.Equal(t, w.company, ws.Scope().Company)
		require.ErrorIs(t, ws.Scope().Actor.Require(core.ContactsRead), core.ErrForbidden)
		rotated, next, err := d.feeds.Rotate(t.Context(), made.ID)
		require.NoError(t, err)
		require.Equal(t, int64(2), rotated.Version)
		_, _, err = w.app.Feed(t.Context(), token)
		require.ErrorIs(t, err, core.ErrNotFound)
		_, found, err = w.app.Feed(t.Context(), next)
		require.NoError(t, err)
		require.Equal(t, rotated, found)
		require.NoError(t, d.feeds.Revoke(t.Context(), made.ID))
		for _, gone := range []string{next, "", "x"} {
			_, _, err = w.app.Feed(t.Context(), gone)
			require.ErrorIs(t, err, core.ErrNotFound)
		}
		require.Equal(t, []string{"feed.created", "feed.rotated", "feed.revoked"}, w.trail(made.ID.UUID))
		_, _, err = d.feeds.Create(t.Context(), scheduling.NewFeed{})
		require.Equal(t, []string{"/agendaId required"}, faults(t, err))
		_, _, err = d.feeds.Create(t.Context(), scheduling.NewFeed{AgendaID: core.ID[scheduling.Agenda]{UUID: uuid.New()}})
		require.ErrorIs(t, err, core.ErrNotFound)
	}},
	{"Feeds/have what takes time in their range, and series as a whole", func(t *testing.T, w *world) {
		d := w.diary()
		a, b := d.agenda(2, nil), d.agenda(0, nil)
		*d.now = instant("2029-11-01 00:00")
		past := d.booked(scheduling.NewAppointment{AgendaID: a.ID, StartDate: instant("2029-11-05 09:00")})
		*d.now = instant("2030-01-07 12:00")
		first, second := at(a, "09:00"), at(a, "09:00")
		first.MemberID, second.MemberID = a.Members[0].ID, a.Members[1].ID
		mine, theirs, cancelled := d.booked(first), d.booked(second), d.booked(at(a, "10:00"))
		_, err := d.Cancel(t.Context(), cancelled.ID, "")
		require.NoError(t, err)
		_, err = d.Hold(t.Context(), at(a, "10:30"))
		require.NoError(t, err)
		n := weekly(a, "FREQ=YEARLY;COUNT=3")
		n.StartDate, n.MemberID = tuesday("09:30"), a.Members[0].ID
		yearly := d.series(n)
		_, err = d.AddMember(t.Context(), yearly.Appointments[1].ID, a.Members[1].ID)
		require.NoError(t, err)

		ids, series := d.feed(scheduling.NewFeed{AgendaID: a.ID})
		require.ElementsMatch(t, []core.ID[scheduling.Appointment]{mine.ID, theirs.ID}, ids, "not %s, which is long past", past.ID)
		require.Equal(t, map[core.ID[scheduling.Series]]int{yearly.Series.ID: 3}, series)
		ids, series = d.feed(scheduling.NewFeed{MemberID: a.Members[1].ID})
		require.Equal(t, []core.ID[scheduling.Appointment]{theirs.ID}, ids)
		require.Empty(t, series, "what they have of it is beyond the range")
		ids, series = d.feed(scheduling.NewFeed{MemberID: a.Members[0].ID, AgendaID: b.ID})
		require.Empty(t, ids)
		require.Empty(t, series)
		*d.now = d.now.AddDate(1, 0, 0)
		_, series = d.feed(scheduling.NewFeed{MemberID: a.Members[1].ID})
		require.Equal(t, map[core.ID[scheduling.Series]]int{yearly.Series.ID: 1}, series)
	}},
	{"Feeds/of a member end when they leave or are deactivated", func(t *testing.T, w *world) {
		o := w.newOffice(identity.NewCompany{})
		for name, leave := range map[string]func(identity.User, identity.Member) error{
			"deactivated": func(_ identity.User, m identity.Member) error {
				_, err := o.ws().Members.Deactivate(t.Context(), m.ID)
				return err
			},
			"left": func(u identity.User, _ identity.Member) error { return o.user(u).Members.Leave(t.Context()) },
		} {
			u, m := o.hire("Ada", o.roles[identity.InternalStaff].ID)
			other, _ := o.hire("Grace", o.roles[identity.InternalStaff].ID)
			made, token, err := o.user(u).Feeds.Create(t.Context(), scheduling.NewFeed{MemberID: u.ID})
			require.NoError(t, err)
			_, stays, err := o.user(other).Feeds.Create(t.Context(), scheduling.NewFeed{MemberID: other.ID})
			require.NoError(t, err)
			require.NoError(t, leave(u, m), name)
			_, _, err = w.app.Feed(t.Context(), token)
			require.ErrorIs(t, err, core.ErrNotFound, name)
			_, _, err = w.app.Feed(t.Context(), stays)
			require.NoError(t, err, "somebody else's")
			require.Equal(t, []string{"feed.created", "feed.revoked"}, o.audited(identity.AuditFilter{SubjectID: made.ID.UUID}))
		}
	}},
	{"Feeds/have another state with each change", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(1, nil)
		feed := scheduling.NewFeed{AgendaID: a.ID}
		seen := map[scheduling.State]bool{}
		changed := func(what string) {
			state, err := d.FeedState(t.Context(), feed, *d.now)
			require.NoError(t, err)
			require.False(t, seen[state], what)
			seen[state] = true
			*d.now = d.now.Add(time.Second)
		}
		changed("nothing")
		made := d.booked(at(a, "09:00"))
		changed("booked")
		_, err := d.Move(t.Context(), made.ID, tuesday("10:00"))
		require.NoError(t, err)
		changed("moved")
		_, err = d.Cancel(t.Context(), made.ID, "")
		require.NoError(t, err)
		changed("cancelled")
		n := weekly(a, "FREQ=YEARLY;COUNT=3")
		r := d.series(n)
		changed("series booked")
		_, err = d.CancelSeries(t.Context(), r.Series.ID, r.Appointments[2].ID, "")
		require.NoError(t, err)
		changed("series ended, beyond the range")
		state, err := d.FeedState(t.Context(), feed, *d.now)
		require.NoError(t, err)
		require.True(t, seen[state], "nothing has changed")
	}},
	{"Feeds/are made by who may share what they have", func(t *testing.T, w *world) {
		d := w.diary()
		a := d.agenda(1, nil)
		agendas, theirs := scheduling.NewFeed{AgendaID: a.ID}, scheduling.NewFeed{MemberID: a.Members[0].ID}
		reader, writer := person(core.AppointmentsRead), person(core.AppointmentsRead, core.AgendasWrite)
		member := core.Actor{ID: a.Members[0].ID, OwnRows: true, Permissions: core.AllPermissions()}
		for _, c := range []struct {
			actor core.Actor
			feed  scheduling.NewFeed
			may   bool
		}{
			{writer, agendas, true}, {writer, theirs, true}, {member, theirs, true}, {reader, scheduling.NewFeed{MemberID: reader.ID}, true},
			{reader, agendas, false}, {reader, theirs, false}, {member, agendas, false}, {without(core.AppointmentsRead), theirs, false},
		} {
			_, _, err := d.by(c.actor).feeds.Create(t.Context(), c.feed)
			require.Equal(t, c.may, err == nil, "%v", err)
			if !c.may {
				require.ErrorIs(t, err, core.ErrForbidden)
			}
		}
		l, err := d.feeds.List(t.Context(), scheduling.FeedFilter{}, core.Page{})
		require.NoError(t, err)
		require.Len(t, l.Items, 4)
		l, err = d.feeds.List(t.Context(), scheduling.FeedFilter{Agenda: a.ID}, core.Page{})
		require.NoError(t, err)
		require.Len(t, l.Items, 1)
		agendas.MemberID = a.Members[0].ID
		l, err = d.by(member).feeds.List(t.Context(), scheduling.FeedFilter{Member: member.ID}, core.Page{})
		require.NoError(t, err)
		require.Len(t, l.Items, 2, "who made them does not matter")

		made, _, err := d.feeds.Create(t.Context(), scheduling.NewFeed{AgendaID: a.ID})
		require.NoError(t, err)
		for actor, want := range map[*core.Actor]error{&reader: core.ErrForbidden, &member: core.ErrNotFound} {
			_, _, err = d.by(*actor).feeds.Rotate(t.Context(), made.ID)
			require.ErrorIs(t, err, want)
			require.ErrorIs(t, d.by(*actor).feeds.Revoke(t.Context(), made.ID), want)
		}
		foreign := w.diaryOf(w.foreign, core.System())
		_, err = foreign.feeds.Get(t.Context(), made.ID)
		require.ErrorIs(t, err, core.ErrNotFound)
		_, _, err = foreign.feeds.Rotate(t.Context(), made.ID)
		require.ErrorIs(t, err, core.ErrNotFound)
		require.ErrorIs(t, foreign.feeds.Revoke(t.Context(), made.ID), core.ErrNotFound)
		for _, err := range d.by(without(core.AppointmentsRead)).Feed(t.Context(), agendas, *d.now) {
			require.ErrorIs(t, err, core.ErrForbidden)
		}
		_, err = d.by(without(core.AppointmentsRead)).FeedState(t.Context(), agendas, *d.now)
		require.ErrorIs(t, err, core.ErrForbidden)
		require.NoError(t, d.Delete(t.Context(), a.ID), "its feeds go with it")
	}},
}
