// Package identitystore keeps the rows of package identity in a database of package bunstore.
package identitystore

import (
	"errors"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/identity"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// Platform is what the services that cross companies work with.
func Platform(db *bunstore.DB) core.Work[identity.PlatformTx] {
	return bunstore.WorkOf(db.Session(core.Scope{Actor: core.System()}), platformTx)
}

// Work is what the services of one company work with, in the session's scope and
// transaction.
func Work(s *bunstore.Session) core.Work[identity.Tx] { return bunstore.WorkOf(s, tx) }

func platformTx(s *bunstore.Session) identity.PlatformTx {
	return identity.PlatformTx{
		Store: platform{s},
		In:    func(scope core.Scope) identity.Tx { return tx(s.In(scope)) },
		Env:   s.Env(),
	}
}

func tx(s *bunstore.Session) identity.Tx {
	return identity.Tx{Store: store{s}, Events: s.Outbox(), Scope: s.Scope(), Env: s.Env()}
}

// platform is an identity.PlatformStore. Its queries cross companies.
type platform struct{ *bunstore.Session }

// store is an identity.Store.
type store struct{ *bunstore.Session }

// missing is NotFound of the entity if err is of no row.
func missing(s *bunstore.Session, err error, entity string) error {
	if err = s.Fail(err); errors.Is(err, core.ErrNotFound) {
		return core.NotFound(entity)
	}
	return err
}
