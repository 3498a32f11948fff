package server

import (
	"context"
	"net/http"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/scheduling"
)

const ofSeries = "409 with the conflicts, and what is free near them, if some of the times cannot be booked."

func seriesOperations() []Operation {
	return []Operation{
		inCompany(Operation{
			Method: http.MethodPost, Path: "/appointments/series", ID: "bookSeries", Tag: "Appointments",
			Summary: "Book a series", Details: "A slot for each time of a rule, at the same time on the agenda's clocks: all or nothing, unless conflicts says otherwise. " + ofSeries,
			Access: needs(core.AppointmentsWrite), Errors: []int{http.StatusConflict}, Status: http.StatusOK,
			Required: []string{"agendaId", "startDate", "rule"},
			Example: map[string]any{
				"agendaId": "01890a5d-ac96-774b-bcce-b302099a8057", "startDate": "2030-01-08T09:00:00Z", "rule": "FREQ=WEEKLY;COUNT=10", "conflicts": "ask",
			},
		}, bookSeries),
		inCompany(Operation{
			Method: http.MethodGet, Path: "/series/{id}", ID: "getSeries", Tag: "Appointments",
			Summary: "Read a series", Details: "Its appointments are those that /appointments?series= lists.", Access: needs(core.AppointmentsRead),
		}, getSeries),
		inCompany(Operation{
			Method: http.MethodPatch, Path: "/series/{id}", ID: "updateSeries", Tag: "Appointments",
			Summary: "Change a series",
			Details: "A JSON merge patch for all appointments that are to come or, with from, that one and those after it: then the series is split, and the new one is answered. " +
				"One appointment alone is changed as any other. " + ofSeries,
			Access: needs(core.AppointmentsWrite), Errors: []int{http.StatusConflict, http.StatusPreconditionFailed},
			Example: map[string]any{"startDate": "2030-01-08T09:30:00Z"},
		}, updateSeries),
		inCompany(Operation{
			Method: http.MethodPost, Path: "/series/{id}/cancel", ID: "cancelSeries", Tag: "Appointments",
			Summary: "Cancel a series", Details: "All appointments that are to come or, with from, that one and those after it.",
			Access: needs(core.AppointmentsWrite), Errors: []int{http.StatusConflict}, Status: http.StatusOK, Example: map[string]any{"reason": "Away"},
		}, cancelSeries),
	}
}

// seriesChanged answers what became of a series.
func seriesChanged(r scheduling.SeriesResult, err error) (*resource[scheduling.SeriesResult], error) {
	return one(r, r.Series.Version, err)
}

type newSeries struct{ Body scheduling.NewSeries }

func bookSeries(ctx context.Context, ws *clientele.Workspace, in *newSeries) (*resource[scheduling.SeriesResult], error) {
	return seriesChanged(ws.Appointments.BookSeries(ctx, in.Body))
}

// SeriesID is a series as paths name it.
type SeriesID struct {
	ID core.ID[scheduling.Series] `path:"id"`
}

func getSeries(ctx context.Context, ws *clientele.Workspace, in *SeriesID) (*resource[scheduling.Series], error) {
	s, err := ws.Appointments.Series(ctx, in.ID)
	return one(s, s.Version, err)
}

type seriesChange struct {
	SeriesID
	IfMatch
	From      core.ID[scheduling.Appointment] `query:"from" doc:"The first appointment that changes; without it, all that are to come do."`
	Conflicts scheduling.ConflictPolicy       `query:"conflicts" enum:"ask" doc:"Change nothing, and answer what would be."`
	Body      Patch[scheduling.SeriesPlan]
}

func updateSeries(ctx context.Context, ws *clientele.Workspace, in *seriesChange) (*resource[scheduling.SeriesResult], error) {
	var r scheduling.SeriesResult
	err := in.guard(ctx, ws, func(ws *clientele.Workspace) (int64, any, error) {
		s, err := ws.Appointments.Series(ctx, in.ID)
		return s.Version, s, err
	}, func(ws *clientele.Workspace) (err error) {
		r, err = ws.Appointments.UpdateSeries(ctx, in.ID, scheduling.SeriesChange{
			From: in.From, Conflicts: in.Conflicts, Edit: func(s *scheduling.Series) error { return in.Body.apply(&s.SeriesPlan) },
		})
		return err
	})
	return seriesChanged(r, err)
}

type seriesCancellation struct {
	SeriesID
	Body struct {
		From   core.ID[scheduling.Appointment] `json:"from,omitzero"` // the first that is cancelled; absent: all that are to come
		Reason string                          `json:"reason"`        // up to 200 characters
	}
}

func cancelSeries(ctx context.Context, ws *clientele.Workspace, in *seriesCancellation) (*resource[scheduling.SeriesResult], error) {
	return seriesChanged(ws.Appointments.CancelSeries(ctx, in.ID, in.Body.From, in.Body.Reason))
}
