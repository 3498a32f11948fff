package storetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/identity"
	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/scheduling/slots"
)

// absence is a way to be out of a company, and the one back.
type absence struct {
	name      string
	out, back func(o *office, u identity.User, m identity.Member) error
}

var absences = []absence{
	{"deactivated as a member", func(o *office, _ identity.User, m identity.Member) error {
		_, err := o.ws().Members.Deactivate(o.t.Context(), m.ID)
		return err
	}, func(o *office, _ identity.User, m identity.Member) error {
		_, err := o.ws().Members.Activate(o.t.Context(), m.ID)
		return err
	}},
	{"left", func(o *office, u identity.User, _ identity.Member) error {
		return o.user(u).Members.Leave(o.t.Context())
	}, func(o *office, u identity.User, m identity.Member) error {
		_, err := o.ws().Members.Create(o.t.Context(), identity.NewMember{UserID: u.ID, RoleID: m.RoleID})
		return err
	}},
	{"deactivated as a user", func(o *office, u identity.User, _ identity.Member) error {
		setActive(o.accounts(), u, false)
		return nil
	}, func(o *office, u identity.User, _ identity.Member) error {
		setActive(o.accounts(), u, true)
		return nil
	}},
	{"deleted", func(o *office, u identity.User, _ identity.Member) error {
		return o.accounts().users().Delete(o.t.Context(), u.ID)
	}, nil},
}

// staffed is an agenda of an office with two members, of whom the first is to go.
type staffed struct {
	*office
	*clientele.Workspace
	ada, grace identity.User
	member     identity.Member // ada
}

func (w *world) newStaffed() *staffed {
	s := &staffed{office: w.newOffice(identity.NewCompany{})}
	s.Workspace = s.ws()
	s.ada, s.member = s.hire("Ada", s.roles[identity.InternalStaff].ID)
	s.grace, _ = s.hire("Grace", s.roles[identity.InternalStaff].ID)
	return s
}

func (s *staffed) agenda(how slots.Assignment) scheduling.Agenda {
	a, err := s.Agendas.Create(s.t.Context(), newAgenda(0, func(n *scheduling.NewAgenda) {
		n.Members = []scheduling.AgendaMember{{ID: s.ada.ID}, {ID: s.grace.ID}}
		n.Rules.Assignment = how
	}))
	require.NoError(s.t, err)
	return a
}

func (s *staffed) free(a scheduling.Agenda, member core.UserID) []string {
	list, err := s.Agendas.Slots(s.t.Context(), a.ID, scheduling.SlotQuery{From: tuesday("00:00"), To: tuesday("23:00"), Member: member})
	require.NoError(s.t, err)
	return starts(list)
}

func (s *staffed) outOfHours(a scheduling.Agenda) []scheduling.OutOfHours {
	list, err := s.Appointments.OutOfHours(s.t.Context(), a.ID, tuesday("00:00"), tuesday("23:00"))
	require.NoError(s.t, err)
	return list
}

