// Package assessmentstore keeps the rows of package assessment in a database of package
// bunstore.
package assessmentstore

import (
	"errors"

	"github.com/clientele-crm/clientele/assessment"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// Work is what assessment's services work with, in the session's scope and transaction, but for
// the contacts and the compiled versions, which are the caller's to add.
func Work(s *bunstore.Session) core.Work[assessment.Tx] { return bunstore.WorkOf(s, tx) }

func tx(s *bunstore.Session) assessment.Tx {
	return assessment.Tx{Store: store{s}, Events: s.Outbox(), Scope: s.Scope(), Env: s.Env()}
}

// store is an assessment.Store.
type store struct{ *bunstore.Session }

// responses are seen by those who recorded them, and by those who made or look after the contact.
var responses = bunstore.Table{Own: "(?TableAlias.created_by_id = ?0 OR EXISTS (SELECT 1 FROM crm_contacts AS own" +
	" WHERE own.company_id = ?TableAlias.company_id AND own.id = ?TableAlias.contact_id AND (own.created_by_id = ?0 OR own.owner_id = ?0)))"}

// missing is NotFound of the entity if err is of no row.
func (s store) missing(err error, entity string) error {
	if err = s.Fail(err); errors.Is(err, core.ErrNotFound) {
		return core.NotFound(entity)
	}
	return err
}

// taken is [core.ErrConflict] where a unique value was taken meanwhile: trying again finds another.
func (s store) taken(err error, entity string) error {
	if err = s.Fail(err); errors.Is(err, core.ErrExists) {
		return core.Stale(entity)
	}
	return err
}
