// Package crmstore keeps the rows of package crm in a database of package bunstore.
package crmstore

import (
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store/bunstore"
	"github.com/clientele-crm/clientele/store/workstore"
)

// Work is what crm's services work with, in the session's scope and transaction.
func Work(s *bunstore.Session) core.Work[crm.Tx] { return bunstore.WorkOf(s, tx) }

func tx(s *bunstore.Session) crm.Tx {
	return crm.Tx{
		Store: store{s}, Events: s.Outbox(), Jobs: workstore.Enqueuer(s), Scope: s.Scope(), Env: s.Env(), Joined: s.Joined(),
		Everyones: func() crm.Store { return everyones(s) },
		Relations: func() []crm.Relation { return relations(s) },
	}
}

// store is a crm.Store.
type store struct{ *bunstore.Session }

// everyones is the store in the name of the same actor, who sees every row.
func everyones(s *bunstore.Session) store {
	scope := s.Scope()
	scope.Actor.OwnRows = false
	return store{s.In(scope)}
}
