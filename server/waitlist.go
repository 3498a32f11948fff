package server

import (
	"context"
	"net/http"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/scheduling"
)

func waitlistOperations() []Operation {
	return []Operation{
		inCompany(Operation{
			Method: http.MethodGet, Path: "/agendas/{id}/waitlist", ID: "listWaitlist", Tag: "Waitlist",
			Summary: "List those who wait for a time to become free", Details: "The first in line first.", Access: needs(core.AppointmentsRead),
		}, listWaitlist),
		inCompany(Operation{
			Method: http.MethodPost, Path: "/agendas/{id}/waitlist", ID: "joinWaitlist", Tag: "Waitlist",
			Summary: "Put a client on the waitlist", Details: "A time that becomes free is held for the first in line, who is told by mail; if they do not take it in time, it is for the next.",
			Access: needs(core.AppointmentsWrite), Status: http.StatusCreated, Errors: []int{http.StatusConflict},
			Required: []string{"clientId", "fromDate", "untilDate"},
			Example:  map[string]any{"clientId": "01890a5d-ac96-774b-bcce-b302099a8057", "fromDate": "2030-01-08T00:00:00Z", "untilDate": "2030-01-09T00:00:00Z"},
		}, joinWaitlist),
		inCompany(Operation{
			Method: http.MethodGet, Path: "/agendas/{id}/waitlist/{entryId}", ID: "getWaitlistEntry", Tag: "Waitlist",
			Summary: "Read an entry of the waitlist", Access: needs(core.AppointmentsRead),
		}, getWaitlistEntry),
		inCompany(Operation{
			Method: http.MethodDelete, Path: "/agendas/{id}/waitlist/{entryId}", ID: "leaveWaitlist", Tag: "Waitlist",
			Summary: "Take a client off the waitlist", Details: "What is held for them is free again. The entry stays, as one that has left.",
			Access: needs(core.AppointmentsWrite), Errors: []int{http.StatusConflict, http.StatusPreconditionFailed},
		}, leaveWaitlist),
		inCompany(Operation{
			Method: http.MethodGet, Path: "/appointments/{id}/reminders", ID: "listReminders", Tag: "Appointments",
			Summary: "List the reminders of an appointment", Details: "By when they are due.", Access: needs(core.AppointmentsRead),
		}, listReminders),
		inCompany(Operation{
			Method: http.MethodGet, Path: "/appointments/{id}/links", ID: "getClientLinks", Tag: "Appointments",
			Summary: "Read the links by which the client moves or cancels an appointment", Details: "Whoever has them can. Of one that is cancelled or has begun there are none: 409.",
			Access: needs(core.AppointmentsWrite), Errors: []int{http.StatusConflict},
		}, getClientLinks),
	}
}

type waitlistQuery struct {
	AgendaID
	Paged
	State scheduling.WaitlistState `query:"state" enum:"waiting,offered,booked,lapsed,left,expired"`
}

func listWaitlist(ctx context.Context, ws *clientele.Workspace, in *waitlistQuery) (*pageOf[scheduling.WaitlistEntry], error) {
	if _, err := ws.Agendas.Get(ctx, in.ID); err != nil {
		return nil, err
	}
	return list(ws.Waitlist.List(ctx, scheduling.WaitlistFilter{Agenda: in.ID, State: in.State}, in.page()))
}

type newWaitlistEntry struct {
	AgendaID
	Body scheduling.NewWaitlistEntry
}

func joinWaitlist(ctx context.Context, ws *clientele.Workspace, in *newWaitlistEntry) (*resource[scheduling.WaitlistEntry], error) {
	e, err := ws.Waitlist.Join(ctx, in.ID, in.Body)
	return one(e, e.Version, err)
}

// EntryID is an entry of a waitlist as paths name it.
type EntryID struct {
	AgendaID
	Entry core.ID[scheduling.WaitlistEntry] `path:"entryId"`
}

// read is the entry, if it is of the agenda.
func (id EntryID) read(ctx context.Context, ws *clientele.Workspace) (scheduling.WaitlistEntry, error) {
	e, err := ws.Waitlist.Get(ctx, id.Entry)
	if err == nil && e.AgendaID != id.ID {
		err = core.NotFound("waitlist_entry")
	}
	return e, err
}

func getWaitlistEntry(ctx context.Context, ws *clientele.Workspace, in *EntryID) (*resource[scheduling.WaitlistEntry], error) {
	e, err := in.read(ctx, ws)
	return one(e, e.Version, err)
}

type waitlistDeparture struct {
	EntryID
	IfMatch
}

func leaveWaitlist(ctx context.Context, ws *clientele.Workspace, in *waitlistDeparture) (*nothing, error) {
	return done(ws.Atomic(ctx, func(ws *clientele.Workspace) error {
		e, err := in.read(ctx, ws)
		if err != nil {
			return err
		}
		if err := in.matches(e.Version, e); err != nil {
			return err
		}
		_, err = ws.Waitlist.Leave(ctx, e.ID)
		return err
	}))
}

// ReminderList is all reminders of an appointment.
type ReminderList struct {
	Items []scheduling.PlannedReminder `json:"items"`
}

func listReminders(ctx context.Context, ws *clientele.Workspace, in *AppointmentID) (*answered[ReminderList], error) {
	list, err := ws.Appointments.Reminders(ctx, in.ID)
	return bare(ReminderList{list}, err)
}

func getClientLinks(ctx context.Context, ws *clientele.Workspace, in *AppointmentID) (*answered[clientele.ClientLinks], error) {
	return bare(ws.ClientLinks(ctx, in.ID))
}
