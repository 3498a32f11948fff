package server

import (
	"context"
	"net/http"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/scheduling/slots"
)

var exampleAgenda = map[string]any{
	"name": "Haircut", "rules": map[string]any{
		"timezone": "Europe/Lisbon", "week": map[string]any{"tuesday": []any{map[string]any{"from": "09:00", "to": "18:00"}}}, "duration": 30,
	},
	"members": []any{map[string]any{"id": "01890a5d-ac96-774b-bcce-b302099a8057"}},
}

func agendaOperations() []Operation {
	changed := []int{http.StatusConflict, http.StatusPreconditionFailed}
	return []Operation{
		inCompany(Operation{
			Method: http.MethodGet, Path: "/agendas", ID: "listAgendas", Tag: "Agendas",
			Summary: "List agendas", Details: "By their names.", Access: needs(core.AgendasRead),
		}, listAgendas),
		inCompany(Operation{
			Method: http.MethodPost, Path: "/agendas", ID: "createAgenda", Tag: "Agendas",
			Summary: "Make an agenda", Access: needs(core.AgendasWrite), Status: http.StatusCreated,
			Errors: []int{http.StatusConflict}, Required: []string{"name", "rules"}, Example: exampleAgenda,
		}, createAgenda),
		inCompany(Operation{
			Method: http.MethodGet, Path: "/agendas/{id}", ID: "getAgenda", Tag: "Agendas",
			Summary: "Read an agenda", Access: needs(core.AgendasRead),
		}, getAgenda),
		inCompany(Operation{
			Method: http.MethodPatch, Path: "/agendas/{id}", ID: "updateAgenda", Tag: "Agendas",
			Summary: "Change an agenda", Details: "A JSON merge patch: what is absent stays, null clears. Appointments that there are stay as they are.",
			Access: needs(core.AgendasWrite), Errors: changed, Example: map[string]any{"description": "With wash"},
		}, updateAgenda),
		inCompany(Operation{
			Method: http.MethodDelete, Path: "/agendas/{id}", ID: "deleteAgenda", Tag: "Agendas",
			Summary: "Delete an agenda that never had an appointment", Access: needs(core.AgendasWrite), Errors: changed,
		}, deleteAgenda),
		inCompany(Operation{
			Method: http.MethodPost, Path: "/agendas/{id}/activate", ID: "activateAgenda", Tag: "Agendas",
			Summary: "Let an agenda be booked", Access: needs(core.AgendasWrite), Errors: []int{http.StatusConflict},
		}, activateAgenda),
		inCompany(Operation{
			Method: http.MethodPost, Path: "/agendas/{id}/deactivate", ID: "deactivateAgenda", Tag: "Agendas",
			Summary: "Let nothing more be booked", Access: needs(core.AgendasWrite), Errors: []int{http.StatusConflict},
		}, deactivateAgenda),
		inCompany(Operation{
			Method: http.MethodPut, Path: "/agendas/{id}/hours", ID: "setAgendaHours", Tag: "Agendas",
			Summary: "Replace an agenda's hours", Details: "Its overrides are among them.",
			Access: needs(core.AgendasWrite), Errors: changed, Required: []string{"timezone"}, Example: map[string]any{"timezone": "Europe/Lisbon", "week": map[string]any{"tuesday": []any{map[string]any{"from": "09:00", "to": "18:00"}}}},
		}, setHours),
		inCompany(Operation{
			Method: http.MethodPut, Path: "/agendas/{id}/overrides", ID: "setAgendaOverrides", Tag: "Agendas",
			Summary: "Replace the days on which an agenda's hours are others", Access: needs(core.AgendasWrite), Errors: changed,
			Example: []any{map[string]any{"from": "2030-12-24", "until": "2030-12-26", "reason": "Christmas"}},
		}, setOverrides),
		inCompany(Operation{
			Method: http.MethodPut, Path: "/agendas/{id}/members", ID: "setAgendaMembers", Tag: "Agendas",
			Summary: "Replace those who take an agenda's appointments", Access: needs(core.AgendasWrite), Errors: changed,
			Example: exampleAgenda["members"],
		}, setMembers),
		inCompany(Operation{
			Method: http.MethodGet, Path: "/agendas/{id}/slots", ID: "listSlots", Tag: "Agendas",
			Summary: "List the slots that can be booked", Details: "Those that begin from from on and before to, which are at most 366 days apart; without them, in the 30 days from now on. What is listed can be booked as long as nobody else does.",
			Access: needs(core.AgendasRead),
		}, listSlots),
		inCompany(Operation{
			Method: http.MethodGet, Path: "/holidays", ID: "listHolidays", Tag: "Agendas",
			Summary: "List the days on which all agendas are closed", Access: needs(core.AgendasRead),
		}, listHolidays),
		inCompany(Operation{
			Method: http.MethodPut, Path: "/holidays", ID: "setHolidays", Tag: "Agendas",
			Summary: "Replace the days on which all agendas are closed", Access: needs(core.AgendasWrite),
			Example: []any{map[string]any{"day": "2030-12-25", "name": "Christmas"}},
		}, setHolidays),
	}
}

type agendaQuery struct {
	Paged
	Member core.UserID    `query:"member"`
	Active optional[bool] `query:"active"`
}

func listAgendas(ctx context.Context, ws *clientele.Workspace, in *agendaQuery) (*pageOf[scheduling.Agenda], error) {
	return list(ws.Agendas.List(ctx, scheduling.AgendaFilter{Member: in.Member, Active: in.Active.pointer()}, in.page()))
}

type newAgenda struct{ Body scheduling.NewAgenda }

