package crm

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"

	"github.com/clientele-crm/clientele/core"
)

// Move says where a lead goes, with what the stage there may require.
type Move struct {
	To   string // the key of the stage
	From string // the stage where it has to be still, or the move is [core.ErrConflict]; empty: any

	LostReason string // why, where it is lost by this; empty: as it is
	Values     Values // to be put in on the way; fields that are not named stay
}

// Move moves a lead to another stage of its pipeline. [core.ErrState]: its stage does not allow
// the move. [core.ErrInvalid]: it lacks what the stage requires. A lead that is there already
// stays as it is.
func (s *Leads) Move(ctx context.Context, id core.ID[Lead], m Move, checks ...Check[Lead]) (Lead, error) {
	if err := permit(s.work, core.LeadsWrite); err != nil {
		return Lead{}, err
	}
	return s.change(ctx, id, LeadMoved, func(rules *leadRules, f *core.Faults, was, l *Lead) error {
		if err := allow(*was, checks); err != nil {
			return err
		}
		if m.From != "" && m.From != was.Status {
			return core.Stale("lead")
		}
		return rules.move(ctx, f, was, l, m)
	})
}

func (r *leadRules) move(ctx context.Context, f *core.Faults, was, l *Lead, m Move) error {
	from, _ := r.tracker.Stage(was.Status)
	if _, exists := r.tracker.Stage(m.To); exists && m.To != was.Status &&
		len(from.AllowedMoves) > 0 && !slices.Contains(from.AllowedMoves, m.To) {
		return &core.Error{
			Kind: core.ErrState, Code: "move_not_allowed",
			Message: fmt.Sprintf("from the stage %s a lead does not go to %s", from.Label, m.To),
		}
	}
	l.Status = m.To
	if m.LostReason != "" {
		l.LostReason = m.LostReason
	}
	maps.Copy(l.Values, m.Values)
	if err := r.details(ctx, f, was, l); err != nil || m.To == was.Status {
		return err
	}
	return r.enter(f, l, r.tx.Env.Time())
}

// moveOf is the move by which a lead came from where it was to where it is.
func moveOf(tx Tx, was, now Lead) LeadMove {
	m := LeadMove{
		ID: core.NewID[LeadMove](tx.Env), LeadID: now.ID, ContactID: now.ContactID, TrackerID: now.TrackerID, From: was.Status, To: now.Status,
		LostReason: now.LostReason, CreatedByID: tx.Scope.Actor.ID, CreatedAt: now.EnteredAt,
	}
	if was.Status != "" { // clocks may differ between those who move a lead
		m.StaySeconds = max(0, int64(now.EnteredAt.Sub(was.EnteredAt).Seconds()))
	}
	return m
}

// History reads a page of a lead's moves, the newest first.
func (s *Leads) History(ctx context.Context, id core.ID[Lead], p core.Page) (core.List[LeadMove], error) {
	if err := permit(s.work, core.LeadsRead); err != nil {
		return core.List[LeadMove]{}, err
	}
	tx := s.work.Plain()
	if _, err := tx.Store.Lead(ctx, id); err != nil {
		return core.List[LeadMove]{}, err
	}
	return tx.Store.ListLeadMoves(ctx, id, p)
}

// AllMoves runs through a lead's moves, page by page.
func (s *Leads) AllMoves(ctx context.Context, id core.ID[Lead]) iter.Seq2[LeadMove, error] {
	return core.All(ctx, func(ctx context.Context, p core.Page) (core.List[LeadMove], error) {
		return s.History(ctx, id, p)
	})
}
