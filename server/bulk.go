package server

import (
	"context"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

// ChangedRow is what became of one row of many.
type ChangedRow[T any] struct {
	ID      core.ID[T] `json:"id"`
	Done    bool       `json:"done"`              // false: nothing was done to it
	Version int64      `json:"version,omitempty"` // that it has now
	Problem *Problem   `json:"problem,omitempty"` // why nothing was done
}

// changeRows answers what became of each of many rows, each of which is a savepoint of one transaction.
func changeRows[T any](ctx context.Context, ws *clientele.Workspace, change func(*clientele.Workspace) ([]crm.BulkRow[T], error)) (*answered[partsOf[ChangedRow[T]]], error) {
	answer := partsOf[ChangedRow[T]]{Items: []ChangedRow[T]{}}
	err := ws.Atomic(ctx, func(ws *clientele.Workspace) error {
		rows, err := change(ws)
		answer.Items = make([]ChangedRow[T], len(rows))
		for i, row := range rows {
			answer.Items[i] = ChangedRow[T]{ID: row.ID, Done: row.Err == nil, Version: row.Version}
			if row.Err != nil {
				answer.Items[i].Problem = problemOf(ctx, row.Err)
			}
		}
		return err
	})
	return bare(answer, err)
}
