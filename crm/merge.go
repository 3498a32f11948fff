package crm

import (
	"time"

	"github.com/google/uuid"

	"github.com/clientele-crm/clientele/core"
)

// Merge says that a contact, the loser, was merged into another, the survivor. It is kept, so
// that it can be undone.
type Merge struct {
	ID         core.ID[Merge]   `json:"id,omitzero"` // absent of a dry run
	SurvivorID core.ID[Contact] `json:"survivorId"`  // who stays
	LoserID    core.ID[Contact] `json:"loserId"`     // who is gone, and whose id answers the survivor
	MergeRecord
	UndoneAt   *time.Time  `json:"undoneAt,omitzero"`   // when it was undone; absent while it stands
	UndoneByID core.UserID `json:"undoneById,omitzero"` // who undid it
	Stamp
}

// MergeRecord is what a merge did.
type MergeRecord struct {
	Was   Contact `json:"was"`   // the survivor before
	Now   Contact `json:"now"`   // the survivor after
	Loser Contact `json:"loser"` // the loser before
	Moved []Moved `json:"moved"` // what belonged to the loser; empty relations are left out

	// Kept is what undoing the merge left as it was, because it had been changed since.
	Kept []Kept `json:"kept,omitempty"`
}

// Kept is a value or a row that undoing a merge left as it was.
type Kept struct {
	ContactID core.ID[Contact] `json:"contactId"`          // whose it is
	Field     string           `json:"field,omitempty"`    // a JSON pointer into the contact
	Relation  string           `json:"relation,omitempty"` // or the relation of a row
	RowID     *uuid.UUID       `json:"rowId,omitempty"`    // and the row
	Reason    string           `json:"reason"`             // changed, taken or moved
}

// Survivorship is whose value of a field stays when both contacts have one. A value always wins
// over none.
type Survivorship string

// The rules of survivorship.
const (
	OfSurvivor   Survivorship = "survivor" // the default
	OfLoser      Survivorship = "loser"
	Newest       Survivorship = "newest"   // of the contact that was changed last
	MostComplete Survivorship = "complete" // the longer one
)

// NewMerge is what a person may say of a merge.
type NewMerge struct {
	LoserID core.ID[Contact] `json:"loserId"` // who is merged into the survivor

	// Rule is for all fields that Fields does not name; survivor is the default. Notes are
	// joined where Fields does not name them, as long as they fit.
	Rule   Survivorship            `json:"rule"`
	Fields map[string]Survivorship `json:"fields"` // by the name of the field: {"email": "loser"}

	DryRun bool `json:"dryRun"` // answer what would be done, and do nothing
}

// MergeFilter says which merges a list has, the newest first.
type MergeFilter struct {
	Contact core.ID[Contact] // in which the contact lost or survived
}

func (n *NewMerge) check(survivor core.ID[Contact]) error {
	var f core.Faults
	if n.LoserID.IsZero() {
		f.Add("/loserId", "required", "a merge needs two contacts")
	}
	if n.LoserID == survivor {
		f.Add("/loserId", "different", "a contact cannot be merged into itself")
	}
	checkSurvivorship(&f, "/rule", n.Rule)
	for name, rule := range n.Fields {
		at := "/fields/" + pointerToken.Replace(name)
		if !mergeable(name) {
			f.Add(at, "field", "there is no such field to choose; addresses and tags are united")
		}
		checkSurvivorship(&f, at, rule)
	}
	return f.Err()
}

func checkSurvivorship(f *core.Faults, field string, rule Survivorship) {
	switch rule {
	case "", OfSurvivor, OfLoser, Newest, MostComplete:
	default:
		f.Add(field, "enum", "has to be survivor, loser, newest or complete")
	}
}

func isMerged(c *Contact) bool { return !c.MergedIntoID.IsZero() }

// errMerged is the answer to a change of a contact that was merged into another.
func errMerged(c *Contact) error {
	return &core.Error{
		Kind: core.ErrState, Code: "contact_merged", Message: "the contact was merged into another: change that one, or undo the merge",
		Holder: core.Ref{Kind: "contact", ID: c.MergedIntoID.UUID},
	}
}
