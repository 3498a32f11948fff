package bunstore

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
)

// Trace says whose traces are meant: those of rows of one kind, and all that names one of
// them by its id, in whatever is kept about other rows.
type Trace struct {
	Kind    string      // of the subjects that have the ids
	IDs     []uuid.UUID // not empty
	Related []uuid.UUID // rows of other kinds that belong to them, which what hangs on those names
	Since   time.Time   // nothing that is older names one of them
	Keep    string      // the name of an event that is not forgotten: it tells of the forgetting
}

// skew is how much earlier than Since a server may have written whose clock is behind.
const skew = time.Hour

// Mentions is the condition of the rows in whose column any of the ids stands, wherever in its
// text, and its arguments. No index helps with it.
func Mentions(column string, ids []uuid.UUID) (condition string, args []any) {
	if len(ids) == 1 {
		return "CAST(" + column + " AS TEXT) LIKE ?", []any{"%" + ids[0].String() + "%"}
	}
	// In halves: a chain of conditions may be only so long.
	left, args := Mentions(column, ids[:len(ids)/2])
	right, more := Mentions(column, ids[len(ids)/2:])
	return "(" + left + " OR " + right + ")", append(args, more...)
}

// named are the ids by which something is found to be about a trace.
func (t Trace) named() []uuid.UUID { return slices.Concat(t.IDs, t.Related) }

// auditRow is an entry of the audit as it is read.
type auditRow struct {
	bun.BaseModel `bun:"table:core_audit,alias:a"`

	CompanyID core.CompanyID
	core.AuditEntry
}

// about is the condition of the audit's entries about a trace. Of a row that belonged to one of its
// rows, such as a note that was deleted since, only some entries name that one, as the one of
// its making does, and others have only what was changed: so it takes all of such a row.
func (s *Session) about(t Trace) (condition string, args []any) {
	since := t.Since.UTC().Add(-skew)
	mentioned, ids := Mentions("changes", t.named())
	condition = "(a.created_at >= ? AND (a.subject_kind = ? AND a.subject_id IN (?) OR " + mentioned +
		" OR (a.subject_kind, a.subject_id) IN (SELECT subject_kind, subject_id FROM core_audit WHERE company_id = ? AND created_at >= ?" +
		" AND subject_kind <> ? AND " + mentioned + ")))"
	args = append([]any{since, t.Kind, bun.List(t.IDs)}, ids...)
	return condition, append(append(args, s.scope.Company, since, t.Kind), ids...)
}

// Subjects are the rows of a kind that some entry of the audit says belong to a trace, those too
// that are gone.
func (s *Session) Subjects(ctx context.Context, t Trace, kind string) (ids []uuid.UUID, err error) {
	mentioned, args := Mentions("changes", t.IDs)
	err = s.Select(Shared, (*auditRow)(nil)).Distinct().Column("subject_id").
		Where("a.created_at >= ?", t.Since.UTC().Add(-skew)).Where("a.subject_kind = ?", kind).Where(mentioned, args...).Scan(ctx, &ids)
	return ids, s.Fail(err)
}

// subjectPage is how many entries of the audit are looked at in one go.
const subjectPage = 500

// SubjectsThat are the rows of a kind of which some entry of the audit has changes, as JSON, that said lets
// through, and when the first of those entries was made.
func (s *Session) SubjectsThat(ctx context.Context, kind string, said func(changes string) bool) (ids []uuid.UUID, first time.Time, err error) {
	seen := map[uuid.UUID]bool{}
	for last := (uuid.UUID{}); ; {
		var rows []struct {
			ID, SubjectID uuid.UUID
			CreatedAt     time.Time
			Changes       string
		}
		err := s.Select(Shared, (*auditRow)(nil)).Column("id", "subject_id", "created_at").ColumnExpr("CAST(a.changes AS TEXT) AS changes").
			Where("a.subject_kind = ?", kind).Where("a.id > ?", last).OrderExpr("a.id").Limit(subjectPage).Scan(ctx, &rows)
		if err != nil {
			return nil, first, s.Fail(err)
		}
		for _, r := range rows {
			if last = r.ID; !said(r.Changes) {
				continue
			}
			if first.IsZero() || r.CreatedAt.Before(first) {
				first = r.CreatedAt.UTC()
			}
			if !seen[r.SubjectID] {
				seen[r.SubjectID], ids = true, append(ids, r.SubjectID)
			}
		}
		if len(rows) < subjectPage {
			return ids, first, nil
		}
	}
}

// Traces lists the entries of the audit about a trace, the oldest first, whoever asks.
func (s *Session) Traces(ctx context.Context, t Trace, p core.Page) (core.List[core.AuditEntry], error) {
	var rows []auditRow
	condition, args := s.about(t)
	order := Order[auditRow]{
		Name: "createdAt", Column: "created_at",
		Value: func(r *auditRow) string { return TimeText(r.CreatedAt) }, Bind: BindTime,
	}
	return List(ctx, s, s.Select(Shared, &rows).Where(condition, args...), &rows, order, p,
		func(r *auditRow) uuid.UUID { return r.ID.UUID },
		func(r *auditRow) core.AuditEntry { return r.AuditEntry })
}

// Forget empties the entries of the audit about a trace, and removes its events and the answers
// to requests that name it. That something was done, when and by whom is not forgotten.
func (s *Session) Forget(ctx context.Context, t Trace) error {
	condition, args := s.about(t)
	if _, err := s.Update(Shared, (*auditRow)(nil)).Set("changes = '{}'").Where(condition, args...).Exec(ctx); err != nil {
		return s.Fail(err)
	}
	mentioned, args := Mentions("data", t.named())
	args = append([]any{t.Since.UTC().Add(-skew), t.Kind, bun.List(t.IDs)}, args...)
	_, err := s.Delete(Shared, (*eventRow)(nil)).
		Where("name <> ?", t.Keep).
		Where("created_at >= ? AND (subject_kind = ? AND subject_id IN (?) OR "+mentioned+")", args...).Exec(ctx)
	if err != nil {
		return s.Fail(err)
	}
	return s.forgetAnswers(ctx, t.named())
}

// answerPage is how many kept answers are looked at in one go.
const answerPage = 200

// forgetAnswers removes what was answered to requests of the company with any of the ids in it.
func (s *Session) forgetAnswers(ctx context.Context, ids []uuid.UUID) error {
	var last Answer
	for {
		var rows []answerRow
		err := s.Across(&rows).Where("scope LIKE ?", "% in "+s.scope.Company.String()).Where("(scope, key) > (?, ?)", last.Scope, last.Key).
			OrderExpr("scope, key").Limit(answerPage).Scan(ctx)
		if err != nil {
			return s.Fail(err)
		}
		for _, row := range rows {
			last = row.Answer
			if !names(row.Answer, ids) {
				continue
			}
			if _, err := s.AcrossDelete((*answerRow)(nil)).Where("scope = ?", row.Scope).Where("key = ?", row.Key).Exec(ctx); err != nil {
				return s.Fail(err)
			}
		}
		if len(rows) < answerPage {
			return nil
		}
	}
}

// names reports whether any of the ids stands in an answer.
func names(a Answer, ids []uuid.UUID) bool {
	for _, id := range ids {
		text := id.String()
		if bytes.Contains(a.Body, []byte(text)) || strings.Contains(strings.Join(a.Headers["Location"], " "), text) {
			return true
		}
	}
	return false
}
