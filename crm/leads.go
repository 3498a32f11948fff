package crm

import (
	"context"
	"errors"
	"iter"

	"github.com/clientele-crm/clientele/core"
)

// Leads is the service of a company's leads.
//
// Every method needs a permission of the actor, or answers [core.ErrForbidden]:
// [core.LeadsRead] to read, [core.LeadsWrite] to make, change and move, [core.LeadsDelete] to
// delete, [core.LeadsAssign] to give a lead to somebody else, [core.ReportsRead] for the reports.
// An actor with OwnRows sees the leads that they made or that are assigned to them, and counts
// no others.
type Leads struct{ work core.Work[Tx] }

// NewLeads is the service over a store, in the scope of work.
func NewLeads(work core.Work[Tx]) *Leads { return &Leads{work} }

// Create adds a lead. [core.ErrInvalid] lists what is wrong with n.
func (s *Leads) Create(ctx context.Context, n NewLead) (Lead, error) {
	if err := permit(s.work, core.LeadsWrite); err != nil {
		return Lead{}, err
	}
	if !n.AssignedToID.IsZero() && n.AssignedToID != s.work.Plain().Scope.Actor.ID {
		if err := permit(s.work, core.LeadsAssign); err != nil {
			return Lead{}, err
		}
	}
	var l Lead
	err := s.work.Atomic(ctx, func(tx Tx) error {
		rules, err := leadRulesOf(ctx, tx, n.TrackerID)
		if err != nil {
			return asFault(err, "/trackerId", "no such tracker")
		}
		if l, err = rules.newLead(ctx, n); err != nil {
			return err
		}
		if err := tx.Store.InsertLead(ctx, l, rules.changed(Lead{}, l), moveOf(tx, Lead{}, l)); err != nil {
			return err
		}
		return tx.Events.Emit(ctx, LeadCreated.Of(l.ID, nil, &l))
	})
	if err != nil {
		return Lead{}, err
	}
	return l, nil
}

// asFault makes [core.ErrNotFound] of what a field names a fault of the field.
func asFault(err error, field, message string) error {
	if errors.Is(err, core.ErrNotFound) {
		return core.Faults{{Field: field, Rule: "exists", Message: message}}.Err()
	}
	return err
}

// newLead is the lead that n says, or [core.ErrInvalid].
func (r *leadRules) newLead(ctx context.Context, n NewLead) (Lead, error) {
	l := Lead{
		ID: core.NewID[Lead](r.tx.Env), TrackerID: n.TrackerID, LeadDetails: n.LeadDetails,
		Status: n.Status, AssignedToID: n.AssignedToID, OldValues: []OldValue{}, Stamp: newStamp(r.tx),
	}.clone()
	if l.Status == "" {
		l.Status = r.tracker.first().Key
	}
	var f core.Faults
	if !r.tracker.Active {
		f.Add("/trackerId", "active", "this tracker is not active")
	}
	if err := r.details(ctx, &f, &Lead{}, &l); err != nil {
		return Lead{}, err
	}
	if err := r.assign(ctx, &f, &l); err != nil {
		return Lead{}, err
	}
	if err := r.enter(&f, &l, l.CreatedAt); err != nil {
		return Lead{}, err
	}
	return l, f.Err()
}

// Get reads a lead.
func (s *Leads) Get(ctx context.Context, id core.ID[Lead]) (Lead, error) {
	if err := permit(s.work, core.LeadsRead); err != nil {
		return Lead{}, err
	}
	return s.work.Plain().Store.Lead(ctx, id)
}

// Update changes a lead's LeadDetails as [Contacts.Update] does a contact. Its stage and who
// works on it are not edit's to change: see [Leads.Move] and [Leads.Assign].
func (s *Leads) Update(ctx context.Context, id core.ID[Lead], edit func(*Lead) error) (Lead, error) {
	if err := permit(s.work, core.LeadsWrite); err != nil {
		return Lead{}, err
	}
	return s.change(ctx, id, LeadUpdated, func(rules *leadRules, f *core.Faults, was, l *Lead) error {
		if err := edit(l); err != nil {
			return err
		}
		details := l.LeadDetails
		*l = was.clone()
		l.LeadDetails = details
		return rules.details(ctx, f, was, l)
	})
}

