package crm

import (
	"context"

	"github.com/clientele-crm/clientele/core"
)

// TrackerStore keeps trackers with their stages and fields. An actor with OwnRows sees them all.
type TrackerStore interface {
	InsertTracker(ctx context.Context, t Tracker) error
	Tracker(ctx context.Context, id core.ID[Tracker]) (Tracker, error)

	// HoldTracker reads a tracker and keeps others from changing it until the transaction ends;
	// any number hold it at once.
	HoldTracker(ctx context.Context, id core.ID[Tracker]) (Tracker, error)

	// ReplaceTracker writes all of t, with its stages and fields, if the row's version is still
	// was, else [core.ErrConflict]. [core.ErrState]: leads are in a stage that t has not.
	ReplaceTracker(ctx context.Context, t Tracker, was int64) error

	// DeleteTracker removes one if its version is still was, else [core.ErrConflict]. [core.ErrState]: it has
	// leads.
	DeleteTracker(ctx context.Context, id core.ID[Tracker], was int64) error

	// ListTrackers lists them by their folded names.
	ListTrackers(ctx context.Context, f TrackerFilter, p core.Page) (core.List[Tracker], error)

	// TakeTurn calls next with the credits that are kept for a tracker, none at first, and keeps
	// what it makes of them. Others wait for the transaction to end.
	TakeTurn(ctx context.Context, id core.ID[Tracker], next func(Credits)) error
}

// LeadStore keeps leads with their values and moves. An actor with OwnRows sees those that they
// made or that are assigned to them.
type LeadStore interface {
	// InsertLead adds a lead with its values, and the move by which it came into its stage.
	InsertLead(ctx context.Context, l Lead, v ValueChange, m LeadMove) error

	Lead(ctx context.Context, id core.ID[Lead]) (Lead, error)

	// ReplaceLead writes all of l, and of its values what is changed, if the row's version is
	// still was, else [core.ErrConflict].
	ReplaceLead(ctx context.Context, l Lead, was int64, v ValueChange) error

	// DeleteLead removes one, with all that hangs on it, if its version is still was, else
	// [core.ErrConflict].
	DeleteLead(ctx context.Context, id core.ID[Lead], was int64) error

	// ListLeads lists what the filter lets through, in its order.
	ListLeads(ctx context.Context, q LeadQuery, p core.Page) (core.List[Lead], error)

	// LeadBatch is ListLeads for an export: by the time of their creation, which never changes,
	// with as many of them as the page asks for. The sort of q does not count.
	LeadBatch(ctx context.Context, q LeadQuery, p core.Page) (core.List[Lead], error)

	// CountLeads counts what the filter lets through, but no further than limit; 0 is no limit.
	CountLeads(ctx context.Context, q LeadQuery, limit int) (int, error)

	// InsertLeadMoves adds moves, and ListLeadMoves lists those of a lead, the newest first.
	InsertLeadMoves(ctx context.Context, ms ...LeadMove) error
	ListLeadMoves(ctx context.Context, lead core.ID[Lead], p core.Page) (core.List[LeadMove], error)

	// MovesOf lists those of all leads of a contact, the newest first.
	MovesOf(ctx context.Context, contact core.ID[Contact], p core.Page) (core.List[TitledMove], error)
}

// TitledMove is a move, and the title of the lead.
type TitledMove struct {
	LeadMove
	Title string
}

// ValueChange is what is to become of a lead's values: those in the fields are replaced by the
// rows, of which old ones are added to those that there are.
type ValueChange struct {
	Fields []core.ID[Field]
	Rows   []ValueRow
}

// ValueRow is a value as it is kept: of a multi_select there is one for each option.
type ValueRow struct {
	FieldID  core.ID[Field]
	Old      bool
	Position int
	Value    string
	SortKey  string // of [FieldType.SortKey]
}

// AffectedStore finds the leads that a change of their tracker touches, those too that the
// actor does not see.
type AffectedStore interface {
	// LeadsPerStage counts the leads of a tracker by their stage.
	LeadsPerStage(ctx context.Context, id core.ID[Tracker]) (map[string]int, error)

	// LeadsInStages reads up to limit of the leads in any of the stages, by their ids, from
	// behind after on.
	LeadsInStages(ctx context.Context, id core.ID[Tracker], stages []string, after core.ID[Lead], limit int) ([]Lead, error)

	// LeadsWithValues reads up to limit of the leads that have a value in any of the fields, by
	// their ids, from behind after on.
	LeadsWithValues(ctx context.Context, fields []core.ID[Field], after core.ID[Lead], limit int) ([]Lead, error)

	// ReplaceAnyLead is ReplaceLead, of a lead that the actor may not see too.
	ReplaceAnyLead(ctx context.Context, l Lead, was int64, v ValueChange) error

	// RenameReached has the leads of a tracker that reached the one stage have reached the other.
	RenameReached(ctx context.Context, id core.ID[Tracker], from, to string) error
}

// LeadNoteStore keeps the notes on leads.
type LeadNoteStore interface {
	InsertLeadNote(ctx context.Context, n LeadNote) error
	LeadNote(ctx context.Context, id core.ID[LeadNote]) (LeadNote, error)

	// ReplaceLeadNote writes all of n if the row's version is still was, else [core.ErrConflict].
	ReplaceLeadNote(ctx context.Context, n LeadNote, was int64) error

	// DeleteLeadNote removes one if its version is still was, else [core.ErrConflict].
	DeleteLeadNote(ctx context.Context, id core.ID[LeadNote], was int64) error

	// ListLeadNotes lists those of a lead, the newest first.
	ListLeadNotes(ctx context.Context, lead core.ID[Lead], p core.Page) (core.List[LeadNote], error)
}

// Members tells who may be given leads. Package clientele asks package identity; without it,
// anybody may.
type Members interface {
	// Active are those of the users who are active members of the company.
	Active(ctx context.Context, users []core.UserID) ([]core.UserID, error)
}

// Credits is how far each member is ahead in a round robin, by the text of their id.
type Credits map[string]int64