var presenceContracts = []contract{
	{"Appointments/of who is out of the company stay and are told, and nobody is booked with them until they are back", func(t *testing.T, w *world) {
		for _, way := range absences {
			s := w.newStaffed()
			a, both := s.agenda(slots.RoundRobin), s.agenda(slots.Collective)
			with := func(clock string, id core.UserID) scheduling.NewAppointment {
				n := at(a, clock)
				n.MemberID = id
				return n
			}
			hers, err := s.Appointments.Book(t.Context(), with("09:00", s.ada.ID))
			require.NoError(t, err)
			held, err := s.Appointments.Hold(t.Context(), with("10:00", s.ada.ID))
			require.NoError(t, err)
			_, err = s.Appointments.Book(t.Context(), with("09:30", s.grace.ID))
			require.NoError(t, err)
			require.Equal(t, []string{"09:00", "09:30", "10:00", "10:30"}, s.free(a, core.UserID{}))
			require.Empty(t, s.outOfHours(a))

			require.NoError(t, way.out(s.office, s.ada, s.member), way.name)
			require.Equal(t, []string{"09:00", "10:00", "10:30"}, s.free(a, core.UserID{}), way.name)
			require.Empty(t, s.free(a, s.ada.ID), way.name)
			require.Empty(t, s.free(both, core.UserID{}), "without her they are not all: %s", way.name)
			_, err = s.Appointments.Book(t.Context(), with("10:30", s.ada.ID))
			require.Equal(t, []string{"/memberId exists"}, faults(t, err), way.name)
			_, err = s.Appointments.Book(t.Context(), at(both, "10:30"))
			require.ErrorIs(t, err, core.ErrInvalid, way.name)
			_, err = s.Appointments.Take(t.Context(), held.ID, scheduling.Details{})
			require.ErrorIs(t, err, core.ErrInvalid, way.name)
			require.Equal(t, []string{"10:00", "10:30", "09:00"}, nearby(t, err)[:3], way.name)
			next, err := s.Appointments.Book(t.Context(), at(a, "10:30"))
			require.NoError(t, err)
			require.Equal(t, []core.UserID{s.grace.ID}, next.Members, "the round robin passes over her: %s", way.name)
			_, err = s.Appointments.AddMember(t.Context(), next.ID, s.ada.ID)
			require.Equal(t, []string{"/memberId exists"}, faults(t, err), way.name)

			got, err := s.Appointments.Get(t.Context(), hers.ID)
			require.NoError(t, err)
			require.Equal(t, hers, got, way.name)
			gone := []scheduling.Closed{{Reason: scheduling.MemberGone, MemberID: s.ada.ID}}
			out := s.outOfHours(a)
			require.Len(t, out, 2, way.name)
			require.Equal(t, scheduling.OutOfHours{Appointment: hers, Reasons: gone}, out[0], way.name)
			if way.back == nil {
				continue
			}
			require.NoError(t, way.back(s.office, s.ada, s.member), way.name)
			require.Empty(t, s.outOfHours(a), way.name)
			require.Contains(t, s.free(a, s.ada.ID), "10:30", way.name)
			_, err = s.Appointments.Book(t.Context(), with("10:30", s.ada.ID))
			require.NoError(t, err, way.name)
		}
	}},
	{"Appointments/of who is out of the company are moved to others", func(t *testing.T, w *world) {
		s := w.newStaffed()
		a := s.agenda(slots.AnyMember)
		made, err := s.Appointments.Book(t.Context(), at(a, "09:00"))
		require.NoError(t, err)
		require.Equal(t, []core.UserID{s.ada.ID}, made.Members)
		together, err := s.Appointments.Book(t.Context(), at(a, "10:00"))
		require.NoError(t, err)
		together, err = s.Appointments.AddMember(t.Context(), together.ID, s.grace.ID)
		require.NoError(t, err)
		require.NoError(t, s.user(s.ada).Members.Leave(t.Context()))
		for id, clock := range map[core.ID[scheduling.Appointment]]string{made.ID: "09:30", together.ID: "10:30"} {
			moved, err := s.Appointments.Move(t.Context(), id, tuesday(clock))
			require.NoError(t, err)
			require.Equal(t, []core.UserID{s.grace.ID}, moved.Members)
		}
		require.Empty(t, s.outOfHours(a))
	}},
	{"Agendas/and appointments are of people in the company, where it has any", func(t *testing.T, w *world) {
		s := w.newStaffed()
		stranger, theirs := newUser(), w.newStaffed().ada.ID
		named := func(ids ...core.UserID) func(*scheduling.NewAgenda) {
			return func(n *scheduling.NewAgenda) {
				for _, id := range ids {
					n.Members = append(n.Members, scheduling.AgendaMember{ID: id})
				}
			}
		}
		_, err := s.Agendas.Create(t.Context(), newAgenda(0, named(s.ada.ID, stranger, theirs)))
		require.Equal(t, []string{"/members/1/id exists", "/members/2/id exists"}, faults(t, err))
		a, err := s.Agendas.Create(t.Context(), newAgenda(0, named(s.ada.ID)))
		require.NoError(t, err)
		edit := func(id core.UserID) error {
			_, err := s.Agendas.Update(t.Context(), a.ID, func(a *scheduling.Agenda) error { named(id)(&a.NewAgenda); return nil })
			return err
		}
		require.Equal(t, []string{"/members/1/id exists"}, faults(t, edit(stranger)))
		require.NoError(t, s.user(s.ada).Members.Leave(t.Context()))
		require.NoError(t, edit(s.grace.ID), "who was there before is not judged again")
		made, err := s.Appointments.Book(t.Context(), at(a, "09:00"))
		require.NoError(t, err)
		for _, id := range []core.UserID{stranger, theirs, s.ada.ID} {
			_, err = s.Appointments.AddMember(t.Context(), made.ID, id)
			require.Equal(t, []string{"/memberId exists"}, faults(t, err))
		}
		added, err := s.Appointments.AddMember(t.Context(), made.ID, s.admin.ID)
		require.NoError(t, err)
		require.Equal(t, []core.UserID{s.grace.ID, s.admin.ID}, added.Members)
		require.Equal(t, []scheduling.Closed{{Reason: scheduling.MemberOutside, MemberID: s.admin.ID}}, s.outOfHours(a)[0].Reasons)

		embedder := w.ws() // with users of its own
		_, err = embedder.Agendas.Create(t.Context(), newAgenda(0, named(stranger)))
		require.NoError(t, err)
	}},
}
