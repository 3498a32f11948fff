package crmstore

import (
	"context"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store/bunstore"
)

type noteRow struct {
	bun.BaseModel `bun:"table:crm_contact_notes,alias:n"`

	CompanyID core.CompanyID
	crm.Note
}

func (s store) InsertNote(ctx context.Context, n crm.Note) error {
	_, err := s.Insert(&noteRow{CompanyID: s.Scope().Company, Note: n}).Exec(ctx)
	return s.Fail(err)
}

func (s store) Note(ctx context.Context, id core.ID[crm.Note]) (crm.Note, error) {
	var row noteRow
	if err := s.Select(ofOwn, &row).Where("n.id = ?", id).Scan(ctx); err != nil {
		return crm.Note{}, s.missing(err, "note")
	}
	return row.Note, nil
}

func (s store) ReplaceNote(ctx context.Context, n crm.Note, was int64) error {
	res, err := s.Update(ofOwn, &noteRow{Note: n}).
		ExcludeColumn("company_id", "id", "contact_id").
		Where("n.id = ?", n.ID).Where("n.version = ?", was).Exec(ctx)
	return bunstore.One(res, err, s.Session, core.Stale("note"))
}

func (s store) DeleteNote(ctx context.Context, id core.ID[crm.Note], was int64) error {
	res, err := s.Delete(ofOwn, (*noteRow)(nil)).Where("n.id = ?", id).Where("n.version = ?", was).Exec(ctx)
	return bunstore.One(res, err, s.Session, core.Stale("note"))
}

var newestNotes = bunstore.Order[noteRow]{
	Name: "-createdAt", Column: "created_at", Desc: true,
	Value: func(r *noteRow) string { return bunstore.TimeText(r.CreatedAt) }, Bind: bunstore.BindTime,
}

func (s store) ListNotes(ctx context.Context, contact core.ID[crm.Contact], p core.Page) (core.List[crm.Note], error) {
	var rows []noteRow
	return bunstore.List(ctx, s.Session, s.Select(ofOwn, &rows).Where("n.contact_id = ?", contact), &rows, newestNotes, p,
		func(r *noteRow) uuid.UUID { return r.ID.UUID },
		func(r *noteRow) crm.Note { return r.Note })
}

// FilesNamed are those of the keys that are the file of a note, of whatever company.
func FilesNamed(ctx context.Context, db *bunstore.DB, keys []string) (named []string, err error) {
	s := db.Session(core.Scope{Actor: core.System()})
	err = s.Across((*noteRow)(nil)).Column("attachment_key").
		Where("n.attachment_key IN (?)", bun.List(keys)).Where("n.attachment_key <> ''").Scan(ctx, &named) // the latter is for the index
	return named, s.Fail(err)
}
