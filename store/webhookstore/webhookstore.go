// Package webhookstore keeps the rows of core/webhooks in a database of package bunstore.
package webhookstore

import (
	"context"
	"errors"
	"time"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/webhooks"
	"github.com/clientele-crm/clientele/store/bunstore"
	"github.com/clientele-crm/clientele/store/workstore"
)

// Work is what the service works with, in the session's scope and transaction.
func Work(s *bunstore.Session) core.Work[webhooks.Tx] { return bunstore.WorkOf(s, tx) }

func tx(s *bunstore.Session) webhooks.Tx {
	return webhooks.Tx{Store: store{s}, Events: s.Outbox(), Jobs: workstore.Enqueuer(s), Scope: s.Scope(), Env: s.Env()}
}

// Across is what the dispatcher works with.
func Across(db *bunstore.DB) webhooks.Across { return across{db} }

type across struct{ db *bunstore.DB }

func (a across) Env() core.Env { return a.db.Env }

func (a across) In(scope core.Scope) core.Work[webhooks.Tx] { return Work(a.db.Session(scope)) }

func (a across) SweepDeliveries(ctx context.Context, before time.Time, limit int) (int, error) {
	s := a.db.Session(core.Scope{})
	old := s.Across((*deliveryRow)(nil)).Column("company_id", "id").Where("d.created_at < ?", before.UTC()).
		OrderExpr("d.created_at").Limit(int64(limit))
	res, err := s.AcrossDelete((*deliveryRow)(nil)).Where("(company_id, id) IN (?)", old).Exec(ctx)
	if err != nil {
		return 0, s.Fail(err)
	}
	n, err := res.RowsAffected()
	return int(n), s.Fail(err)
}

// store is a webhooks.Store.
type store struct{ *bunstore.Session }

// all are the tables of this package: those who see only own rows see none of them.
var all = bunstore.Table{}

// missing is NotFound of the entity if err is of no row.
func (s store) missing(err error, entity string) error {
	if err = s.Fail(err); errors.Is(err, core.ErrNotFound) {
		return core.NotFound(entity)
	}
	return err
}
