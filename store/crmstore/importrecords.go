package crmstore

import (
	"context"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store/bunstore"
)

type importRow struct {
	bun.BaseModel `bun:"table:crm_imports,alias:im"`

	CompanyID core.CompanyID
	crm.ImportRecord
}

type importBatchRow struct {
	bun.BaseModel `bun:"table:crm_import_batches,alias:ib"`

	CompanyID core.CompanyID
	crm.ImportBatch
}

// imports are seen by those who ran them.
var (
	imports  = bunstore.Table{Own: "?TableAlias.created_by_id = ?0"}
	ofImport = bunstore.Table{Own: "EXISTS (SELECT 1 FROM crm_imports AS own WHERE own.company_id = ?TableAlias.company_id" +
		" AND own.id = ?TableAlias.import_id AND own.created_by_id = ?0)"}
)

func (s store) InsertImport(ctx context.Context, r crm.ImportRecord) error {
	_, err := s.Insert(&importRow{CompanyID: s.Scope().Company, ImportRecord: r}).Exec(ctx)
	return s.Fail(err)
}

func (s store) Import(ctx context.Context, id core.ID[crm.ImportRecord]) (crm.ImportRecord, error) {
	var row importRow
	if err := s.Select(imports, &row).Where("im.id = ?", id).Scan(ctx); err != nil {
		return crm.ImportRecord{}, s.missing(err, "contact_import")
	}
	return row.ImportRecord, nil
}

func (s store) ReplaceImport(ctx context.Context, r crm.ImportRecord, was int64) error {
	res, err := s.Update(imports, &importRow{CompanyID: s.Scope().Company, ImportRecord: r}).
		ExcludeColumn("company_id", "id").
		Where("im.id = ?", r.ID).Where("im.version = ?", was).Exec(ctx)
	return bunstore.One(res, err, s.Session, core.Stale("contact_import"))
}

var importOrder = bunstore.Order[importRow]{
	Name: "-createdAt", Column: "created_at", Desc: true, Value: func(r *importRow) string { return bunstore.TimeText(r.CreatedAt) }, Bind: bunstore.BindTime,
}

func (s store) ListImports(ctx context.Context, p core.Page) (core.List[crm.ImportRecord], error) {
	var rows []importRow
	return bunstore.List(ctx, s.Session, s.Select(imports, &rows), &rows, importOrder, p,
		func(r *importRow) uuid.UUID { return r.ID.UUID },
		func(r *importRow) crm.ImportRecord { return r.ImportRecord })
}

func (s store) InsertImportBatch(ctx context.Context, b crm.ImportBatch) error {
	_, err := s.Insert(&importBatchRow{CompanyID: s.Scope().Company, ImportBatch: b}).Exec(ctx)
	return s.Fail(err)
}

func (s store) ImportBatches(ctx context.Context, of core.ID[crm.ImportRecord], reverted bool, limit int) ([]crm.ImportBatch, error) {
	var rows []importBatchRow
	q := s.Select(ofImport, &rows).Where("ib.import_id = ?", of).Where("ib.reverted = ?", reverted)
	if err := q.OrderExpr("ib.first_line DESC").Limit(int64(limit)).Scan(ctx); err != nil {
		return nil, s.Fail(err)
	}
	batches := make([]crm.ImportBatch, len(rows))
	for i := range rows {
		batches[i] = rows[i].ImportBatch
	}
	return batches, nil
}

func (s store) ReplaceImportBatch(ctx context.Context, b crm.ImportBatch) error {
	if len(b.Contacts) == 0 && b.Reverted {
		_, err := s.Delete(ofImport, (*importBatchRow)(nil)).Where("import_id = ?", b.ImportID).Where("first_line = ?", b.FirstLine).Exec(ctx)
		return s.Fail(err)
	}
	_, err := s.Update(ofImport, &importBatchRow{CompanyID: s.Scope().Company, ImportBatch: b}).Column("contacts", "reverted").
		Where("ib.import_id = ?", b.ImportID).Where("ib.first_line = ?", b.FirstLine).Exec(ctx)
	return s.Fail(err)
}

// auditRow is an entry of the audit, as far as undoing it needs it.
type auditRow struct {
	bun.BaseModel `bun:"table:core_audit,alias:a"`

	Changes map[string]core.AuditChange
}

func (s store) ContactChanges(ctx context.Context, id core.ID[crm.Contact]) ([]map[string]core.AuditChange, error) {
	var rows []auditRow
	err := s.Select(bunstore.Shared, &rows).Where("a.subject_kind = 'contact'").Where("a.subject_id = ?", id).
		OrderExpr("a.created_at DESC, a.id DESC").Limit(maxHistory).Scan(ctx)
	if err != nil {
		return nil, s.Fail(err)
	}
	list := make([]map[string]core.AuditChange, len(rows))
	for i, row := range rows {
		list[i] = row.Changes
	}
	return list, nil
}

// maxHistory is how many of a contact's newest changes are looked through.
const maxHistory = 500
