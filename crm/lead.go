package crm

import (
	"time"

	"github.com/clientele-crm/clientele/core"
)

// Lead is a chance to sell something to a contact. It goes through the pipeline of its tracker.
type Lead struct {
	ID        core.ID[Lead]    `json:"id"`
	TrackerID core.ID[Tracker] `json:"trackerId"` // it stays with it
	LeadDetails

	Status       string      `json:"status"`                // the key of the stage that it is in
	AssignedToID core.UserID `json:"assignedToId,omitzero"` // the user who works on it

	EnteredAt time.Time  `json:"enteredAt"`         // when it came into its stage
	Reached   string     `json:"reached"`           // the key of the furthest open or won stage that it has been in
	ClosedAt  *time.Time `json:"closedAt,omitzero"` // when it was won or lost; absent while it is neither
	ClosedOn  Date       `json:"closedOn"`          // the day of that in the company's time zone; empty while it is open

	// OldValues are what it had in fields that were removed, or changed so that it fits no more.
	OldValues []OldValue `json:"oldValues"`
	Stamp
}

// LeadDetails is what a person may say of a lead at any time. Only the title and the contact are
// always required; the tracker's fields and stages may require more.
type LeadDetails struct {
	Title       string           `json:"title"`       // 1 to 200 characters
	Description string           `json:"description"` // up to 4000 characters
	ContactID   core.ID[Contact] `json:"contactId"`   // who may buy: a live contact, when it is chosen

	// EstimatedValue is what it may be worth: not below zero, of at most 15 digits. Without a
	// currency it is in the company's.
	EstimatedValue *core.Money `json:"estimatedValue,omitzero"`

	ExpectedCloseDate Date   `json:"expectedCloseDate"` // when it may be won: YYYY-MM-DD; may be empty
	Source            string `json:"source"`            // where it came from; of a new one that says none, the contact's
	LostReason        string `json:"lostReason"`        // why it was lost, of a lead that is: up to 1000 characters
	Values            Values `json:"values"`            // in the tracker's fields, by their names
}

// NewLead is what a person may say of a new lead.
type NewLead struct {
	TrackerID core.ID[Tracker] `json:"trackerId"` // an active one
	LeadDetails
	Status string `json:"status"` // the stage where it begins; empty: the first open one

	// AssignedToID is the user who is to work on it. None: the tracker's rule says who. Naming
	// somebody else than oneself needs leads:assign.
	AssignedToID core.UserID `json:"assignedToId,omitzero"`
}

// OldValue is a value that does not fit its field any more.
type OldValue struct {
	Field string `json:"field"` // the name of the field
	Label string `json:"label"` // what people called it
	Value string `json:"value"` // as it was
}

// LeadMove says that a lead came into a stage. They are only ever added.
type LeadMove struct {
	ID        core.ID[LeadMove] `json:"id"`
	LeadID    core.ID[Lead]     `json:"leadId"`    // which lead
	ContactID core.ID[Contact]  `json:"-"`         // the lead's, when it moved; its timeline is found by it
	TrackerID core.ID[Tracker]  `json:"trackerId"` // its tracker
	From      string            `json:"from"`      // the key of the stage that it left; empty where it was created
	To        string            `json:"to"`        // the key of the stage that it came into

	// StaySeconds is how long it had been in the stage that it left.
	StaySeconds int64       `json:"staySeconds"`
	LostReason  string      `json:"lostReason"`           // where it was lost by this
	CreatedByID core.UserID `json:"createdById,omitzero"` // who moved it
	CreatedAt   time.Time   `json:"createdAt"`            // when
}

// The events of a lead. Each has the whole lead before and after.
var (
	LeadCreated  = core.EventType[Lead]{Name: "lead.created", Kind: "lead"}
	LeadUpdated  = core.EventType[Lead]{Name: "lead.updated", Kind: "lead"}
	LeadMoved    = core.EventType[Lead]{Name: "lead.moved", Kind: "lead"}
	LeadAssigned = core.EventType[Lead]{Name: "lead.assigned", Kind: "lead"}
	LeadDeleted  = core.EventType[Lead]{Name: "lead.deleted", Kind: "lead"}
)

// clone is a copy that shares nothing that is written to.
func (l Lead) clone() Lead {
	l.Values = l.Values.clone()
	if l.EstimatedValue != nil {
		value := *l.EstimatedValue
		l.EstimatedValue = &value
	}
	return l
}