// Delete deletes a lead for good, with its values, notes and moves.
func (s *Leads) Delete(ctx context.Context, id core.ID[Lead], checks ...Check[Lead]) error {
	if err := permit(s.work, core.LeadsDelete); err != nil {
		return err
	}
	k := keeper[Lead]{read: Store.Lead, remove: Store.DeleteLead}
	_, err := erase(ctx, s.work, k, id, LeadDeleted, func(_ Tx, l *Lead) error { return allow(*l, checks) })
	return err
}

// Currency is the company's: of amounts that name none.
func (s *Leads) Currency(ctx context.Context) (string, error) {
	tenant, err := s.work.Plain().Store.Tenant(ctx)
	return tenant.Currency, err
}

// List reads a page of the leads that the filter lets through.
func (s *Leads) List(ctx context.Context, f LeadFilter, p core.Page) (core.List[Lead], error) {
	if err := permit(s.work, core.LeadsRead); err != nil {
		return core.List[Lead]{}, err
	}
	tx := s.work.Plain()
	q, err := f.query(ctx, tx)
	if err != nil {
		return core.List[Lead]{}, err
	}
	return tx.Store.ListLeads(ctx, q, p)
}

// OfContact reads a page of the leads of a contact, which the actor has to see.
func (s *Leads) OfContact(ctx context.Context, contact core.ID[Contact], f LeadFilter, p core.Page) (core.List[Lead], error) {
	if err := permit(s.work, core.LeadsRead); err != nil {
		return core.List[Lead]{}, err
	}
	if err := permit(s.work, core.ContactsRead); err != nil {
		return core.List[Lead]{}, err
	}
	return listOf(ctx, s.work, contact, func(_ Tx, of core.ID[Contact]) (core.List[Lead], error) {
		f.Contact = of
		return s.List(ctx, f, p)
	})
}

// All runs through the leads that the filter lets through, page by page.
func (s *Leads) All(ctx context.Context, f LeadFilter) iter.Seq2[Lead, error] {
	return core.All(ctx, func(ctx context.Context, p core.Page) (core.List[Lead], error) {
		return s.List(ctx, f, p)
	})
}

// Count counts the leads that the filter lets through, but no further than limit; 0 is no limit.
func (s *Leads) Count(ctx context.Context, f LeadFilter, limit int) (int, error) {
	if err := permit(s.work, core.LeadsRead); err != nil {
		return 0, err
	}
	tx := s.work.Plain()
	q, err := f.query(ctx, tx)
	if err != nil {
		return 0, err
	}
	return tx.Store.CountLeads(ctx, q, limit)
}

// change is the change of one lead, by the rules of its tracker. Edit is given a copy to write
// to, and notes what is wrong with it.
func (s *Leads) change(ctx context.Context, id core.ID[Lead], event core.EventType[Lead], edit func(rules *leadRules, f *core.Faults, was, l *Lead) error) (Lead, error) {
	var rules *leadRules
	k := keeper[Lead]{read: Store.Lead, replace: func(_ Store, ctx context.Context, was, now Lead) error {
		return rules.replace(ctx, was, now)
	}}
	l, err := change(ctx, s.work, k, id, event, func(tx Tx, was, l *Lead) (err error) {
		if rules, err = leadRulesOf(ctx, tx, was.TrackerID); err != nil {
			return err
		}
		if !rules.tracker.fits(was) {
			return core.Stale("lead") // it was read before the tracker changed
		}
		*l = was.clone()
		var f core.Faults
		if err := edit(rules, &f, was, l); err != nil {
			return err
		}
		return f.Err()
	})
	if err != nil {
		return Lead{}, err
	}
	return l, nil
}

// replace makes now of what was, and records the move if it is one.
func (r *leadRules) replace(ctx context.Context, was, now Lead) error {
	if err := r.tx.Store.ReplaceLead(ctx, now, was.Version, r.changed(was, now)); err != nil || was.Status == now.Status {
		return err
	}
	return r.tx.Store.InsertLeadMoves(ctx, moveOf(r.tx, was, now))
}
