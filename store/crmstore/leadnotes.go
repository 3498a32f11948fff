package crmstore

import (
	"context"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store/bunstore"
)

type leadNoteRow struct {
	bun.BaseModel `bun:"table:crm_lead_notes,alias:ln"`

	CompanyID core.CompanyID
	crm.LeadNote
}

func (s store) InsertLeadNote(ctx context.Context, n crm.LeadNote) error {
	_, err := s.Insert(&leadNoteRow{CompanyID: s.Scope().Company, LeadNote: n}).Exec(ctx)
	return s.Fail(err)
}

func (s store) LeadNote(ctx context.Context, id core.ID[crm.LeadNote]) (crm.LeadNote, error) {
	var row leadNoteRow
	if err := s.Select(ofOwnLead, &row).Where("ln.id = ?", id).Scan(ctx); err != nil {
		return crm.LeadNote{}, s.missing(err, "lead_note")
	}
	return row.LeadNote, nil
}

func (s store) ReplaceLeadNote(ctx context.Context, n crm.LeadNote, was int64) error {
	res, err := s.Update(ofOwnLead, &leadNoteRow{LeadNote: n}).
		ExcludeColumn("company_id", "id", "lead_id").
		Where("ln.id = ?", n.ID).Where("ln.version = ?", was).Exec(ctx)
	return bunstore.One(res, err, s.Session, core.Stale("lead_note"))
}

func (s store) DeleteLeadNote(ctx context.Context, id core.ID[crm.LeadNote], was int64) error {
	res, err := s.Delete(ofOwnLead, (*leadNoteRow)(nil)).Where("ln.id = ?", id).Where("ln.version = ?", was).Exec(ctx)
	return bunstore.One(res, err, s.Session, core.Stale("lead_note"))
}

var newestLeadNotes = bunstore.Order[leadNoteRow]{
	Name: "-createdAt", Column: "created_at", Desc: true,
	Value: func(r *leadNoteRow) string { return bunstore.TimeText(r.CreatedAt) }, Bind: bunstore.BindTime,
}

func (s store) ListLeadNotes(ctx context.Context, lead core.ID[crm.Lead], p core.Page) (core.List[crm.LeadNote], error) {
	var rows []leadNoteRow
	return bunstore.List(ctx, s.Session, s.Select(ofOwnLead, &rows).Where("ln.lead_id = ?", lead), &rows, newestLeadNotes, p,
		func(r *leadNoteRow) uuid.UUID { return r.ID.UUID },
		func(r *leadNoteRow) crm.LeadNote { return r.LeadNote })
}
