package store

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"github.com/clientele-crm/clientele/assessment"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/store/assessmentstore"
	"github.com/clientele-crm/clientele/store/bunstore"
	"github.com/clientele-crm/clientele/store/crmstore"
	"github.com/clientele-crm/clientele/store/schedulingstore"
)

func (s session) Relations() []crm.Relation {
	return []crm.Relation{
		crmstore.Relation(s.Session, "appointments", schedulingstore.AppointmentClients),
		crmstore.Relation(s.Session, "appointment_series", schedulingstore.SeriesClients),
		waitlist{crmstore.Relation(s.Session, "waitlist", schedulingstore.WaitlistClients), s.Session},
		crmstore.Relation(s.Session, "attempts", assessmentstore.AttemptContacts),
		responses{s.Session},
	}
}

// responses are those of contacts. A contact's responses to a form are numbered: those of the loser
// go on after those of the survivor, and get their numbers back.
type responses struct{ session *bunstore.Session }

// Name implements [crm.Relation].
func (responses) Name() string { return "responses" }

// Repoint implements [crm.Relation].
func (r responses) Repoint(ctx context.Context, from, to core.ID[crm.Contact]) ([]crm.MovedRow, error) {
	given, err := assessmentstore.GiveResponses(ctx, r.session, assessment.ContactID(from), assessment.ContactID(to))
	moved := make([]crm.MovedRow, len(given))
	for i, g := range given {
		moved[i] = crm.MovedRow{ID: g.ID, Was: encoded(g.Ordinal)}
	}
	return moved, err
}

// PutBack implements [crm.Relation].
func (r responses) PutBack(ctx context.Context, from, to core.ID[crm.Contact], moved []crm.MovedRow) ([]uuid.UUID, error) {
	given := make([]assessmentstore.Numbered, len(moved))
	for i, row := range moved {
		given[i].ID = row.ID
		if err := json.Unmarshal(row.Was, &given[i].Ordinal); err != nil {
			return nil, err
		}
	}
	return assessmentstore.ReturnResponses(ctx, r.session, assessment.ContactID(from), assessment.ContactID(to), given)
}

// waitlist is the places of contacts on waitlists. Nobody waits twice for the same time: where both
// do, the loser's place is left.
type waitlist struct {
	crm.Relation
	session *bunstore.Session
}

// Repoint implements [crm.Relation].
func (w waitlist) Repoint(ctx context.Context, from, to core.ID[crm.Contact]) ([]crm.MovedRow, error) {
	twice, err := schedulingstore.OpenTwice(ctx, w.session, core.ID[scheduling.Client](from), core.ID[scheduling.Client](to))
	if err != nil {
		return nil, err
	}
	for id, state := range twice {
		if err := schedulingstore.SetPlace(ctx, w.session, id, state, scheduling.LeftLine); err != nil {
			return nil, err
		}
	}
	moved, err := w.Relation.Repoint(ctx, from, to)
	for i := range moved {
		if state, has := twice[moved[i].ID]; has {
			moved[i].Was = encoded(state)
		}
	}
	return moved, err
}

// PutBack implements [crm.Relation].
func (w waitlist) PutBack(ctx context.Context, from, to core.ID[crm.Contact], moved []crm.MovedRow) ([]uuid.UUID, error) {
	stayed, err := w.Relation.PutBack(ctx, from, to, moved)
	if err != nil {
		return nil, err
	}
	for _, row := range moved {
		if row.Was == nil {
			continue
		}
		var state scheduling.WaitlistState
		if err := json.Unmarshal(row.Was, &state); err != nil {
			return nil, err
		}
		if err := schedulingstore.SetPlace(ctx, w.session, row.ID, scheduling.LeftLine, state); err != nil {
			return nil, err
		}
	}
	return stayed, nil
}

// encoded is the JSON of a number or a text, which there always is.
func encoded(v any) json.RawMessage {
	text, _ := json.Marshal(v)
	return text
}
