package crm

import (
	"context"
	"fmt"
	"slices"

	"github.com/clientele-crm/clientele/core"
)

// Assign gives a lead to a user, who has to be an active member of the company, or to nobody.
func (s *Leads) Assign(ctx context.Context, id core.ID[Lead], to core.UserID, checks ...Check[Lead]) (Lead, error) {
	return s.assign(ctx, id, checks, func(rules *leadRules, f *core.Faults, l *Lead) error {
		if l.AssignedToID = to; to.IsZero() {
			return nil
		}
		return rules.assign(ctx, f, l)
	})
}

// AssignByRule gives a lead to whom its tracker's rule says, as it would a new one.
func (s *Leads) AssignByRule(ctx context.Context, id core.ID[Lead], checks ...Check[Lead]) (Lead, error) {
	return s.assign(ctx, id, checks, func(rules *leadRules, f *core.Faults, l *Lead) error {
		l.AssignedToID = core.UserID{}
		return rules.assign(ctx, f, l)
	})
}

func (s *Leads) assign(ctx context.Context, id core.ID[Lead], checks []Check[Lead], edit func(*leadRules, *core.Faults, *Lead) error) (Lead, error) {
	if err := permit(s.work, core.LeadsAssign); err != nil {
		return Lead{}, err
	}
	return s.change(ctx, id, LeadAssigned, func(rules *leadRules, f *core.Faults, was, l *Lead) error {
		if err := allow(*was, checks); err != nil {
			return err
		}
		return edit(rules, f, l)
	})
}

// assign notes whether whom the lead names can have it. Where it names nobody, the tracker's rule
// says who gets it; the turn is taken last, since others wait for it.
func (r *leadRules) assign(ctx context.Context, f *core.Faults, l *Lead) error {
	if !l.AssignedToID.IsZero() {
		active, err := activeAmong(ctx, r.tx, []core.UserID{l.AssignedToID})
		if err == nil && len(active) == 0 {
			f.Add("/assignedToId", "exists", "no active member of the company")
		}
		return err
	}
	rule := r.tracker.Assignment
	if rule.Rule != RoundRobin || f.Err() != nil {
		return nil
	}
	ids := make([]core.UserID, len(rule.Members))
	for i, m := range rule.Members {
		ids[i] = m.UserID
	}
	active, err := activeAmong(ctx, r.tx, ids)
	if err != nil || len(active) == 0 {
		return err
	}
	there := slices.DeleteFunc(slices.Clone(rule.Members), func(m Assignee) bool { return !slices.Contains(active, m.UserID) })
	return r.tx.Store.TakeTurn(ctx, r.tracker.ID, func(c Credits) { l.AssignedToID = c.next(there) })
}

// next is whose turn it is among the members, by a smooth weighted round robin: each gains their
// weight, the one who is furthest ahead has the turn and loses what all have gained. So nobody is
// ever further from their share than one turn for each of the others, and who was away comes
// back to no heap.
func (c Credits) next(members []Assignee) core.UserID {
	gained, first := int64(0), -1
	for i, m := range members {
		id := m.UserID.String()
		c[id] += int64(m.Weight)
		gained += int64(m.Weight)
		if first < 0 || c[id] > c[members[first].UserID.String()] {
			first = i
		}
	}
	c[members[first].UserID.String()] -= gained
	return members[first].UserID
}

// activeAmong are those of the users who may be given leads.
func activeAmong(ctx context.Context, tx Tx, users []core.UserID) ([]core.UserID, error) {
	if tx.Members == nil || len(users) == 0 {
		return users, nil
	}
	return tx.Members.Active(ctx, users)
}

// checkAssignees notes which members that a rule newly names can have no leads.
func checkAssignees(ctx context.Context, tx Tx, f *core.Faults, was, now Assignment) error {
	var added []core.UserID
	for _, m := range now.Members {
		if !slices.ContainsFunc(was.Members, func(o Assignee) bool { return o.UserID == m.UserID }) {
			added = append(added, m.UserID)
		}
	}
	active, err := activeAmong(ctx, tx, added)
	if err != nil {
		return err
	}
	for i, m := range now.Members {
		if slices.Contains(added, m.UserID) && !slices.Contains(active, m.UserID) {
			f.Add(fmt.Sprintf("/assignment/members/%d/userId", i), "exists", "no active member of the company")
		}
	}
	return nil
}
