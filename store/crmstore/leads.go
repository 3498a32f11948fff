package crmstore

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// leadRow is a lead without its values, with the keys that it is sorted and counted by.
type leadRow struct {
	bun.BaseModel `bun:"table:crm_leads,alias:l"`

	CompanyID         core.CompanyID
	ID                core.ID[crm.Lead]
	TrackerID         core.ID[crm.Tracker]
	ContactID         core.ID[crm.Contact]
	Title             string
	TitleKey          string
	Description       string
	Status            string
	Reached           string
	ValueMinor        int64
	ValueCurrency     string // empty: there is no value
	ExpectedCloseDate crm.Date
	Source            string
	LostReason        string
	AssignedToID      core.UserID
	EnteredAt         time.Time
	EnteredSeconds    int64
	ClosedAt          *time.Time
	ClosedOn          crm.Date
	crm.Stamp
}

// writtenLead is a lead's row as it is written: with what it is searched by, which nobody reads.
type writtenLead struct {
	leadRow `bun:",extend"`
	Words   string // see bunstore.Session.Words
}

func (s store) leadRow(l crm.Lead) *writtenLead {
	row := leadRow{
		CompanyID: s.Scope().Company, ID: l.ID, TrackerID: l.TrackerID, ContactID: l.ContactID,
		Title: l.Title, TitleKey: core.Fold(l.Title), Description: l.Description,
		Status: l.Status, Reached: l.Reached, ExpectedCloseDate: l.ExpectedCloseDate, Source: l.Source, LostReason: l.LostReason,
		AssignedToID: l.AssignedToID, EnteredAt: l.EnteredAt, EnteredSeconds: l.EnteredAt.Unix(),
		ClosedAt: l.ClosedAt, ClosedOn: l.ClosedOn, Stamp: l.Stamp,
	}
	if l.EstimatedValue != nil {
		row.ValueMinor, row.ValueCurrency = l.EstimatedValue.Minor, l.EstimatedValue.Currency
	}
	return &writtenLead{row, s.Session.Words(l.Words())}
}

// lead is the lead without its values.
func (r *leadRow) lead() crm.Lead {
	l := crm.Lead{
		ID: r.ID, TrackerID: r.TrackerID,
		LeadDetails: crm.LeadDetails{
			Title: r.Title, Description: r.Description, ContactID: r.ContactID, ExpectedCloseDate: r.ExpectedCloseDate,
			Source: r.Source, LostReason: r.LostReason, Values: crm.Values{},
		},
		Status: r.Status, AssignedToID: r.AssignedToID, EnteredAt: r.EnteredAt, Reached: r.Reached,
		ClosedAt: r.ClosedAt, ClosedOn: r.ClosedOn, OldValues: []crm.OldValue{}, Stamp: r.Stamp,
	}
	if r.ValueCurrency != "" {
		l.EstimatedValue = &core.Money{Minor: r.ValueMinor, Currency: r.ValueCurrency}
	}
	return l
}

// moveRow is a move; it is never changed.
type moveRow struct {
	bun.BaseModel `bun:"table:crm_lead_moves,alias:mv"`

	CompanyID   core.CompanyID
	ID          core.ID[crm.LeadMove]
	LeadID      core.ID[crm.Lead]
	ContactID   core.ID[crm.Contact] // of the lead; a trigger keeps it
	TrackerID   core.ID[crm.Tracker]
	FromStatus  string
	ToStatus    string
	StaySeconds int64
	LostReason  string
	CreatedByID core.UserID
	CreatedAt   time.Time
}

// leads are seen by those who made them or work on them. Which those are is asked of the two
// indexes first: by an OR, SQLite reads all leads of the company.
var (
	leads     = bunstore.Table{Own: "?TableAlias.id IN (" + ownLeads + ")"}
	ofOwnLead = bunstore.Table{Own: "?TableAlias.lead_id IN (" + ownLeads + ")"}
)

const ownLeads = "SELECT id FROM crm_leads WHERE company_id = ?1 AND created_by_id = ?0" +
	" UNION ALL SELECT id FROM crm_leads WHERE company_id = ?1 AND assigned_to_id = ?0"

