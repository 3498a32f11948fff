package crm

import (
	"context"
	"fmt"
	"slices"

	"github.com/clientele-crm/clientele/core"
)

// MaxBulk is how many rows one bulk change may name.
const MaxBulk = 500

// BulkRow is what became of one row of a bulk change.
type BulkRow[T any] struct {
	ID      core.ID[T]
	Version int64 // that it has now; 0 if it is gone, or nothing was done
	Err     error // why nothing was done to it
}

// bulkOf notes whether a bulk change names rows that it can, and has one part of those there may be.
func bulkOf[T any](ids []core.ID[T], of string, parts ...bool) (f core.Faults) {
	if len(ids) == 0 || len(ids) > MaxBulk {
		f.Add("/ids", "items", fmt.Sprintf("has to name 1 to %d rows", MaxBulk))
	}
	seen := map[core.ID[T]]bool{}
	for _, id := range ids {
		seen[id] = true
	}
	if len(seen) < len(ids) {
		f.Add("/ids", "unique", "names a row twice")
	}
	there := 0
	for _, is := range parts {
		if is {
			there++
		}
	}
	if there != 1 {
		f.Add("", "one", "has to be one of "+of)
	}
	return f
}

// bulk does the same to each of the rows, and answers in the order in which they were named. It goes
// by their ids: two that do this to the same rows at once do not wait for each other in a ring.
func bulk[T any](ctx context.Context, ids []core.ID[T], do func(core.ID[T]) (version int64, err error)) ([]BulkRow[T], error) {
	rows, order := make([]BulkRow[T], len(ids)), make([]int, len(ids))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return slices.Compare(ids[a].UUID[:], ids[b].UUID[:]) })
	for _, i := range order {
		version, err := do(ids[i])
		if rows[i] = (BulkRow[T]{ID: ids[i], Version: version, Err: err}); ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	return rows, nil
}
