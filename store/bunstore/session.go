package bunstore

import (
	"context"
	"strings"

	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
)

// Session is a database seen from one scope and, inside [Session.Atomic] or [DB.Join], one
// transaction.
type Session struct {
	db    *DB
	scope core.Scope
	tx    *transaction // nil outside a transaction
}

// Scope is what the session is bound to.
func (s *Session) Scope() core.Scope { return s.scope }

// Env is the database's.
func (s *Session) Env() core.Env { return s.db.Env }

// Joined reports whether the session is inside a transaction.
func (s *Session) Joined() bool { return s.tx != nil }

// Abreast is how many transactions of one caller may be under way at once, with reads beside them: two
// on Postgres, one on SQLite, and none in a transaction or where one connection does all.
func (s *Session) Abreast() int {
	switch few := s.db.write.Stats().MaxOpenConnections; {
	case s.tx != nil:
		return 0
	case s.db.dialect.ForUpdate == "" && s.db.read != s.db.write:
		return 1
	case s.db.dialect.ForUpdate == "" || 0 < few && few < 4:
		return 0
	}
	return 2
}

// In is a session of another scope, in the same transaction if there is one.
func (s *Session) In(scope core.Scope) *Session {
	return &Session{db: s.db, scope: scope, tx: s.tx}
}

// Fail gives a driver's error its kind, as every method of a store has to.
func (s *Session) Fail(err error) error { return s.db.fail(err) }

// Table says who sees a table's rows, beside the limit to their company.
type Table struct {
	// Own is the SQL condition by which an actor with OwnRows sees a row; ?0 is the actor's
	// id, ?1 the company and ?TableAlias the row. Empty: such an actor sees none of the table.
	Own string
}

// Shared is a table whose rows every member may see.
var Shared = Table{Own: "TRUE"}

// Select begins every query of a company's rows: nothing of another company, and nothing
// that the actor may not see, can come out of it. Dest is a row or a slice of rows.
func (s *Session) Select(t Table, dest any) *bun.SelectQuery {
	q := s.reader().NewSelect().Model(dest)
	if s.tx != nil {
		q = q.Conn(s.tx)
	}
	q = q.Where("?TableAlias.company_id = ?", s.scope.Company)
	if own, args := s.visible(t); own != "" {
		q = q.Where(own, args...)
	}
	return q
}

// From begins a query of the rows of another, which begins with Select.
func (s *Session) From(q *bun.SelectQuery, alias string) *bun.SelectQuery {
	return s.nothing().TableExpr("(?) AS ?", q, bun.Ident(alias))
}

// nothing begins a query that is of no table yet.
func (s *Session) nothing() *bun.SelectQuery {
	q := s.reader().NewSelect()
	if s.tx != nil {
		q = q.Conn(s.tx)
	}
	return q
}

// gathered is a query of the rows of another, of the same model: Postgres brings all of them together
// before it puts them into an order.
func (s *Session) gathered(q *bun.SelectQuery, alias string) *bun.SelectQuery {
	all := s.reader().NewSelect().Model(q.GetModel()).ModelTableExpr("(? OFFSET 0) AS ?", q, bun.Ident(alias))
	if s.tx != nil {
		all = all.Conn(s.tx)
	}
	return all
}

// Lock makes a query keep all others from changing its rows until the transaction ends. It
// belongs to a transaction.
func (s *Session) Lock(q *bun.SelectQuery) *bun.SelectQuery {
	if s.db.dialect.ForUpdate == "" {
		return q // transactions that write come one after another
	}
	return q.For(s.db.dialect.ForUpdate)
}

// Share makes a query keep all others from changing its rows until the transaction ends, but
// not from sharing them. It belongs to a transaction.
func (s *Session) Share(q *bun.SelectQuery) *bun.SelectQuery {
	if s.db.dialect.ForUpdate == "" {
		return q
	}
	return q.For("SHARE")
}

// Update begins every change of a company's rows, within the same limits as Select.
func (s *Session) Update(t Table, row any) *bun.UpdateQuery {
	q := s.db.write.NewUpdate().Model(row)
	if s.tx != nil {
		q = q.Conn(s.tx)
	}
	q = q.Where("?TableAlias.company_id = ?", s.scope.Company)
	if own, args := s.visible(t); own != "" {
		q = q.Where(own, args...)
	}
	return q
}

