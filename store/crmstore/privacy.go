package crmstore

import (
	"bytes"
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store/bunstore"
	"github.com/clientele-crm/clientele/store/workstore"
)

type erasureRow struct {
	bun.BaseModel `bun:"table:crm_erasures,alias:er"`

	CompanyID core.CompanyID
	crm.Erasure
}

// erasures are for those who see every row.
var erasures = bunstore.Table{}

func (s store) LockContact(ctx context.Context, id core.ID[crm.Contact]) (crm.Contact, error) {
	var row contactRow
	if err := s.Lock(s.Select(contacts, &row).Where("c.id = ?", id)).Scan(ctx); err != nil {
		return crm.Contact{}, s.missing(err, "contact")
	}
	return row.Contact, nil
}

func (s store) RelatedRows(ctx context.Context, p crm.Person) (ids []uuid.UUID, err error) {
	err = s.Select(bunstore.Shared, (*leadRow)(nil)).Column("l.id").Where("l.contact_id IN (?)", bun.List(p.Contacts)).Scan(ctx, &ids)
	if err != nil {
		return nil, s.Fail(err)
	}
	gone, err := s.Subjects(ctx, traces(p), "lead")
	ids = append(ids, gone...)
	slices.SortFunc(ids, func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) })
	return slices.Compact(ids), err
}

func (s store) EraseContacts(ctx context.Context, ids []core.ID[crm.Contact]) (files []string, err error) {
	err = s.Select(bunstore.Shared, (*noteRow)(nil)).Column("attachment_key").
		Where("n.contact_id IN (?)", bun.List(ids)).Where("n.attachment_key <> ''").OrderExpr("n.attachment_key").Scan(ctx, &files)
	if err != nil {
		return nil, s.Fail(err)
	}
	_, err = s.Delete(bunstore.Shared, (*contactRow)(nil)).Where("c.id IN (?)", bun.List(ids)).Exec(ctx)
	return files, s.Fail(err)
}

func (s store) ForgetTraces(ctx context.Context, p crm.Person) error {
	if err := s.Forget(ctx, traces(p)); err != nil {
		return err
	}
	return workstore.Forget(ctx, s.Session, slices.Concat(p.IDs(), p.Related), crm.ContactErased.Name)
}

func (s store) ListTraces(ctx context.Context, p crm.Person, page core.Page) (core.List[core.AuditEntry], error) {
	return s.Traces(ctx, traces(p), page)
}

func traces(p crm.Person) bunstore.Trace {
	return bunstore.Trace{Kind: "contact", IDs: p.IDs(), Related: p.Related, Since: p.Since, Keep: crm.ContactErased.Name}
}

func (s store) erasureRow(e crm.Erasure) *erasureRow {
	if e.Files == nil {
		e.Files = []string{}
	}
	if e.Related == nil {
		e.Related = []uuid.UUID{}
	}
	if e.Merged == nil {
		e.Merged = []core.ID[crm.Contact]{}
	}
	return &erasureRow{CompanyID: s.Scope().Company, Erasure: e}
}

func (s store) InsertErasure(ctx context.Context, e crm.Erasure) error {
	_, err := s.Insert(s.erasureRow(e)).Exec(ctx)
	return s.Fail(err)
}

func (s store) Erasure(ctx context.Context, id core.ID[crm.Erasure]) (crm.Erasure, error) {
	var row erasureRow
	if err := s.Select(erasures, &row).Where("er.id = ?", id).Scan(ctx); err != nil {
		return crm.Erasure{}, s.missing(err, "erasure")
	}
	return row.Erasure, nil
}

func (s store) ReplaceErasure(ctx context.Context, e crm.Erasure) error {
	res, err := s.Update(bunstore.Shared, s.erasureRow(e)).Column("files", "updated_at", "finished_at").Where("er.id = ?", e.ID).Exec(ctx)
	return bunstore.One(res, err, s.Session, core.NotFound("erasure"))
}

var newestErasures = bunstore.Order[erasureRow]{
	Name: "-createdAt", Column: "created_at", Desc: true,
	Value: func(r *erasureRow) string { return bunstore.TimeText(r.CreatedAt) }, Bind: bunstore.BindTime,
}

func (s store) ListErasures(ctx context.Context, p core.Page) (core.List[crm.Erasure], error) {
	var rows []erasureRow
	return bunstore.List(ctx, s.Session, s.Select(erasures, &rows), &rows, newestErasures, p,
		func(r *erasureRow) uuid.UUID { return r.ID.UUID },
		func(r *erasureRow) crm.Erasure { return r.Erasure })
}

func (s store) DeletedBefore(ctx context.Context, before time.Time, after crm.Purged, limit int) ([]crm.Purged, error) {
	q := s.Select(contacts, (*contactRow)(nil)).ColumnExpr("c.id AS contact_id, c.deleted_at").
		Where("c.deleted_at <= ?", before.UTC()).Where("c.merged_into_id IS NULL").OrderExpr("c.deleted_at, c.id").Limit(int64(limit))
	if !after.ContactID.IsZero() {
		q = q.Where("(c.deleted_at, c.id) > (?, ?)", after.DeletedAt.UTC(), after.ContactID)
	}
	var list []crm.Purged
	if err := q.Scan(ctx, &list); err != nil {
		return nil, s.Fail(err)
	}
	for i := range list {
		list[i].DeletedAt = list[i].DeletedAt.UTC()
	}
	return list, nil
}
