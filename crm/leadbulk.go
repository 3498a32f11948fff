package crm

import (
	"context"
	"maps"

	"github.com/clientele-crm/clientele/core"
)

// BulkLeads is what is done to each of many leads: one of its parts.
type BulkLeads struct {
	Move   *Move             // to another stage
	Assign *BulkAssign       // to somebody
	Set    func(*Lead) error // as the edit of [Leads.Update]
	Delete bool
}

// BulkAssign says whom leads are given to: a user, nobody, or whom the tracker's rule says.
type BulkAssign struct {
	To     core.UserID
	ByRule bool
}

// Bulk does the same to many leads, up to [MaxBulk], and says of each what became of it, in the
// order in which they were named. Each is a transaction of its own or, inside one, a savepoint:
// what goes wrong with one leaves the others alone. The error is of the whole: nothing was done.
func (s *Leads) Bulk(ctx context.Context, ids []core.ID[Lead], c BulkLeads) ([]BulkRow[Lead], error) {
	faults := bulkOf(ids, "move, assign, set and delete", c.Move != nil, c.Assign != nil, c.Set != nil, c.Delete)
	if err := faults.Err(); err != nil {
		return nil, err
	}
	if err := permit(s.work, c.needs()); err != nil {
		return nil, err
	}
	return bulk(ctx, ids, func(id core.ID[Lead]) (int64, error) {
		l, err := c.do(ctx, s, id)
		return l.Version, err
	})
}

func (c BulkLeads) needs() core.Permission {
	switch {
	case c.Assign != nil:
		return core.LeadsAssign
	case c.Delete:
		return core.LeadsDelete
	}
	return core.LeadsWrite
}

func (c BulkLeads) do(ctx context.Context, s *Leads, id core.ID[Lead]) (Lead, error) {
	switch {
	case c.Move != nil:
		m := *c.Move
		m.Values = maps.Clone(m.Values)
		return s.Move(ctx, id, m)
	case c.Set != nil:
		return s.Update(ctx, id, c.Set)
	case c.Delete:
		return Lead{}, s.Delete(ctx, id)
	case c.Assign.ByRule:
		return s.AssignByRule(ctx, id)
	}
	return s.Assign(ctx, id, c.Assign.To)
}
