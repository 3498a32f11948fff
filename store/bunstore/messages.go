package bunstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
)

// messages are a transaction of Postgres on a connection of its own, in as few round trips as may be: BEGIN goes
// with the first statement, and what waits goes with the next, or with COMMIT. The driver has to send a
// query without arguments as it is, as pgdriver does, by the protocol that allows several in one.
type messages struct {
	*sql.Conn
	begin   string // with a semicolon
	begun   bool
	refused bool   // the first message failed: perhaps before BEGIN, and then all that came now would be kept by itself
	waiting []byte // statements, each with a semicolon
}

// later has a statement wait whose only answer is that it failed: then what it goes with fails.
func (m *messages) later(text []byte) { m.waiting = append(append(m.waiting, text...), "; "...) }

// ExecContext implements [bun.IConn].
func (m *messages) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	query, first := m.whole(query)
	res, err := m.Conn.ExecContext(ctx, query, args...)
	m.refused = m.refused || first && err != nil
	return res, err
}

// QueryContext implements [bun.IConn].
func (m *messages) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	query, first := m.whole(query)
	rows, err := m.Conn.QueryContext(ctx, query, args...)
	m.refused = m.refused || first && err != nil
	return rows, err
}

// QueryRowContext implements [bun.IConn].
func (m *messages) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if ctx.Err() != nil { // it will not be sent, and what waits has to wait on
		return m.Conn.QueryRowContext(ctx, query, args...)
	}
	query, first := m.whole(query)
	row := m.Conn.QueryRowContext(ctx, query, args...)
	m.refused = m.refused || first && row.Err() != nil
	return row
}

// whole is a query with what goes before it; first says that BEGIN does.
func (m *messages) whole(query string) (text string, first bool) {
	if first = !m.begun; first {
		text = m.begin
	}
	text += string(m.waiting) + query
	m.begun, m.waiting = true, m.waiting[:0]
	return text, first
}

// flush sends what goes before a statement that goes another way.
func (m *messages) flush(ctx context.Context) error {
	if m.begun && len(m.waiting) == 0 {
		return nil
	}
	_, err := m.ExecContext(ctx, "")
	return err
}

// Commit ends a transaction, of which nothing was sent if nothing had to be.
func (m *messages) Commit() error {
	if !m.begun && len(m.waiting) == 0 {
		return nil
	}
	_, err := m.ExecContext(context.Background(), "COMMIT")
	return err
}

// Rollback ends the transaction, by the connection's end if there is no other way.
func (m *messages) Rollback() error {
	m.waiting = nil
	if !m.begun {
		return nil
	}
	_, err := m.Conn.ExecContext(context.Background(), "ROLLBACK")
	if err != nil {
		_ = m.Raw(func(any) error { return driver.ErrBadConn })
	}
	return err
}