// Delete begins every deletion of a company's rows, within the same limits as Select.
func (s *Session) Delete(t Table, row any) *bun.DeleteQuery {
	q := s.db.write.NewDelete().Model(row)
	if s.tx != nil {
		q = q.Conn(s.tx)
	}
	q = q.Where("?TableAlias.company_id = ?", s.scope.Company)
	if own, args := s.visible(t); own != "" {
		q = q.Where(own, args...)
	}
	return q
}

// Insert adds a row or a slice of rows, which carry their company themselves. An empty
// slice is an error of SQL: callers leave it out. Rows say all their values, so none is read
// back: Bun would ask for those that are NULL, which makes the statement a query.
func (s *Session) Insert(rows any) *bun.InsertQuery {
	q := s.db.write.NewInsert().Model(rows).Returning("NULL")
	if s.tx != nil {
		q = q.Conn(s.tx)
	}
	return q
}

// InsertNew is Insert for a query that says itself what it returns.
func (s *Session) InsertNew(rows any) *bun.InsertQuery {
	q := s.db.write.NewInsert().Model(rows)
	if s.tx != nil {
		q = q.Conn(s.tx)
	}
	return q
}

// Across begins a query that crosses companies, for accounts and background work: the
// caller answers for what comes out.
func (s *Session) Across(dest any) *bun.SelectQuery {
	q := s.reader().NewSelect().Model(dest)
	if s.tx != nil {
		q = q.Conn(s.tx)
	}
	return q
}

// AcrossUpdate begins a change that crosses companies; see Across.
func (s *Session) AcrossUpdate(row any) *bun.UpdateQuery {
	q := s.db.write.NewUpdate().Model(row)
	if s.tx != nil {
		q = q.Conn(s.tx)
	}
	return q
}

// AcrossDelete begins a deletion that crosses companies; see Across.
func (s *Session) AcrossDelete(row any) *bun.DeleteQuery {
	q := s.db.write.NewDelete().Model(row)
	if s.tx != nil {
		q = q.Conn(s.tx)
	}
	return q
}

// AcrossRaw begins a statement that crosses companies and that Bun's builders cannot say, on
// the pool that writes; see Across.
func (s *Session) AcrossRaw(text string, args ...any) *bun.RawQuery {
	q := s.db.write.NewRaw(text, args...)
	if s.tx != nil {
		q = q.Conn(s.tx)
	}
	return q
}

// AcrossQuery is AcrossRaw for a statement that only reads.
func (s *Session) AcrossQuery(text string, args ...any) *bun.RawQuery {
	q := s.reader().NewRaw(text, args...)
	if s.tx != nil {
		q = q.Conn(s.tx)
	}
	return q
}

// SkipLocked ends a SELECT of rows that nobody else is to have until the transaction ends:
// rows that somebody has are passed over.
func (s *Session) SkipLocked() bun.Safe { return bun.Safe(s.db.dialect.SkipLocked) }

// reader is the pool that reads outside a transaction.
func (s *Session) reader() *bun.DB { return s.db.read }

// visible is the condition of the rows that the actor sees; empty: of all.
func (s *Session) visible(t Table) (condition string, args []any) {
	switch {
	case !s.scope.Actor.OwnRows || t == Shared:
		return "", nil
	case t.Own == "":
		return "FALSE", nil
	}
	return t.Own, []any{s.scope.Actor.ID, s.scope.Company}
}

// work makes a package's T of a session.
type work[T any] struct {
	s  *Session
	of func(*Session) T
}

// WorkOf is the [core.Work] of a package whose T is made of a session by of.
func WorkOf[T any](s *Session, of func(*Session) T) core.Work[T] { return work[T]{s, of} }

func (w work[T]) Plain() T { return w.of(w.s) }

func (w work[T]) Atomic(ctx context.Context, fn func(T) error) error {
	return w.s.Atomic(ctx, func(s *Session) error { return fn(w.of(s)) })
}

func (w work[T]) Snapshot(ctx context.Context, fn func(T) error) error {
	return w.s.Snapshot(ctx, func(s *Session) error { return fn(w.of(s)) })
}

// Analyze renews the statistics of tables that have grown, where the database plans by
// them and would else notice late. A table may say of which columns, "crm_notes (id)": those
// of wide texts and JSON take the longest by far.
func (s *Session) Analyze(ctx context.Context, tables ...string) error {
	if !s.db.dialect.Analyze {
		return nil
	}
	query := "ANALYZE " + strings.Join(tables, ", ")
	if s.tx != nil {
		_, err := s.tx.ExecContext(ctx, query)
		return s.Fail(err)
	}
	_, err := s.db.write.ExecContext(ctx, query)
	return s.Fail(err)
}
