package identity

import (
	"context"
	"iter"
	"time"

	"github.com/google/uuid"

	"github.com/clientele-crm/clientele/core"
)

// AuditFilter says which entries of the audit to list. The zero value lists all, the
// newest first.
type AuditFilter struct {
	SubjectKind string    // such as "contact"
	SubjectID   uuid.UUID // with any SubjectKind or none
	Actor       core.UserID
	Action      string // such as "contact.updated"
	From        time.Time
	Before      time.Time // exclusive
	Sort        AuditSort
}

// AuditSort is an order of the audit.
type AuditSort string

// The orders of the audit.
const (
	AuditOldest AuditSort = "createdAt"
	AuditNewest AuditSort = "-createdAt"
)

// maxAuditWord is how long a kind and an action may be that are asked for, in characters.
const maxAuditWord = 100

// Audit is the service of a company's audit: who did what to which row. Every method needs
// [core.AuditRead].
type Audit struct{ work core.Work[Tx] }

// NewAudit is the service over a store, in the scope of work.
func NewAudit(work core.Work[Tx]) *Audit { return &Audit{work} }

// List reads a page of the entries that the filter lets through.
func (s *Audit) List(ctx context.Context, f AuditFilter, p core.Page) (core.List[core.AuditEntry], error) {
	tx := s.work.Plain()
	if err := tx.Scope.Actor.Require(core.AuditRead); err != nil {
		return core.List[core.AuditEntry]{}, err
	}
	var faults core.Faults
	f.SubjectKind = faults.Line("/subjectKind", f.SubjectKind, maxAuditWord)
	f.Action = faults.Line("/action", f.Action, maxAuditWord)
	faults.Instant("/createdFrom", f.From)
	faults.Instant("/createdBefore", f.Before)
	if err := faults.Err(); err != nil {
		return core.List[core.AuditEntry]{}, err
	}
	if f.Sort == "" {
		f.Sort = AuditNewest
	}
	return tx.Store.ListAudit(ctx, f, p)
}

// Export runs through the entries that the filter lets through, page by page.
func (s *Audit) Export(ctx context.Context, f AuditFilter) iter.Seq2[core.AuditEntry, error] {
	return core.All(ctx, func(ctx context.Context, p core.Page) (core.List[core.AuditEntry], error) {
		return s.List(ctx, f, p)
	})
}
