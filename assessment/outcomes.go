package assessment

import (
	"context"
	"errors"

	"github.com/clientele-crm/clientele/core"
)

// withOutcome is a response with its current outcome, if it is scored.
func (tx Tx) withOutcome(ctx context.Context, sheet Sheet) (Response, error) {
	all, err := tx.withOutcomes(ctx, []Sheet{sheet})
	if err != nil {
		return Response{}, err
	}
	return all[0], nil
}

func (tx Tx) withOutcomes(ctx context.Context, sheets []Sheet) ([]Response, error) {
	all := make([]Response, len(sheets))
	places := map[core.ID[Response]]int{}
	var scored []core.ID[Response]
	for i, sheet := range sheets {
		all[i].Sheet = sheet
		if sheet.Kind == Assessment {
			places[sheet.ID] = i
			scored = append(scored, sheet.ID)
		}
	}
	outcomes, err := tx.Store.CurrentOutcomes(ctx, scored)
	if err != nil {
		return nil, err
	}
	for i := range outcomes {
		r := &all[places[outcomes[i].ResponseID]]
		r.Outcome = &outcomes[i]
		if err := tx.agree(ctx, r); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// agree reads a response anew that was marked between its sheet and its outcome.
func (tx Tx) agree(ctx context.Context, r *Response) error {
	if r.Outcome.status() == r.Status {
		return nil
	}
	sheet, err := tx.Store.Response(ctx, r.Kind, r.ID)
	if errors.Is(err, core.ErrNotFound) { // it was deleted since
		return nil
	}
	if err != nil {
		return err
	}
	outcomes, err := tx.Store.CurrentOutcomes(ctx, []core.ID[Response]{r.ID})
	if err == nil && len(outcomes) == 1 {
		r.Sheet, r.Outcome = sheet, &outcomes[0]
	}
	return err
}
