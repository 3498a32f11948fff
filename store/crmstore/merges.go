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

type mergeRow struct {
	bun.BaseModel `bun:"table:crm_merges,alias:mg"`

	CompanyID  core.CompanyID
	ID         core.ID[crm.Merge]
	SurvivorID core.ID[crm.Contact]
	LoserID    core.ID[crm.Contact]
	Record     crm.MergeRecord
	UndoneAt   *time.Time
	UndoneByID core.UserID
	crm.Stamp
}

// merges are seen by those who see their survivor.
var merges = bunstore.Table{Own: "EXISTS (SELECT 1 FROM crm_contacts AS own WHERE own.company_id = ?TableAlias.company_id" +
	" AND own.id = ?TableAlias.survivor_id AND (own.created_by_id = ?0 OR own.owner_id = ?0))"}

func (s store) mergeRow(m crm.Merge) *mergeRow {
	return &mergeRow{
		CompanyID: s.Scope().Company, ID: m.ID, SurvivorID: m.SurvivorID, LoserID: m.LoserID, Record: m.MergeRecord,
		UndoneAt: m.UndoneAt, UndoneByID: m.UndoneByID, Stamp: m.Stamp,
	}
}

func (r *mergeRow) merge() crm.Merge {
	return crm.Merge{
		ID: r.ID, SurvivorID: r.SurvivorID, LoserID: r.LoserID, MergeRecord: r.Record,
		UndoneAt: r.UndoneAt, UndoneByID: r.UndoneByID, Stamp: r.Stamp,
	}
}

func (s store) MergedInto(ctx context.Context, ids ...core.ID[crm.Contact]) ([]crm.Contact, error) {
	var rows []contactRow
	if err := s.Select(bunstore.Shared, &rows).Where("c.merged_into_id IN (?)", bun.List(ids)).OrderExpr("c.id").Scan(ctx); err != nil {
		return nil, s.Fail(err)
	}
	found := make([]crm.Contact, len(rows))
	for i := range rows {
		found[i] = rows[i].Contact
	}
	return found, nil
}

func (s store) InsertMerge(ctx context.Context, m crm.Merge) error {
	_, err := s.Insert(s.mergeRow(m)).Exec(ctx)
	return s.Fail(err)
}

func (s store) Merge(ctx context.Context, id core.ID[crm.Merge]) (crm.Merge, error) {
	var row mergeRow
	if err := s.Select(merges, &row).Where("mg.id = ?", id).Scan(ctx); err != nil {
		return crm.Merge{}, s.missing(err, "merge")
	}
	return row.merge(), nil
}

func (s store) ReplaceMerge(ctx context.Context, m crm.Merge, was int64) error {
	res, err := s.Update(merges, s.mergeRow(m)).ExcludeColumn("company_id", "id", "survivor_id", "loser_id").
		Where("mg.id = ?", m.ID).Where("mg.version = ?", was).Exec(ctx)
	return bunstore.One(res, err, s.Session, core.Stale("merge"))
}

var newestMerges = bunstore.Order[mergeRow]{
	Name: "-createdAt", Column: "created_at", Desc: true,
	Value: func(r *mergeRow) string { return bunstore.TimeText(r.CreatedAt) }, Bind: bunstore.BindTime,
}

func (s store) ListMerges(ctx context.Context, f crm.MergeFilter, p core.Page) (core.List[crm.Merge], error) {
	var rows []mergeRow
	q := s.Select(merges, &rows)
	if !f.Contact.IsZero() {
		q = q.WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Where("mg.survivor_id = ?", f.Contact).WhereOr("mg.loser_id = ?", f.Contact)
		})
	}
	return bunstore.List(ctx, s.Session, q, &rows, newestMerges, p,
		func(r *mergeRow) uuid.UUID { return r.ID.UUID }, (*mergeRow).merge)
}

// namedRow is a merge with the name of the other contact.
type namedRow struct {
	mergeRow `bun:",extend"`
	Name     string `bun:",scanonly"`
}

var newestNamed = bunstore.Order[namedRow]{
	Name: "-createdAt", Column: "created_at", Desc: true,
	Value: func(r *namedRow) string { return bunstore.TimeText(r.CreatedAt) }, Bind: bunstore.BindTime,
}

func (s store) MergesOf(ctx context.Context, contact core.ID[crm.Contact], lost bool, p core.Page) (core.List[crm.NamedMerge], error) {
	of, other := "survivor_id", "loser_id"
	if lost {
		of, other = other, of
	}
	var rows []namedRow
	q := s.Select(merges, &rows).ExcludeColumn("record").ColumnExpr("of.name").
		Join("JOIN crm_contacts AS of ON of.company_id = mg.company_id AND of.id = mg.?", bun.Ident(other)).
		Where("mg.? = ?", bun.Ident(of), contact)
	return bunstore.List(ctx, s.Session, q, &rows, newestNamed, p,
		func(r *namedRow) uuid.UUID { return r.ID.UUID },
		func(r *namedRow) crm.NamedMerge {
			n := crm.NamedMerge{ID: r.ID, OtherID: r.LoserID, Name: r.Name, Undone: r.UndoneAt != nil, Stamp: r.Stamp}
			if lost {
				n.OtherID = r.SurvivorID
			}
			return n
		})
}
