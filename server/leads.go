package server

import (
	"context"
	"net/http"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

func leadOperations() []Operation {
	changed := []int{http.StatusConflict, http.StatusPreconditionFailed}
	return []Operation{
		inCompany(Operation{
			Method: http.MethodGet, Path: "/leads", ID: "listLeads", Tag: "Leads",
			Summary: "List leads", Details: "Those that meet every condition.", Access: needs(core.LeadsRead),
		}, listLeads),
		inCompany(Operation{
			Method: http.MethodPost, Path: "/leads", ID: "createLead", Tag: "Leads",
			Summary: "Add a lead",
			Details: "It begins in the first open stage of its tracker, unless status says another. Without assignedToId the tracker's rule says who gets it; " +
				"naming somebody else than oneself needs leads:assign.",
			Access: needs(core.LeadsWrite), Status: http.StatusCreated, Required: []string{"title", "trackerId", "contactId"},
			Example: map[string]any{
				"title": "An engine", "trackerId": "01900000-0000-7000-8000-000000000001", "contactId": "01900000-0000-7000-8000-000000000002",
				"estimatedValue": map[string]any{"amount": "1250.00", "currency": "BRL"}, "expectedCloseDate": "2030-01-31",
			},
		}, createLead),
		inCompany(Operation{
			Method: http.MethodGet, Path: "/leads/search", ID: "searchLeads", Tag: "Leads",
			Summary: "Search leads",
			Details: "Those that have all words of q, in any order: words of the title, the description and the values in the tracker's fields. " +
				"The end of a word may be missing; case and accents do not count. The newest come first. " +
				"All conditions of the list of leads can be asked beside. Leads of a person are those of a contact: search for that.",
			Access: needs(core.LeadsRead),
		}, searchLeads),
		inCompany(Operation{
			Method: http.MethodGet, Path: "/leads/{id}", ID: "getLead", Tag: "Leads", Summary: "Read a lead", Access: needs(core.LeadsRead),
		}, getLead),
		inCompany(Operation{
			Method: http.MethodPatch, Path: "/leads/{id}", ID: "updateLead", Tag: "Leads",
			Summary: "Change a lead", Details: "A JSON merge patch, of values too. Its status and who works on it have operations of their own.",
			Access: needs(core.LeadsWrite), Errors: changed, Example: map[string]any{"title": "Two engines"},
		}, updateLead),
		inCompany(Operation{
			Method: http.MethodDelete, Path: "/leads/{id}", ID: "deleteLead", Tag: "Leads",
			Summary: "Delete a lead", Details: "For good, with its values, notes and history.", Access: needs(core.LeadsDelete), Errors: changed,
		}, deleteLead),
		inCompany(Operation{
			Method: http.MethodPut, Path: "/leads/{id}/status", ID: "moveLead", Tag: "Leads",
			Summary: "Move a lead to another stage",
			Details: "409 move_not_allowed: its stage does not allow it. 422: it lacks what the stage requires, which may come with the move.",
			Access:  needs(core.LeadsWrite), Errors: changed, Required: []string{"status"}, Example: map[string]any{"status": "contacted"},
		}, moveLead),
		inCompany(Operation{
			Method: http.MethodPut, Path: "/leads/{id}/assignee", ID: "assignLead", Tag: "Leads",
			Summary: "Give a lead to a member", Details: "null gives it to nobody; byRule to whom the tracker's rule says.",
			Access: needs(core.LeadsAssign), Errors: changed, Example: map[string]any{"assignedToId": nil},
		}, assignLead),
		inCompany(Operation{
			Method: http.MethodPut, Path: "/leads/{id}/values", ID: "setLeadValues", Tag: "Leads",
			Summary: "Give a lead all its values", Details: "By the names of the tracker's fields. Fields that are not named have none then.",
			Access: needs(core.LeadsWrite), Errors: changed, Example: map[string]any{},
		}, setLeadValues),
		inCompany(Operation{
			Method: http.MethodGet, Path: "/leads/{id}/history", ID: "listLeadMoves", Tag: "Leads",
			Summary: "List the moves of a lead", Details: "The newest first.", Access: needs(core.LeadsRead),
		}, listLeadMoves),
		inCompany(Operation{
			Method: http.MethodGet, Path: "/contacts/{id}/leads", ID: "listContactLeads", Tag: "Leads",
			Summary: "List a contact's leads", Details: "The newest first: those that the caller sees.", Access: needs(core.LeadsRead),
		}, listContactLeads),
	}
}

// Amount is an amount as people write it.
type Amount struct {
	Amount   string `json:"amount"`             // a decimal such as 1250.00
	Currency string `json:"currency,omitempty"` // ISO 4217; absent: the company's
}

// amountOf is the amount as it is written.
func amountOf(m *core.Money) *Amount {
	if m == nil {
		return nil
	}
	return &Amount{m.Amount(), m.Currency}
}

// money reads an amount that names a currency or is in the company's.
func (a *Amount) money(currency string) (*core.Money, error) {
	if a == nil {
		return nil, nil
	}
	if a.Currency != "" {
		currency = a.Currency
	}
	m, err := core.ParseMoney(a.Amount, currency)
	if err != nil {
		return nil, core.Faults{{Field: "/estimatedValue", Rule: "amount", Message: err.(*core.Error).Message}}.Err()
	}
	return &m, nil
}

// AddedLead is a new lead whose amount is as people write it.
type AddedLead struct {
	crm.NewLead
	EstimatedValue *Amount `json:"estimatedValue,omitempty"` // not below zero, of at most 15 digits
}

type newLead struct{ Body AddedLead }

func createLead(ctx context.Context, ws *clientele.Workspace, in *newLead) (*resource[crm.Lead], error) {
	currency, err := ws.Leads.Currency(ctx)
	if err != nil {
		return nil, err
	}
	n := in.Body.NewLead
	if n.EstimatedValue, err = in.Body.EstimatedValue.money(currency); err != nil {
		return nil, err
	}
	l, err := ws.Leads.Create(ctx, n)
	return one(l, l.Version, err)
}

type leadID struct {
	ID core.ID[crm.Lead] `path:"id"`
}

func getLead(ctx context.Context, ws *clientele.Workspace, in *leadID) (*resource[crm.Lead], error) {
	l, err := ws.Leads.Get(ctx, in.ID)
	return one(l, l.Version, err)
}

// EditedLead is what a PATCH may change.
type EditedLead struct {
	crm.LeadDetails
	EstimatedValue *Amount `json:"estimatedValue,omitempty"` // not below zero, of at most 15 digits
}

// editLead makes an edit of a merge patch.
func editLead(ctx context.Context, ws *clientele.Workspace, patch Patch[EditedLead]) (func(*crm.Lead) error, error) {
	currency, err := ws.Leads.Currency(ctx) // before the transaction of the edit
	if err != nil {
		return nil, err
	}
	return func(l *crm.Lead) error {
		edited := EditedLead{l.LeadDetails, amountOf(l.EstimatedValue)}
		if err := patch.apply(&edited); err != nil {
			return err
		}
		was := l.EstimatedValue
		l.LeadDetails = edited.LeadDetails
		if same := amountOf(was); same != nil && edited.EstimatedValue != nil && *same == *edited.EstimatedValue {
			l.EstimatedValue = was
			return nil
		}
		l.EstimatedValue, err = edited.EstimatedValue.money(currency)
		return err
	}, nil
}

type leadChange struct {
	ID core.ID[crm.Lead] `path:"id"`
	IfMatch
	Body Patch[EditedLead]
}

func updateLead(ctx context.Context, ws *clientele.Workspace, in *leadChange) (*resource[crm.Lead], error) {
	edit, err := editLead(ctx, ws, in.Body)
	if err != nil {
		return nil, err
	}
	l, err := ws.Leads.Update(ctx, in.ID, func(l *crm.Lead) error {
		if err := in.matches(l.Version, *l); err != nil {
			return err
		}
		return edit(l)
	})
	return one(l, l.Version, err)
}

type leadCondition struct {
	ID core.ID[crm.Lead] `path:"id"`
	IfMatch
}

func (in leadCondition) check(l crm.Lead) error { return in.matches(l.Version, l) }

func deleteLead(ctx context.Context, ws *clientele.Workspace, in *leadCondition) (*nothing, error) {
	return done(ws.Leads.Delete(ctx, in.ID, in.check))
}

// LeadStep says where a lead goes.
type LeadStep struct {
	Status     string     `json:"status"`     // the key of the stage
	From       string     `json:"from"`       // the stage where it has to be still, or it is 409; empty: any
	LostReason string     `json:"lostReason"` // why, where it is lost by this
	Values     crm.Values `json:"values"`     // to be put in on the way; fields that are not named stay
}

func (s LeadStep) move() crm.Move {
	return crm.Move{To: s.Status, From: s.From, LostReason: s.LostReason, Values: s.Values}
}

type leadMove struct {
	ID core.ID[crm.Lead] `path:"id"`
	IfMatch
	Body LeadStep
}

func moveLead(ctx context.Context, ws *clientele.Workspace, in *leadMove) (*resource[crm.Lead], error) {
	l, err := ws.Leads.Move(ctx, in.ID, in.Body.move(), leadCondition{in.ID, in.IfMatch}.check)
	return one(l, l.Version, err)
}

// LeadAssignee says whom a lead is given to.
type LeadAssignee struct {
	AssignedToID core.UserID `json:"assignedToId"` // the user; null: nobody
	ByRule       bool        `json:"byRule"`       // to whom the tracker's rule says, instead
}

// assignee is whom a body, which is at a JSON pointer, gives a lead to. It has to say so: nothing is not
// the same as nobody.
func assignee(at string, body Patch[LeadAssignee]) (to LeadAssignee, err error) {
	if err := body.apply(&to); err != nil {
		return to, err
	}
	if !to.ByRule && !body.names("assignedToId") {
		return to, core.Faults{{Field: at + "/assignedToId", Rule: "required", Message: "has to be there: null gives it to nobody"}}.Err()
	}
	return to, nil
}

type leadAssignment struct {
	ID core.ID[crm.Lead] `path:"id"`
	IfMatch
	Body Patch[LeadAssignee]
}

func assignLead(ctx context.Context, ws *clientele.Workspace, in *leadAssignment) (*resource[crm.Lead], error) {
	to, err := assignee("", in.Body)
	if err != nil {
		return nil, err
	}
	check := leadCondition{in.ID, in.IfMatch}.check
	if to.ByRule {
		l, err := ws.Leads.AssignByRule(ctx, in.ID, check)
		return one(l, l.Version, err)
	}
	l, err := ws.Leads.Assign(ctx, in.ID, to.AssignedToID, check)
	return one(l, l.Version, err)
}

type leadValues struct {
	ID core.ID[crm.Lead] `path:"id"`
	IfMatch
	Body crm.Values
}

func setLeadValues(ctx context.Context, ws *clientele.Workspace, in *leadValues) (*resource[crm.Lead], error) {
	l, err := ws.Leads.Update(ctx, in.ID, func(l *crm.Lead) error {
		l.Values = in.Body
		return in.matches(l.Version, *l)
	})
	return one(l, l.Version, named(err, "/values", ""))
}

type ofLeadQuery struct {
	ID core.ID[crm.Lead] `path:"id"`
	Paged
}

func listLeadMoves(ctx context.Context, ws *clientele.Workspace, in *ofLeadQuery) (*pageOf[crm.LeadMove], error) {
	l, err := ws.Leads.History(ctx, in.ID, in.page())
	return list(l, err)
}

func listContactLeads(ctx context.Context, ws *clientele.Workspace, in *ofContactQuery) (*pageOf[crm.Lead], error) {
	l, err := ws.Leads.OfContact(ctx, in.ID, crm.LeadFilter{}, in.page())
	return list(l, err)
}
