package server

import (
	"context"
	"net/http"
	"time"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/scheduling"
)

const ofSlots = "409 with what is free nearby if somebody else has the slot; 422 with the same if the time is none that the agenda can be booked at."

func appointmentOperations() []Operation {
	conflict := []int{http.StatusConflict}
	ops := []Operation{
		inCompany(Operation{
			Method: http.MethodGet, Path: "/appointments", ID: "listAppointments", Tag: "Appointments",
			Summary: "List appointments", Details: "By their start.", Access: needs(core.AppointmentsRead),
		}, listAppointments),
		inCompany(Operation{
			Method: http.MethodGet, Path: "/agendas/{id}/appointments", ID: "listAgendaAppointments", Tag: "Appointments",
			Summary: "List an agenda's appointments", Details: "By their start.", Access: needs(core.AppointmentsRead),
		}, listAgendaAppointments),
		inCompany(Operation{
			Method: http.MethodGet, Path: "/agendas/{id}/out-of-hours", ID: "listOutOfHours", Tag: "Appointments",
			Summary: "List the appointments to come at times when the agenda is no longer open, or of members who have left it or the company",
			Details: "Those that begin from from on and before to, each with the reasons; without from and to, in the 30 days from now on.",
			Access:  needs(core.AppointmentsRead),
		}, listOutOfHours),
		inCompany(Operation{
			Method: http.MethodPost, Path: "/appointments", ID: "bookAppointment", Tag: "Appointments",
			Summary: "Book a slot", Details: ofSlots, Access: needs(core.AppointmentsWrite), Status: http.StatusCreated, Errors: conflict,
			Required: []string{"agendaId", "startDate"},
			Example:  map[string]any{"agendaId": "01890a5d-ac96-774b-bcce-b302099a8057", "startDate": "2030-01-08T09:00:00Z", "title": "Haircut"},
		}, bookAppointment),
		inCompany(Operation{
			Method: http.MethodPost, Path: "/agendas/{id}/holds", ID: "holdSlot", Tag: "Appointments",
			Summary: "Hold a slot for a few minutes", Details: ofSlots, Access: needs(core.AppointmentsWrite), Status: http.StatusCreated, Errors: conflict,
			Required: []string{"startDate"}, Example: map[string]any{"startDate": "2030-01-08T09:00:00Z"},
		}, holdSlot),
		inCompany(Operation{
			Method: http.MethodGet, Path: "/appointments/{id}", ID: "getAppointment", Tag: "Appointments",
			Summary: "Read an appointment", Access: needs(core.AppointmentsRead),
		}, getAppointment),
		inCompany(Operation{
			Method: http.MethodPatch, Path: "/appointments/{id}", ID: "updateAppointment", Tag: "Appointments",
			Summary: "Change an appointment's details", Details: "A JSON merge patch: what is absent stays, null clears.",
			Access: needs(core.AppointmentsWrite), Errors: []int{http.StatusConflict, http.StatusPreconditionFailed},
			Example: map[string]any{"description": "Short, please"},
		}, updateAppointment),
		inCompany(Operation{
			Method: http.MethodPut, Path: "/appointments/{id}/date", ID: "moveAppointment", Tag: "Appointments",
			Summary: "Move an appointment to another slot", Details: ofSlots, Access: needs(core.AppointmentsWrite), Errors: append([]int{http.StatusPreconditionFailed}, conflict...),
			Required: []string{"startDate"}, Example: map[string]any{"startDate": "2030-01-08T09:30:00Z"},
		}, moveAppointment),
		inCompany(Operation{
			Method: http.MethodPost, Path: "/appointments/{id}/members", ID: "addAppointmentMember", Tag: "Appointments",
			Summary: "Put somebody into an appointment", Access: needs(core.AppointmentsWrite), Errors: conflict,
			Required: []string{"memberId"}, Example: map[string]any{"memberId": "01890a5d-ac96-774b-bcce-b302099a8057"},
		}, addAppointmentMember),
		inCompany(Operation{
			Method: http.MethodDelete, Path: "/appointments/{id}/members/{memberId}", ID: "removeAppointmentMember", Tag: "Appointments",
			Summary: "Take somebody out of an appointment", Access: needs(core.AppointmentsWrite), Errors: append([]int{http.StatusPreconditionFailed}, conflict...), Status: http.StatusOK,
		}, removeAppointmentMember),
		inCompany(Operation{
			Method: http.MethodPost, Path: "/appointments/{id}/take", ID: "takeHold", Tag: "Appointments",
			Summary: "Book what is held", Details: "With the details. A hold that is over is 409.", Access: needs(core.AppointmentsWrite), Errors: conflict,
			Example: map[string]any{"title": "Haircut"},
		}, takeHold),
		inCompany(Operation{
			Method: http.MethodPost, Path: "/appointments/{id}/cancel", ID: "cancelAppointment", Tag: "Appointments",
			Summary: "Cancel an appointment", Access: needs(core.AppointmentsWrite), Errors: conflict, Example: map[string]any{"reason": "Ill"},
		}, cancelAppointment),
	}
	for _, t := range []transition{
		{"confirm", "confirmAppointment", "Schedule a pending appointment", (*scheduling.Appointments).Confirm},
		{"reject", "rejectAppointment", "Refuse a pending appointment", (*scheduling.Appointments).Reject},
		{"complete", "completeAppointment", "Say that an appointment took place", (*scheduling.Appointments).Complete},
		{"no-show", "missAppointment", "Say that the client did not come", (*scheduling.Appointments).NoShow},
	} {
		ops = append(ops, t.operation())
	}
	return ops
}

