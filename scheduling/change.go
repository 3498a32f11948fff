package scheduling

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"

	"github.com/clientele-crm/clientele/core"
)

func newStamp(tx Tx) Stamp {
	now := tx.Env.Time()
	return Stamp{CreatedByID: tx.Scope.Actor.ID, Version: 1, CreatedAt: now, UpdatedAt: now}
}

// again is [core.Retry] until nobody has overtaken once. That somebody else has the slot, or some of a
// series, is not overtaking: it would be so again.
func again(ctx context.Context, work core.Work[Tx], once func(Tx) error) (err error) {
	var taken *Taken
	var some *Conflicts
	for range core.Attempts {
		if err = work.Atomic(ctx, once); !errors.Is(err, core.ErrConflict) || errors.As(err, &taken) || errors.As(err, &some) {
			break
		}
	}
	return err
}

// changeAgenda reads an agenda, lets edit make it of what it was, and writes it if nobody else
// did meanwhile; else it begins anew. An edit that changes nothing writes nothing.
func changeAgenda(ctx context.Context, work core.Work[Tx], id core.ID[Agenda], event core.EventType[Agenda], edit func(tx Tx, now *Agenda) error) (now Agenda, err error) {
	err = again(ctx, work, func(tx Tx) error {
		was, err := tx.Store.Agenda(ctx, id)
		if err != nil {
			return err
		}
		if now, err = was.clone(); err != nil { // edit may write into its slices
			return err
		}
		if err := edit(tx, &now); err != nil {
			return err
		}
		now.ID, now.Stamp = was.ID, was.Stamp
		if reflect.DeepEqual(was, now) {
			return nil
		}
		now.Version++
		now.UpdatedAt = tx.Env.Time()
		if err := tx.Store.ReplaceAgenda(ctx, now, was.Version); err != nil {
			return err
		}
		return tx.Events.Emit(ctx, event.Of(id, &was, &now))
	})
	if err != nil {
		return Agenda{}, err
	}
	return now, nil
}

// clone shares nothing with the agenda. All of it encodes.
func (a Agenda) clone() (copy Agenda, err error) {
	text, err := json.Marshal(a)
	if err == nil {
		err = json.Unmarshal(text, &copy)
	}
	return copy, err
}

// permit is [core.ErrForbidden] unless the actor has the permission.
func permit(work core.Work[Tx], p core.Permission) error {
	return work.Plain().Scope.Actor.Require(p)
}
