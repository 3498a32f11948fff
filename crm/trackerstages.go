package crm

import (
	"context"
	"fmt"
	"slices"

	"github.com/clientele-crm/clientele/core"
)

// StagesChange is a whole new pipeline of a tracker.
type StagesChange struct {
	// Stages are all of them, in their order. One whose key the tracker has already is that
	// stage, changed; those that are not named go.
	Stages []Stage `json:"stages"`

	// MoveTo says where the leads of stages that go come to: keys of stages that stay, by the
	// keys of those that go.
	MoveTo map[string]string `json:"moveTo"`

	// Confirmed says that what becomes of the leads is known, as from a dry run. Without it a
	// change that touches leads is refused.
	Confirmed bool `json:"confirmed"`
}

// PlanStages says what SetStages would do to the leads, and does nothing. A stage that goes and
// has leads but no other to move them to becomes "" in it.
func (s *Trackers) PlanStages(ctx context.Context, id core.ID[Tracker], c StagesChange) (Effect, error) {
	return c.reform(s.work, nil, false).dry(ctx, id)
}

// SetStages gives a tracker a whole new pipeline. The leads of stages that go are moved to where
// the change says, whatever those require, and each move is recorded. Leads in a stage whose kind
// changes are closed or opened by it, and what is lost no more has no reason for it. [core.ErrState]:
// leads are affected and the change is not confirmed, or a stage that goes has leads and none to move
// them to.
func (s *Trackers) SetStages(ctx context.Context, id core.ID[Tracker], c StagesChange, checks ...Check[Tracker]) (Tracker, error) {
	return c.reform(s.work, checks, true).do(ctx, id)
}

func (c StagesChange) reform(work core.Work[Tx], checks []Check[Tracker], really bool) reform {
	return reform{
		work: work, checks: checks, confirmed: c.Confirmed,
		plan: func(ctx context.Context, tx Tx, was Tracker, t *Tracker) (*effects, error) {
			t.Stages = append([]Stage{}, c.Stages...)
			var f core.Faults
			checkStages(&f, t.Stages, t.Fields)
			c.checkTargets(&f, was, *t)
			if err := f.Err(); err != nil {
				return nil, err
			}
			return c.affected(ctx, tx, was, *t, really)
		},
		commit: c.moveLeads,
	}
}

func (c StagesChange) checkTargets(f *core.Faults, was, t Tracker) {
	for from, to := range c.MoveTo {
		at := "/moveTo/" + pointerToken.Replace(from)
		if _, stays := t.Stage(from); stays {
			f.Add(at, "stays", "this stage does not go")
		} else if _, there := was.Stage(from); !there {
			f.Add(at, "exists", "there is no such stage to go")
		}
		if _, stays := t.Stage(to); !stays {
			f.Add(at, "target", "the leads cannot come to a stage that is not there")
		}
	}
}

// touched are the stages of before whose leads the change touches: those that go, and those whose
// leads are closed or opened by it, or won where they were lost.
func touched(was, t Tracker) (keys []string) {
	for _, s := range was.Stages {
		if now, stays := t.Stage(s.Key); !stays || now.Kind != s.Kind && (now.Kind.closed() || s.Kind.closed()) {
			keys = append(keys, s.Key)
		}
	}
	return keys
}

// affected counts the leads that the change touches. Really: a stage that goes has to have
// another for its leads.
func (c StagesChange) affected(ctx context.Context, tx Tx, was, t Tracker, really bool) (*effects, error) {
	found, keys := newEffects(), touched(was, t)
	if len(keys) == 0 {
		return found, nil
	}
	counts, err := tx.Store.LeadsPerStage(ctx, was.ID)
	if err != nil {
		return nil, err
	}
	for _, key := range keys {
		on, n := EffectOn{Stage: key, Becomes: c.MoveTo[key]}, counts[key]
		if now, stays := t.Stage(key); stays {
			closed := now.Kind.closed()
			on.Becomes, on.Closed = key, &closed
		} else if really && n > 0 && on.Becomes == "" {
			return nil, &core.Error{
				Kind: core.ErrState, Code: "stage_in_use",
				Message: fmt.Sprintf("%d leads are in the stage %s: say in moveTo where they go", n, key),
			}
		}
		if n > 0 {
			found.add(on, n)
		}
		found.Affected += n
	}
	leads, err := tx.Store.LeadsInStages(ctx, was.ID, keys, core.ID[Lead]{}, shownLeads)
	for i := range leads {
		found.show(&leads[i])
	}
	return found, err
}

// moveLeads does what affected has counted.
func (c StagesChange) moveLeads(ctx context.Context, tx Tx, was, t Tracker) error {
	keys := touched(was, t)
	if len(keys) == 0 {
		return nil
	}
	rules, err := leadRulesBy(ctx, tx, t)
	if err != nil {
		return err
	}
	for _, key := range keys {
		if _, stays := t.Stage(key); stays {
			continue
		}
		if err := tx.Store.RenameReached(ctx, was.ID, key, c.reached(was, t, key)); err != nil {
			return err
		}
	}
	next := func(ctx context.Context, after core.ID[Lead], limit int) ([]Lead, error) {
		return tx.Store.LeadsInStages(ctx, was.ID, keys, after, limit)
	}
	return eachAffected(ctx, next, func(leads []Lead) error { return c.moveBatch(ctx, rules, leads) })
}

// reached is how far leads have come along the new pipeline that have come as far as a stage that
// goes: to where its leads go, or else to the last stage along the way before it that stays; empty
// where there is none.
func (c StagesChange) reached(was, t Tracker, key string) string {
	if to := t.further("", c.MoveTo[key]); to != "" {
		return to
	}
	for _, s := range slices.Backward(was.Stages[:stageAt(was.Stages, key)]) {
		if to := t.further("", s.Key); to != "" {
			return to
		}
	}
	return ""
}

func (c StagesChange) moveBatch(ctx context.Context, rules *leadRules, leads []Lead) error {
	tx := rules.tx
	var moves []LeadMove
	events := make([]core.Event, len(leads))
	for i := range leads {
		was, l := leads[i], leads[i].clone()
		entered := l.EnteredAt
		l.UpdatedAt, l.Version = tx.Env.Time(), l.Version+1
		event := LeadUpdated
		if to, goes := c.MoveTo[l.Status]; goes {
			event, entered, l.Status, l.EnteredAt = LeadMoved, l.UpdatedAt, to, l.UpdatedAt
			moves = append(moves, moveOf(tx, was, l))
		}
		stage, _ := rules.tracker.Stage(l.Status)
		l.Reached = rules.tracker.further(l.Reached, stage.Key)
		if stage.Kind != LostStage {
			l.LostReason = ""
		}
		if err := rules.close(&l, stage, entered); err != nil {
			return err
		}
		if err := tx.Store.ReplaceAnyLead(ctx, l, was.Version, ValueChange{}); err != nil {
			return err
		}
		events[i] = event.Of(l.ID, &was, &l)
	}
	if err := tx.Store.InsertLeadMoves(ctx, moves...); err != nil {
		return err
	}
	return tx.Events.Emit(ctx, events...)
}