// transition is an operation that brings an appointment into another state.
type transition struct {
	path, id, summary string
	call              func(*scheduling.Appointments, context.Context, core.ID[scheduling.Appointment]) (scheduling.Appointment, error)
}

func (t transition) operation() Operation {
	return inCompany(Operation{
		Method: http.MethodPost, Path: "/appointments/{id}/" + t.path, ID: t.id, Tag: "Appointments",
		Summary: t.summary, Access: needs(core.AppointmentsWrite), Errors: []int{http.StatusConflict},
	}, func(ctx context.Context, ws *clientele.Workspace, in *AppointmentID) (*resource[scheduling.Appointment], error) {
		a, err := t.call(&ws.Appointments, ctx, in.ID)
		return one(a, a.Version, err)
	})
}

// Between is a half-open range of time: embed it in the input.
type Between struct {
	From time.Time `query:"from"`
	To   time.Time `query:"to"`
}

// orMonth is the range, from now on and for 30 days where it is open.
func (b Between) orMonth() (from, to time.Time) {
	if from = b.From; from.IsZero() {
		from = time.Now()
	}
	if to = b.To; to.IsZero() {
		to = from.AddDate(0, 0, 30)
	}
	return from, to
}

type appointmentQuery struct {
	Paged
	Between
	Agenda core.ID[scheduling.Agenda] `query:"agenda"`
	Client core.ID[scheduling.Client] `query:"client"`
	Series core.ID[scheduling.Series] `query:"series"`
	Member core.UserID                `query:"member"`
	Status scheduling.Status          `query:"status"`
	Sort   scheduling.AppointmentSort `query:"sort" enum:"startDate,-startDate" default:"startDate"`
}

func listAppointments(ctx context.Context, ws *clientele.Workspace, in *appointmentQuery) (*pageOf[scheduling.Appointment], error) {
	return list(ws.Appointments.List(ctx, scheduling.AppointmentFilter{
		Agenda: in.Agenda, Client: in.Client, Series: in.Series, Member: in.Member, Status: in.Status, From: in.From, Before: in.To, Sort: in.Sort,
	}, in.page()))
}

type agendaAppointmentQuery struct {
	AgendaID
	Paged
	Between
}

func listAgendaAppointments(ctx context.Context, ws *clientele.Workspace, in *agendaAppointmentQuery) (*pageOf[scheduling.Appointment], error) {
	if _, err := ws.Agendas.Get(ctx, in.ID); err != nil {
		return nil, err
	}
	return list(ws.Appointments.List(ctx, scheduling.AppointmentFilter{Agenda: in.ID, From: in.From, Before: in.To}, in.page()))
}

type outOfHoursQuery struct {
	AgendaID
	Between
}

// OutOfHoursList is the appointments that an agenda would not take any more.
type OutOfHoursList struct {
	Items []scheduling.OutOfHours `json:"items"`
}

func listOutOfHours(ctx context.Context, ws *clientele.Workspace, in *outOfHoursQuery) (*answered[OutOfHoursList], error) {
	from, to := in.orMonth()
	found, err := ws.Appointments.OutOfHours(ctx, in.ID, from, to)
	return bare(OutOfHoursList{found}, err)
}

type newAppointment struct{ Body scheduling.NewAppointment }

func bookAppointment(ctx context.Context, ws *clientele.Workspace, in *newAppointment) (*resource[scheduling.Appointment], error) {
	a, err := ws.Appointments.Book(ctx, in.Body)
	return one(a, a.Version, err)
}

