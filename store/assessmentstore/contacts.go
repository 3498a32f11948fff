package assessmentstore

import (
	"context"

	"github.com/google/uuid"

	"github.com/clientele-crm/clientele/assessment"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// AttemptContacts is whose the attempts are.
var AttemptContacts = bunstore.Reference{Table: "asm_attempts", Column: "contact_id"}

// Numbered is a response and which of its contact's to the form it is.
type Numbered struct {
	ID      uuid.UUID
	Ordinal int64
}

// GiveResponses makes the responses of from those of to, whoever may see them. They are numbered on
// after those that to has. It answers which they were, with the numbers that they had.
func GiveResponses(ctx context.Context, session *bunstore.Session, from, to assessment.ContactID) (given []Numbered, err error) {
	s := store{session}
	var rows []responseRow
	err = s.Select(bunstore.Shared, &rows).Column("id", "form_id", "ordinal").
		Where("r.contact_id = ?", from).Order("r.form_id", "r.ordinal").Scan(ctx)
	if err != nil {
		return nil, s.Fail(err)
	}
	last := map[core.ID[assessment.Form]]int64{}
	for _, row := range rows {
		if _, known := last[row.FormID]; !known {
			if last[row.FormID], err = s.LastOrdinal(ctx, row.FormID, to); err != nil {
				return nil, err
			}
		}
		last[row.FormID]++
		if _, err := s.give(ctx, row.ID.UUID, from, to, last[row.FormID]); err != nil {
			return nil, err
		}
		given = append(given, Numbered{row.ID.UUID, row.Ordinal})
	}
	return given, nil
}

// ReturnResponses undoes GiveResponses of those that are still of to, and answers which were not.
func ReturnResponses(ctx context.Context, session *bunstore.Session, from, to assessment.ContactID, given []Numbered) (stayed []uuid.UUID, err error) {
	s := store{session}
	for _, g := range given {
		back, err := s.give(ctx, g.ID, to, from, g.Ordinal)
		if err != nil {
			return nil, err
		}
		if !back {
			stayed = append(stayed, g.ID)
		}
	}
	return stayed, nil
}

// give makes a response that is of from one of to, with the number, and reports whether it was.
func (s store) give(ctx context.Context, id uuid.UUID, from, to assessment.ContactID, ordinal int64) (bool, error) {
	res, err := s.Update(bunstore.Shared, (*responseRow)(nil)).
		Set("contact_id = ?", to).Set("ordinal = ?", ordinal).Set("version = r.version + 1").Set("updated_at = ?", s.Env().Time()).
		Where("r.id = ?", id).Where("r.contact_id = ?", from).Exec(ctx)
	if err != nil {
		return false, s.Fail(err)
	}
	n, err := res.RowsAffected()
	return n > 0, s.Fail(err)
}
