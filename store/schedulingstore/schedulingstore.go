// Package schedulingstore keeps the rows of package scheduling in a database of package bunstore.
package schedulingstore

import (
	"errors"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// Work is what scheduling's services work with, in the session's scope and transaction. Who the
// clients are is for the caller to add.
func Work(s *bunstore.Session) core.Work[scheduling.Tx] { return bunstore.WorkOf(s, tx) }

func tx(s *bunstore.Session) scheduling.Tx {
	return scheduling.Tx{Store: store{s}, Events: s.Outbox(), Scope: s.Scope(), Env: s.Env(), Joined: s.Joined()}
}

// store is a scheduling.Store.
type store struct{ *bunstore.Session }

// missing is NotFound of the entity if err is of no row.
func (s store) missing(err error, entity string) error {
	if err = s.Fail(err); errors.Is(err, core.ErrNotFound) {
		return core.NotFound(entity)
	}
	return err
}