// NewHold is a slot to hold.
type NewHold struct {
	StartDate time.Time   `json:"startDate"`         // as it is listed
	PartySize int         `json:"partySize"`         // the seats that are wanted; 0 is one
	MemberID  core.UserID `json:"memberId,omitzero"` // the member who is wanted; absent: any
}

type newHold struct {
	AgendaID
	Body NewHold
}

func holdSlot(ctx context.Context, ws *clientele.Workspace, in *newHold) (*resource[scheduling.Appointment], error) {
	a, err := ws.Appointments.Hold(ctx, scheduling.NewAppointment{
		AgendaID: in.ID, StartDate: in.Body.StartDate, PartySize: in.Body.PartySize, MemberID: in.Body.MemberID,
	})
	return one(a, a.Version, err)
}

// AppointmentID is an appointment as paths name it.
type AppointmentID struct {
	ID core.ID[scheduling.Appointment] `path:"id"`
}

func getAppointment(ctx context.Context, ws *clientele.Workspace, in *AppointmentID) (*resource[scheduling.Appointment], error) {
	a, err := ws.Appointments.Get(ctx, in.ID)
	return one(a, a.Version, err)
}

type appointmentChange struct {
	AppointmentID
	IfMatch
	Body Patch[scheduling.Details]
}

func updateAppointment(ctx context.Context, ws *clientele.Workspace, in *appointmentChange) (*resource[scheduling.Appointment], error) {
	a, err := ws.Appointments.Update(ctx, in.ID, func(a *scheduling.Appointment) error {
		if err := in.matches(a.Version, *a); err != nil {
			return err
		}
		return in.Body.apply(&a.Details)
	})
	return one(a, a.Version, err)
}

type appointmentDate struct {
	AppointmentID
	IfMatch
	Body struct {
		StartDate time.Time `json:"startDate"`
	}
}

func moveAppointment(ctx context.Context, ws *clientele.Workspace, in *appointmentDate) (*resource[scheduling.Appointment], error) {
	return in.changed(ctx, ws, in.ID, func(ws *clientele.Workspace) (scheduling.Appointment, error) {
		return ws.Appointments.Move(ctx, in.ID, in.Body.StartDate)
	})
}

// changed changes an appointment if it is as the condition says, in one transaction.
func (m IfMatch) changed(ctx context.Context, ws *clientele.Workspace, id core.ID[scheduling.Appointment],
	change func(*clientele.Workspace) (scheduling.Appointment, error),
) (*resource[scheduling.Appointment], error) {
	var a scheduling.Appointment
	err := m.guard(ctx, ws, func(ws *clientele.Workspace) (int64, any, error) {
		now, err := ws.Appointments.Get(ctx, id)
		return now.Version, now, err
	}, func(ws *clientele.Workspace) (err error) {
		a, err = change(ws)
		return err
	})
	return one(a, a.Version, err)
}

type newAppointmentMember struct {
	AppointmentID
	Body struct {
		MemberID core.UserID `json:"memberId"`
	}
}

func addAppointmentMember(ctx context.Context, ws *clientele.Workspace, in *newAppointmentMember) (*resource[scheduling.Appointment], error) {
	a, err := ws.Appointments.AddMember(ctx, in.ID, in.Body.MemberID)
	return one(a, a.Version, err)
}

type appointmentMember struct {
	AppointmentID
	IfMatch
	Member core.UserID `path:"memberId"`
}

func removeAppointmentMember(ctx context.Context, ws *clientele.Workspace, in *appointmentMember) (*resource[scheduling.Appointment], error) {
	return in.changed(ctx, ws, in.ID, func(ws *clientele.Workspace) (scheduling.Appointment, error) {
		return ws.Appointments.RemoveMember(ctx, in.ID, in.Member)
	})
}

type holdTaken struct {
	AppointmentID
	Body scheduling.Details
}

func takeHold(ctx context.Context, ws *clientele.Workspace, in *holdTaken) (*resource[scheduling.Appointment], error) {
	a, err := ws.Appointments.Take(ctx, in.ID, in.Body)
	return one(a, a.Version, err)
}

type cancellation struct {
	AppointmentID
	Body struct {
		Reason string `json:"reason"`
	}
}

func cancelAppointment(ctx context.Context, ws *clientele.Workspace, in *cancellation) (*resource[scheduling.Appointment], error) {
	a, err := ws.Appointments.Cancel(ctx, in.ID, in.Body.Reason)
	return one(a, a.Version, err)
}
