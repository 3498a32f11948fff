package crm

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/clientele-crm/clientele/core"
)

// Effect is what a change of a tracker does to its leads: what a dry run shows.
type Effect struct {
	// Affected is how many leads are touched.
	Affected int `json:"affected"`

	// Changes say what becomes of what, and of how many leads.
	Changes []EffectOn `json:"changes"`

	// Leads are those of the first 200 that are touched, by their ids, which the actor sees.
	Leads []AffectedLead `json:"leads"`
}

// EffectOn is what becomes of one stage, or of one value of a field.
type EffectOn struct {
	Stage   string `json:"stage,omitempty"`  // the key of a stage that goes or closes
	Field   string `json:"field,omitempty"`  // or the name of a field
	Value   string `json:"value,omitempty"`  // or one option of it; absent: whichever
	Becomes string `json:"becomes"`          // the stage or option that is in its place; see Kept
	Kept    bool   `json:"kept,omitempty"`   // it fits no more: it stays readable in oldValues or in a retired field
	Closed  *bool  `json:"closed,omitempty"` // of a stage whose kind changes: its leads are won or lost by it, or neither
	Leads   int    `json:"leads"`            // how many have it
}

// AffectedLead is as much of a lead as people know it by.
type AffectedLead struct {
	ID     core.ID[Lead] `json:"id"`
	Title  string        `json:"title"`  // of the lead
	Status string        `json:"status"` // the key of the stage that it is in
}

// shownLeads bounds how many affected leads are named.
const shownLeads = 200

// effects gathers an Effect.
type effects struct {
	Effect
	at map[string]int // a key of each of Changes to its place
}

func newEffects() *effects {
	return &effects{Effect: Effect{Changes: []EffectOn{}, Leads: []AffectedLead{}}, at: map[string]int{}}
}

// add counts a lead, or none, for a change.
func (e *effects) add(on EffectOn, leads int) {
	key := fmt.Sprintf("%q", []string{on.Stage, on.Field, on.Value, on.Becomes, fmt.Sprint(on.Kept)})
	i, known := e.at[key]
	if !known {
		i = len(e.Changes)
		e.at[key] = i
		e.Changes = append(e.Changes, on)
	}
	e.Changes[i].Leads += leads
}

// show names a lead, if not enough are named.
func (e *effects) show(l *Lead) {
	if len(e.Leads) < shownLeads {
		e.Leads = append(e.Leads, AffectedLead{l.ID, l.Title, l.Status})
	}
}

// hide takes out the leads that the actor does not see. They are counted all the same: the change is
// one of theirs too.
func (e *effects) hide(ctx context.Context, tx Tx) (err error) {
	if !tx.Scope.Actor.OwnRows {
		return nil
	}
	e.Leads = slices.DeleteFunc(e.Leads, func(l AffectedLead) bool {
		_, failed := tx.Store.Lead(ctx, l.ID)
		if failed != nil && !errors.Is(failed, core.ErrNotFound) {
			err = failed
		}
		return failed != nil
	})
	return err
}

// unconfirmed is the error of a change that touches leads and was not confirmed.
func (e *effects) unconfirmed() error {
	return &core.Error{
		Kind: core.ErrState, Code: "leads_affected",
		Message: fmt.Sprintf("%d leads are affected by this change: see them by a dry run, and confirm it", e.Affected),
	}
}

// affectedBatch bounds how many leads are in memory at once.
const affectedBatch = 500

// eachAffected calls fn with all leads that next reads, batch by batch.
func eachAffected(ctx context.Context, next func(ctx context.Context, after core.ID[Lead], limit int) ([]Lead, error), fn func([]Lead) error) error {
	var after core.ID[Lead]
	for {
		batch, err := next(ctx, after, affectedBatch)
		if err != nil || len(batch) == 0 {
			return err
		}
		after = batch[len(batch)-1].ID
		if err := fn(batch); err != nil {
			return err
		}
	}
}

// reform changes a tracker's stages or fields, or only finds what that would do to its leads.
// Apply says what the tracker becomes and what is affected; commit then does it.
type reform struct {
	work      core.Work[Tx]
	checks    []Check[Tracker]
	confirmed bool
	plan      func(ctx context.Context, tx Tx, was Tracker, t *Tracker) (*effects, error)
	commit    func(ctx context.Context, tx Tx, was, t Tracker) error // what becomes of the leads
}

func (r reform) dry(ctx context.Context, id core.ID[Tracker]) (e Effect, err error) {
	if err := permit(r.work, core.TrackersWrite); err != nil {
		return Effect{}, err
	}
	err = r.work.Snapshot(ctx, func(tx Tx) error {
		was, err := tx.Store.Tracker(ctx, id)
		if err != nil {
			return err
		}
		t := was.clone()
		found, err := r.plan(ctx, tx, was, &t)
		if err != nil {
			return err
		}
		err = found.hide(ctx, tx)
		e = found.Effect
		return err
	})
	return e, err
}

func (r reform) do(ctx context.Context, id core.ID[Tracker]) (Tracker, error) {
	if err := permit(r.work, core.TrackersWrite); err != nil {
		return Tracker{}, err
	}
	var t Tracker
	err := core.Retry(ctx, r.work, func(tx Tx) error {
		was, err := tx.Store.Tracker(ctx, id)
		if err != nil {
			return err
		}
		if err := allow(was, r.checks); err != nil {
			return err
		}
		t = was.clone()
		found, err := r.plan(ctx, tx, was, &t)
		if err != nil || reflect.DeepEqual(was, t) {
			return err
		}
		if found.Affected > 0 && !r.confirmed {
			return found.unconfirmed()
		}
		t.Version, t.UpdatedAt = was.Version+1, tx.Env.Time()
		if err := r.write(ctx, tx, was, t); err != nil {
			return err
		}
		return tx.Events.Emit(ctx, TrackerUpdated.Of(id, &was, &t))
	})
	if err != nil {
		return Tracker{}, err
	}
	return t, nil
}

// write has the new stages beside those that go, and the fields as they were, until the leads have
// become what they are to be: they are read by what the tracker says. Once the tracker is written
// nobody else changes leads by what it was.
func (r reform) write(ctx context.Context, tx Tx, was, t Tracker) error {
	between := t.clone()
	between.Fields, between.Retired = was.Fields, was.Retired
	for _, s := range was.Stages {
		if _, stays := t.Stage(s.Key); !stays {
			between.Stages = append(between.Stages, s)
		}
	}
	if err := tx.Store.ReplaceTracker(ctx, between, was.Version); err != nil {
		return err
	}
	if !r.confirmed { // a lead may have come to be touched since they were counted
		again := was.clone()
		if found, err := r.plan(ctx, tx, was, &again); err != nil || found.Affected > 0 {
			return cmp.Or(err, core.Stale("tracker"))
		}
	}
	if err := r.commit(ctx, tx, was, t); err != nil || reflect.DeepEqual(between, t) {
		return err
	}
	return tx.Store.ReplaceTracker(ctx, t, t.Version)
}