func (s store) InsertLead(ctx context.Context, l crm.Lead, v crm.ValueChange, m crm.LeadMove) error {
	if _, err := s.Insert(s.leadRow(l)).Exec(ctx); err != nil {
		return s.Fail(err)
	}
	if err := s.insertValues(ctx, l, v); err != nil {
		return err
	}
	return s.InsertLeadMoves(ctx, m)
}

func (s store) Lead(ctx context.Context, id core.ID[crm.Lead]) (crm.Lead, error) {
	var row leadRow
	if err := s.Select(leads, &row).Where("l.id = ?", id).Scan(ctx); err != nil {
		return crm.Lead{}, s.missing(err, "lead")
	}
	whole, err := s.wholeLeads(ctx, []leadRow{row})
	if err != nil {
		return crm.Lead{}, err
	}
	return whole[0], nil
}

func (s store) ReplaceLead(ctx context.Context, l crm.Lead, was int64, v crm.ValueChange) error {
	return s.replaceLead(ctx, leads, l, was, v)
}

func (s store) ReplaceAnyLead(ctx context.Context, l crm.Lead, was int64, v crm.ValueChange) error {
	return s.replaceLead(ctx, bunstore.Shared, l, was, v)
}

func (s store) replaceLead(ctx context.Context, seen bunstore.Table, l crm.Lead, was int64, v crm.ValueChange) error {
	res, err := s.Update(seen, s.leadRow(l)).ExcludeColumn("company_id", "id", "tracker_id").
		Where("l.id = ?", l.ID).Where("l.version = ?", was).Exec(ctx)
	if err := bunstore.One(res, err, s.Session, core.Stale("lead")); err != nil {
		return err
	}
	return s.replaceValues(ctx, l, v)
}

func (s store) DeleteLead(ctx context.Context, id core.ID[crm.Lead], was int64) error {
	res, err := s.Delete(leads, (*leadRow)(nil)).Where("l.id = ?", id).Where("l.version = ?", was).Exec(ctx)
	return bunstore.One(res, err, s.Session, core.Stale("lead"))
}

func (s store) InsertLeadMoves(ctx context.Context, ms ...crm.LeadMove) error {
	if len(ms) == 0 {
		return nil
	}
	rows := make([]moveRow, len(ms))
	for i, m := range ms {
		rows[i] = moveRow{
			CompanyID: s.Scope().Company, ID: m.ID, LeadID: m.LeadID, ContactID: m.ContactID, TrackerID: m.TrackerID, FromStatus: m.From, ToStatus: m.To,
			StaySeconds: m.StaySeconds, LostReason: m.LostReason, CreatedByID: m.CreatedByID, CreatedAt: m.CreatedAt,
		}
	}
	_, err := s.Insert(&rows).Exec(ctx)
	return s.Fail(err)
}

var newestMoves = bunstore.Order[moveRow]{
	Name: "-createdAt", Column: "created_at", Desc: true,
	Value: func(r *moveRow) string { return bunstore.TimeText(r.CreatedAt) }, Bind: bunstore.BindTime,
}

func (s store) ListLeadMoves(ctx context.Context, lead core.ID[crm.Lead], p core.Page) (core.List[crm.LeadMove], error) {
	var rows []moveRow
	return bunstore.List(ctx, s.Session, s.Select(ofOwnLead, &rows).Where("mv.lead_id = ?", lead), &rows, newestMoves, p,
		func(r *moveRow) uuid.UUID { return r.ID.UUID },
		func(r *moveRow) crm.LeadMove { return r.move() })
}

func (r *moveRow) move() crm.LeadMove {
	return crm.LeadMove{
		ID: r.ID, LeadID: r.LeadID, ContactID: r.ContactID, TrackerID: r.TrackerID, From: r.FromStatus, To: r.ToStatus, StaySeconds: r.StaySeconds,
		LostReason: r.LostReason, CreatedByID: r.CreatedByID, CreatedAt: r.CreatedAt,
	}
}
