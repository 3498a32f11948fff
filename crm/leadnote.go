package crm

import "github.com/clientele-crm/clientele/core"

// LeadNote is a text about a lead.
type LeadNote struct {
	ID     core.ID[LeadNote] `json:"id"`
	LeadID core.ID[Lead]     `json:"leadId"` // what it is about
	NewLeadNote
	Stamp
}

// NewLeadNote is what a person may say of a note on a lead.
type NewLeadNote struct {
	Content string `json:"content"` // 1 to 10,000 characters
}

// The events of a note on a lead.
var (
	LeadNoteCreated = core.EventType[LeadNote]{Name: "lead_note.created", Kind: "lead_note"}
	LeadNoteUpdated = core.EventType[LeadNote]{Name: "lead_note.updated", Kind: "lead_note"}
	LeadNoteDeleted = core.EventType[LeadNote]{Name: "lead_note.deleted", Kind: "lead_note"}
)

func (n *LeadNote) check() error {
	var f core.Faults
	n.Content = f.Text("/content", n.Content, maxContent)
	if n.Content == "" {
		f.Add("/content", "required", "a note has to have a content")
	}
	return f.Err()
}
