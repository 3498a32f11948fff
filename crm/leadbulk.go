package crm

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/clientele-crm/clientele/core"
)

// MaxBulk is how many leads one bulk change may name.
const MaxBulk = 500

// BulkChange is what is done to each of many leads: one of its parts.
type BulkChange struct {
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

// BulkRow is what became of one lead of a bulk change.
type BulkRow struct {
	ID      core.ID[Lead]
	Version int64 // that it has now; 0 if it was deleted, or nothing was done
	Err     error // why nothing was done to it
}

// Bulk does the same to many leads, up to [MaxBulk], and says of each what became of it, in the
// order in which they were named. Each is a transaction of its own or, inside one, a savepoint:
// what goes wrong with one leaves the others alone. The error is of the whole: nothing was done.
func (s *Leads) Bulk(ctx context.Context, ids []core.ID[Lead], c BulkChange) ([]BulkRow, error) {
	if err := c.check(ids); err != nil {
		return nil, err
	}
	if err := permit(s.work, c.needs()); err != nil {
		return nil, err
	}
	rows := make([]BulkRow, len(ids))
	order := make([]int, len(ids))
	for i := range order {
		order[i] = i
	}
	// By their ids: two that do this to the same leads at once do not wait for each other in a ring.
	slices.SortFunc(order, func(a, b int) int { return strings.Compare(ids[a].String(), ids[b].String()) })
	for _, i := range order {
		l, err := c.do(ctx, s, ids[i])
		if rows[i] = (BulkRow{ID: ids[i], Version: l.Version, Err: err}); ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	return rows, nil
}

func (c BulkChange) check(ids []core.ID[Lead]) error {
	var f core.Faults
	if len(ids) == 0 || len(ids) > MaxBulk {
		f.Add("/ids", "items", fmt.Sprintf("has to name 1 to %d leads", MaxBulk))
	}
	seen := map[core.ID[Lead]]bool{}
	for _, id := range ids {
		seen[id] = true
	}
	if len(seen) < len(ids) {
		f.Add("/ids", "unique", "names a lead twice")
	}
	parts := 0
	for _, there := range []bool{c.Move != nil, c.Assign != nil, c.Set != nil, c.Delete} {
		if there {
			parts++
		}
	}
	if parts != 1 {
		f.Add("", "one", "has to be one of move, assign, set and delete")
	}
	return f.Err()
}

func (c BulkChange) needs() core.Permission {
	switch {
	case c.Assign != nil:
		return core.LeadsAssign
	case c.Delete:
		return core.LeadsDelete
	}
	return core.LeadsWrite
}

func (c BulkChange) do(ctx context.Context, s *Leads, id core.ID[Lead]) (Lead, error) {
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
