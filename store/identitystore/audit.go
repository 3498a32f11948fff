package identitystore

import (
	"context"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/identity"
	"github.com/clientele-crm/clientele/store/bunstore"
)

type auditRow struct {
	bun.BaseModel `bun:"table:core_audit,alias:a"`

	CompanyID core.CompanyID
	core.AuditEntry
}

// audit is seen, by those who see own rows only, as far as it is of what they did.
var audit = bunstore.Table{Own: "?TableAlias.actor_id = ?0"}

var auditOrders = []bunstore.Order[auditRow]{
	{Name: "createdAt", Column: "created_at", Value: auditCreated, Bind: bunstore.BindTime},
	{Name: "-createdAt", Column: "created_at", Desc: true, Value: auditCreated, Bind: bunstore.BindTime},
}

func auditCreated(r *auditRow) string { return bunstore.TimeText(r.CreatedAt) }

func (s store) ListAudit(ctx context.Context, f identity.AuditFilter, p core.Page) (core.List[core.AuditEntry], error) {
	order, err := bunstore.Find(auditOrders, string(f.Sort))
	if err != nil {
		return core.List[core.AuditEntry]{}, err
	}
	var rows []auditRow
	q := s.Select(audit, &rows)
	if f.SubjectKind != "" {
		q = q.Where("a.subject_kind = ?", f.SubjectKind)
	}
	if f.SubjectID != uuid.Nil {
		q = q.Where("a.subject_id = ?", f.SubjectID)
	}
	if !f.Actor.IsZero() {
		q = q.Where("a.actor_id = ?", f.Actor)
	}
	if f.Action != "" {
		q = q.Where("a.action = ?", f.Action)
	}
	if !f.From.IsZero() {
		q = q.Where("a.created_at >= ?", f.From.UTC())
	}
	if !f.Before.IsZero() {
		q = q.Where("a.created_at < ?", f.Before.UTC())
	}
	return bunstore.List(ctx, s.Session, q, &rows, order, p,
		func(r *auditRow) uuid.UUID { return r.ID.UUID },
		func(r *auditRow) core.AuditEntry { return r.AuditEntry })
}
