package crmstore

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// consents are what contacts have agreed to. Both histories become one, and the strictest word of the
// two counts: where either had withdrawn its consent last, a withdrawal is added on top, since the
// newest counts.
type consents struct {
	crm.Relation
	session *bunstore.Session
}

// mergeSource is the source of a withdrawal that a merge adds.
const mergeSource = "merge"

// Repoint implements [crm.Relation].
func (c consents) Repoint(ctx context.Context, from, to core.ID[crm.Contact]) ([]crm.MovedRow, error) {
	s := everyones(c.session)
	ours, err := s.NewestConsents(ctx, to)
	if err != nil {
		return nil, err
	}
	theirs, err := s.NewestConsents(ctx, from)
	if err != nil {
		return nil, err
	}
	moved, err := c.Relation.Repoint(ctx, from, to)
	if err != nil || len(moved) == 0 {
		return moved, err
	}
	united, err := s.NewestConsents(ctx, to)
	if err != nil {
		return nil, err
	}
	added := withdrawn(united, append(ours, theirs...), s.Env().Time())
	for i := range added {
		added[i].ID, added[i].ContactID, added[i].CreatedByID = core.NewID[crm.Consent](s.Env()), to, s.Scope().Actor.ID
		moved = append(moved, crm.MovedRow{ID: added[i].ID.UUID, Was: json.RawMessage(`"added"`)})
	}
	return moved, s.InsertConsents(ctx, added...)
}

// withdrawn are withdrawals of those of the consents that one of the two had withdrawn.
func withdrawn(united, before []crm.Consent, at time.Time) (added []crm.Consent) {
	for _, now := range united {
		for _, was := range before {
			if now.Granted && !was.Granted && was.Channel == now.Channel && was.Purpose == now.Purpose {
				was.Source, was.GivenAt, was.CreatedAt = mergeSource, at, at
				added = append(added, was)
				break
			}
		}
	}
	return added
}

// PutBack implements [crm.Relation].
func (c consents) PutBack(ctx context.Context, from, to core.ID[crm.Contact], moved []crm.MovedRow) ([]uuid.UUID, error) {
	var theirs []crm.MovedRow
	for _, row := range moved {
		if row.Was == nil {
			theirs = append(theirs, row)
			continue
		}
		_, err := c.session.Delete(bunstore.Shared, (*consentRow)(nil)).Where("cs.id = ?", row.ID).Exec(ctx)
		if err != nil {
			return nil, c.session.Fail(err)
		}
	}
	return c.Relation.PutBack(ctx, from, to, theirs)
}
