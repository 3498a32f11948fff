package clientele

import (
	"context"

	"github.com/clientele-crm/clientele/assessment"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/scheduling"
)

// timelineSources are what the packages other than crm know of contacts.
func timelineSources(forms core.Work[assessment.Tx], times core.Work[scheduling.Tx]) []crm.TimelineSource {
	return []crm.TimelineSource{
		appointmentSource{scheduling.NewAppointments(times)},
		responseSource{assessment.NewAssessmentResponses(forms), "assessment"},
		responseSource{assessment.NewQuestionnaireResponses(forms), "questionnaire"},
	}
}

type appointmentSource struct{ appointments *scheduling.Appointments }

func (s appointmentSource) Timeline(ctx context.Context, contact core.ID[crm.Contact], p crm.TimelinePage) (core.List[crm.TimelineEntry], error) {
	f := scheduling.AppointmentFilter{Client: core.ID[scheduling.Client](contact), Sort: scheduling.ByStartDesc}
	l, err := s.appointments.List(ctx, f, p.Page(string(scheduling.ByStartDesc)))
	return crm.TimelineOf(l, err, func(a *scheduling.Appointment) crm.TimelineEntry {
		return crm.TimelineEntry{
			Kind: "appointment", ID: a.ID.UUID, At: a.StartDate, ByID: a.CreatedByID, Title: a.Title, State: string(a.Status),
			Of: &core.Ref{Kind: "agenda", ID: a.AgendaID.UUID},
		}
	})
}

type responseSource struct {
	responses *assessment.Responses
	form      string
}

func (s responseSource) Timeline(ctx context.Context, contact core.ID[crm.Contact], p crm.TimelinePage) (core.List[crm.TimelineEntry], error) {
	l, err := s.responses.List(ctx, assessment.ResponseFilter{Contact: assessment.ContactID(contact)}, p.Page("-createdAt"))
	if err != nil {
		return crm.TimelineOf[assessment.Response](l, err, nil)
	}
	titles, err := s.responses.Titles(ctx, l.Items)
	return crm.TimelineOf(l, err, func(r *assessment.Response) crm.TimelineEntry {
		return crm.TimelineEntry{
			Kind: s.form + "_response", ID: r.ID.UUID, At: r.CreatedAt, ByID: r.CreatedByID, Title: titles[r.FormID], State: string(r.Status),
			Of: &core.Ref{Kind: s.form, ID: r.FormID.UUID},
		}
	})
}