func createAgenda(ctx context.Context, ws *clientele.Workspace, in *newAgenda) (*resource[scheduling.Agenda], error) {
	a, err := ws.Agendas.Create(ctx, in.Body)
	return one(a, a.Version, err)
}

// AgendaID is an agenda as paths name it.
type AgendaID struct {
	ID core.ID[scheduling.Agenda] `path:"id"`
}

func getAgenda(ctx context.Context, ws *clientele.Workspace, in *AgendaID) (*resource[scheduling.Agenda], error) {
	a, err := ws.Agendas.Get(ctx, in.ID)
	return one(a, a.Version, err)
}

// editAgenda changes the version that the caller has seen.
func editAgenda(ctx context.Context, ws *clientele.Workspace, id AgendaID, seen IfMatch, edit func(*scheduling.NewAgenda) error) (*resource[scheduling.Agenda], error) {
	a, err := ws.Agendas.Update(ctx, id.ID, func(a *scheduling.Agenda) error {
		if err := seen.matches(a.Version, *a); err != nil {
			return err
		}
		return edit(&a.NewAgenda)
	})
	return one(a, a.Version, err)
}

type agendaChange struct {
	AgendaID
	IfMatch
	Body Patch[scheduling.NewAgenda]
}

func updateAgenda(ctx context.Context, ws *clientele.Workspace, in *agendaChange) (*resource[scheduling.Agenda], error) {
	return editAgenda(ctx, ws, in.AgendaID, in.IfMatch, in.Body.apply)
}

type agendaDeletion struct {
	AgendaID
	IfMatch
}

func deleteAgenda(ctx context.Context, ws *clientele.Workspace, in *agendaDeletion) (*nothing, error) {
	return done(in.guard(ctx, ws, func(ws *clientele.Workspace) (int64, any, error) {
		a, err := ws.Agendas.Get(ctx, in.ID)
		return a.Version, a, err
	}, func(ws *clientele.Workspace) error { return ws.Agendas.Delete(ctx, in.ID) }))
}

func activateAgenda(ctx context.Context, ws *clientele.Workspace, in *AgendaID) (*resource[scheduling.Agenda], error) {
	a, err := ws.Agendas.Activate(ctx, in.ID)
	return one(a, a.Version, err)
}

func deactivateAgenda(ctx context.Context, ws *clientele.Workspace, in *AgendaID) (*resource[scheduling.Agenda], error) {
	a, err := ws.Agendas.Deactivate(ctx, in.ID)
	return one(a, a.Version, err)
}

type hoursChange struct {
	AgendaID
	IfMatch
	Body slots.Hours
}

func setHours(ctx context.Context, ws *clientele.Workspace, in *hoursChange) (*resource[scheduling.Agenda], error) {
	return editAgenda(ctx, ws, in.AgendaID, in.IfMatch, func(a *scheduling.NewAgenda) error {
		a.Rules.Hours = in.Body
		return nil
	})
}

type overridesChange struct {
	AgendaID
	IfMatch
	Body []slots.Override
}

func setOverrides(ctx context.Context, ws *clientele.Workspace, in *overridesChange) (*resource[scheduling.Agenda], error) {
	return editAgenda(ctx, ws, in.AgendaID, in.IfMatch, func(a *scheduling.NewAgenda) error {
		a.Rules.Overrides = in.Body
		return nil
	})
}

type membersChange struct {
	AgendaID
	IfMatch
	Body []scheduling.AgendaMember
}

func setMembers(ctx context.Context, ws *clientele.Workspace, in *membersChange) (*resource[scheduling.Agenda], error) {
	return editAgenda(ctx, ws, in.AgendaID, in.IfMatch, func(a *scheduling.NewAgenda) error {
		a.Members = in.Body
		return nil
	})
}

type slotQuery struct {
	AgendaID
	Between
	Timezone  string      `query:"timezone" default:"UTC" doc:"In which the times are written: a name of the IANA database. It has no other effect."`
	Member    core.UserID `query:"member" doc:"Only what this member has free."`
	PartySize int         `query:"partySize" minimum:"1" default:"1" doc:"How many seats are wanted."`
}

// SlotList is what of an agenda is free.
type SlotList struct {
	Timezone string       `json:"timezone"` // of the agenda
	Items    []slots.Slot `json:"items"`
}

func listSlots(ctx context.Context, ws *clientele.Workspace, in *slotQuery) (*answered[SlotList], error) {
	viewer, err := slots.Zone(in.Timezone)
	if err != nil {
		return nil, core.Faults{{Field: "/timezone", Rule: "timezone", Message: "is not a time zone of the IANA database"}}.Err()
	}
	a, err := ws.Agendas.Get(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	from, to := in.orMonth()
	free, err := ws.Agendas.Slots(ctx, in.ID, scheduling.SlotQuery{From: from, To: to, Member: in.Member, PartySize: in.PartySize})
	for i := range free {
		free[i].Start, free[i].End = free[i].Start.In(viewer), free[i].End.In(viewer)
	}
	return bare(SlotList{a.Rules.Timezone, free}, err)
}

// HolidayList is all of a company's holidays.
type HolidayList struct {
	Items []scheduling.Holiday `json:"items"`
}

func listHolidays(ctx context.Context, ws *clientele.Workspace, _ *struct{}) (*answered[HolidayList], error) {
	days, err := ws.Agendas.Holidays(ctx)
	return bare(HolidayList{days}, err)
}

type holidaysChange struct{ Body []scheduling.Holiday }

func setHolidays(ctx context.Context, ws *clientele.Workspace, in *holidaysChange) (*answered[HolidayList], error) {
	days, err := ws.Agendas.SetHolidays(ctx, in.Body)
	return bare(HolidayList{days}, err)
}
