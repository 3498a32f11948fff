package crm

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"github.com/clientele-crm/clientele/core"
)

// Relation is one kind of row that belongs to contacts, of this package or of another: when two
// contacts are merged, it moves from one to the other, in the transaction of the merge and
// whoever may see the rows. A row that moves counts as changed: its version grows.
type Relation interface {
	// Name is stable and snake_case, such as "appointments": the record of a merge has it.
	Name() string

	// Repoint makes the rows of from rows of to, and says which they were.
	Repoint(ctx context.Context, from, to core.ID[Contact]) ([]MovedRow, error)

	// PutBack makes those of the rows rows of from again that are still of to, and says which
	// were not, because they were removed or given to somebody else.
	PutBack(ctx context.Context, from, to core.ID[Contact], moved []MovedRow) (stayed []uuid.UUID, err error)
}

// MovedRow is a row that a merge moved, and what of it else has to be put back; the relation
// knows what that is.
type MovedRow struct {
	ID  uuid.UUID       `json:"id"`
	Was json.RawMessage `json:"was,omitempty"` // what of the row was another before it moved, where more than the contact was
}

// Moved is what a merge moved of one relation.
type Moved struct {
	Relation string     `json:"relation"` // such as notes or appointments
	Rows     []MovedRow `json:"rows"`     // which of its rows moved
}
