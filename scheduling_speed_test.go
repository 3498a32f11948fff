package clientele_test

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"flag"
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	"modernc.org/sqlite"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/internal/pgtest"
	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/scheduling/slots"
	"github.com/clientele-crm/clientele/store/bunstore"
	"github.com/clientele-crm/clientele/store/postgres"
	sqlitestore "github.com/clientele-crm/clientele/store/sqlite"
)

// practice is a company whose members have many appointments: 16 half hours each day, from the first
// of January 2030 on.
type practice struct {
	*clientele.Workspace
	pool    *sql.DB
	rows    *bun.DB // on the pool
	heard   *statements
	company core.CompanyID
	members []scheduling.AgendaMember
	start   time.Time
	one     scheduling.Agenda // of one member, and all of 20
	all     scheduling.Agenda
}

const practiceMembers = 100

var (
	practiceSize = flag.Int("appointments", 500_000, "how many appointments BenchmarkSlotsOverTheStore has in its table")
	practiceDSN  = flag.String("dsn", "", "an empty database of Postgres which BenchmarkSlotsOverTheStore fills, and finds filled the next time")
	practiceFile = flag.String("file", "", "likewise, a file of SQLite")
)

// named is an id that is the same in each run.
func named(what string, n int) uuid.UUID {
	return uuid.NewSHA1(uuid.Nil, fmt.Appendf(nil, "%s %d", what, n))
}

// newPractice is one in a database of its own. What it asks the database is heard, or its pools are those of a
// program.
func newPractice(tb testing.TB, dialect string, appointments int, heard bool) *practice {
	p := &practice{heard: &statements{}, start: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC), company: core.CompanyID{UUID: named("company", 0)}}
	db := p.open(tb, dialect, heard)
	rows := bun.NewDB(p.pool, pgdialect.New())
	if dialect == "sqlite" {
		rows = bun.NewDB(p.pool, sqlitedialect.New())
	}
	p.rows = rows
	db.Env.Now = func() time.Time { return p.start }
	require.NoError(tb, db.Migrate(tb.Context()))
	require.NoError(tb, db.EnsureCompany(tb.Context(), core.Tenant{ID: p.company, Name: "Practice", ContactPolicy: []string{}}))
	p.Workspace = clientele.New(db).Workspace(core.Scope{Company: p.company, Actor: core.System()})
	p.fill(tb, appointments)
	if dialect == "postgres" {
		_, err := p.pool.ExecContext(tb.Context(), "VACUUM ANALYZE")
		require.NoError(tb, err)
	}
	p.heard.take()
	return p
}

func (p *practice) open(tb testing.TB, dialect string, heard bool) *bunstore.DB {
	var db *bunstore.DB
	var err error
	path := cmp.Or(*practiceFile, filepath.Join(tb.TempDir(), "app.db"))
	switch {
	case dialect == "postgres" && heard:
		connector, err := stdlib.GetDefaultDriver().(driver.DriverContext).OpenConnector(pgtest.Database(tb) + "&default_query_exec_mode=simple_protocol")
		require.NoError(tb, err)
		p.pool = sql.OpenDB(heardConnector{connector, p.heard})
		db = postgres.New(p.pool)
	case dialect == "postgres":
		dsn := *practiceDSN
		if dsn == "" {
			dsn = pgtest.Database(tb)
		}
		db, err = postgres.Open(tb.Context(), dsn)
	case heard:
		query := url.Values{"_pragma": {"foreign_keys(1)", "journal_mode(WAL)", "busy_timeout(10000)"}, "_txlock": {"immediate"}, "_time_format": {"sqlite"}, "_timezone": {"UTC"}}
		p.pool = sql.OpenDB(heardConnector{fileConnector("file:" + path + "?" + query.Encode()), p.heard})
		p.pool.SetMaxOpenConns(4)
		db, err = sqlitestore.New(tb.Context(), p.pool)
	default:
		db, err = sqlitestore.Open(tb.Context(), path)
	}
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, db.Close()) })
	if p.pool == nil {
		p.pool, _ = db.Pools()
	} else {
		tb.Cleanup(func() { require.NoError(tb, p.pool.Close()) })
	}
	return db
}

type practiceAppointment struct {
	bun.BaseModel `bun:"table:sched_appointments"`
	CompanyID     core.CompanyID
	scheduling.Appointment
}

type practiceSeat struct {
	bun.BaseModel `bun:"table:sched_seats"`
	CompanyID     core.CompanyID
	scheduling.TakenTime
	HeldFrom, HeldUntil time.Time
	BusyFrom, BusyUntil int64
	Live                bool
	CreatedAt           time.Time
}

// fill makes the agendas and the appointments.
func (p *practice) fill(tb testing.TB, appointments int) {
	for i := range practiceMembers {
		p.members = append(p.members, scheduling.AgendaMember{ID: core.UserID{UUID: named("member", i)}})
	}
	if p.filled(tb) {
		return
	}
	p.one, p.all = p.agenda(tb, p.members[:1]), p.agenda(tb, p.members[:20])
	each := appointments / practiceMembers
	for _, m := range p.members {
		for from := 0; from < each; from += 500 {
			var rows []practiceAppointment
			var seats []practiceSeat
			for i := from; i < min(from+500, each); i++ {
				a := p.appointment(m.ID, i)
				rows = append(rows, practiceAppointment{CompanyID: p.company, Appointment: a})
				seats = append(seats, p.seat(a))
			}
			for _, list := range []any{&rows, &seats} {
				_, err := p.rows.NewInsert().Model(list).Exec(tb.Context())
				require.NoError(tb, err)
			}
		}
	}
}

// filled finds the agendas that an earlier run has made, and clears away what it booked.
func (p *practice) filled(tb testing.TB) bool {
	l, err := p.Agendas.List(tb.Context(), scheduling.AgendaFilter{}, core.Page{})
	require.NoError(tb, err)
	for _, a := range l.Items {
		if len(a.Members) == 1 {
			p.one = a
		} else {
			p.all = a
		}
	}
	_, err = p.rows.NewDelete().Table("sched_appointments").Where("start_date >= ?", p.start.AddDate(2, 0, 0)).Exec(tb.Context())
	require.NoError(tb, err)
	return len(l.Items) > 0
}

func (p *practice) agenda(tb testing.TB, members []scheduling.AgendaMember) scheduling.Agenda {
	a, err := p.Agendas.Create(tb.Context(), scheduling.NewAgenda{Name: "Visit", Members: members, Rules: slots.Rules{
		Hours: slots.Hours{Timezone: "Europe/Lisbon", Week: slots.EveryDay("08:00-20:00")}, Duration: 30,
	}})
	require.NoError(tb, err)
	return a
}

// appointment is a member's of a number: the first half of each hour from six to ten in the evening.
func (p *practice) appointment(member core.UserID, i int) scheduling.Appointment {
	start := p.start.AddDate(0, 0, i/16).Add(6*time.Hour + time.Duration(i%16)*time.Hour)
	return scheduling.Appointment{
		ID: core.NewID[scheduling.Appointment](core.Env{}), AgendaID: p.all.ID, StartDate: start, EndDate: start.Add(30 * time.Minute),
		Details:   scheduling.Details{ClientID: core.ID[scheduling.Client]{UUID: uuid.New()}, Title: "Visit", Timezone: "Europe/Lisbon"},
		PartySize: 1, Members: []core.UserID{member}, Status: scheduling.Scheduled, AssignedBy: scheduling.ByOrder, UID: "x",
		Stamp: scheduling.Stamp{Version: 1, CreatedAt: p.start, UpdatedAt: p.start},
	}
}

func (p *practice) seat(a scheduling.Appointment) practiceSeat {
	return practiceSeat{
		CompanyID: p.company, HeldFrom: a.StartDate, HeldUntil: a.EndDate, Live: true, CreatedAt: p.start,
		BusyFrom: a.StartDate.UnixMicro(), BusyUntil: a.EndDate.UnixMicro(),
		TakenTime: scheduling.TakenTime{MemberID: a.Members[0], AppointmentID: a.ID, AgendaID: a.AgendaID, SessionID: a.SessionID(), StartDate: a.StartDate, EndDate: a.EndDate},
	}
}

// month lists a month's slots of an agenda, beginning on a day.
func (p *practice) month(ctx context.Context, a scheduling.Agenda, day int) (int, error) {
	from := p.start.AddDate(0, 0, day)
	list, err := p.Agendas.Slots(ctx, a.ID, scheduling.SlotQuery{From: from, To: from.AddDate(0, 0, 30)})
	return len(list), err
}

// The slots of any number of members and days are found by as many queries, none of which reads a
// table from its beginning to its end; so are those of a booking, which are a few more.
func TestSlotsAreFoundByAFewQueriesThatReadARange(t *testing.T) {
	t.Parallel()
	for _, dialect := range []string{"sqlite", "postgres"} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			p := newPractice(t, dialect, 20_000, true)
			for _, a := range []scheduling.Agenda{p.one, p.all} {
				n, err := p.month(t.Context(), a, 10)
				require.NoError(t, err)
				require.NotZero(t, n)
				texts := p.heard.take()
				require.Len(t, texts, 4, "the agenda with the holidays, who is in the company, that it has no members at all, and the time that is taken: %s", strings.Join(texts, "\n"))
				p.readsRanges(t, dialect, texts)
			}
			_, err := p.Appointments.Book(t.Context(), scheduling.NewAppointment{AgendaID: p.all.ID, StartDate: p.start.AddDate(0, 0, 5).Add(9*time.Hour + 30*time.Minute)})
			require.NoError(t, err)
			texts := p.heard.take()
			require.LessOrEqual(t, len(texts), 12, strings.Join(texts, "\n"))
			p.readsRanges(t, dialect, texts)
			_, err = p.Appointments.List(t.Context(), scheduling.AppointmentFilter{Agenda: p.all.ID, From: p.start.AddDate(0, 0, 3), Before: p.start.AddDate(0, 0, 4)}, core.Page{})
			require.NoError(t, err)
			p.readsRanges(t, dialect, p.heard.take())
		})
	}
}

// A series takes as many statements as one of ten, however long it is.
func TestASeriesIsBookedByAFewStatements(t *testing.T) {
	t.Parallel()
	for _, dialect := range []string{"sqlite", "postgres"} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			p := newPractice(t, dialect, 10_000, true)
			book := func(count int, clock time.Duration) []string {
				start := p.start.AddDate(0, 0, 1).Add(clock)
				n := scheduling.NewSeries{AgendaID: p.all.ID, SeriesPlan: scheduling.SeriesPlan{
					Rule: fmt.Sprintf("FREQ=WEEKLY;COUNT=%d", count), StartDate: start, Details: scheduling.Details{Timezone: "Europe/Lisbon"},
				}}
				r, err := p.Appointments.BookSeries(t.Context(), n)
				require.NoError(t, err)
				require.Len(t, r.Appointments, count)
				texts := p.heard.take()
				p.readsRanges(t, dialect, texts)
				return texts
			}
			book(2, 11*time.Hour+30*time.Minute) // and makes a row for each member to lock
			few := book(10, 12*time.Hour+30*time.Minute)
			require.LessOrEqual(t, len(few), 12, strings.Join(few, "\n"))
			many := book(100, 13*time.Hour+30*time.Minute)
			require.LessOrEqual(t, len(many), len(few)+1, "more rows than one INSERT has go by two, or by COPY:\n%s", strings.Join(many, "\n"))
		})
	}
}

// What tells of a series that changes goes by one statement a table. Its rows are still written one by one: each
// has a version of its own that it is held against.
func TestASeriesIsToldOfByAFewStatements(t *testing.T) {
	t.Parallel()
	for _, dialect := range []string{"sqlite", "postgres"} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			p := newPractice(t, dialect, 100, true)
			r, err := p.Appointments.BookSeries(t.Context(), scheduling.NewSeries{AgendaID: p.all.ID, SeriesPlan: scheduling.SeriesPlan{
				Rule: "FREQ=WEEKLY;COUNT=52", StartDate: p.start.AddDate(0, 0, 1).Add(13*time.Hour + 30*time.Minute), Details: scheduling.Details{Timezone: "Europe/Lisbon"},
			}})
			require.NoError(t, err)
			p.heard.take()
			r, err = p.Appointments.UpdateSeries(t.Context(), r.Series.ID, scheduling.SeriesChange{Edit: func(s *scheduling.Series) error {
				s.Title = "Another"
				return nil
			}})
			require.NoError(t, err)
			require.Len(t, r.Appointments, 52)
			texts := p.heard.take()
			require.LessOrEqual(t, len(texts), 52+14, strings.Join(texts, "\n"))
		})
	}
}

var walks = map[string]*regexp.Regexp{
	"sqlite":   regexp.MustCompile(`SCAN (se|ap|sched_seats|sched_appointments)\b`),
	"postgres": regexp.MustCompile(`Seq Scan on sched_(seats|appointments)`),
}

func (p *practice) readsRanges(t *testing.T, dialect string, texts []string) {
	for _, text := range texts {
		if !strings.HasPrefix(text, "SELECT") && !strings.HasPrefix(text, `WITH "who"`) || !strings.Contains(text, "sched_") {
			continue // of so few rows Postgres reads all for the times of a series
		}
		require.NotRegexp(t, walks[dialect], p.plan(t, dialect, text), text)
	}
	p.heard.take()
}

// plan is how the database would answer a query.
func (p *practice) plan(t *testing.T, dialect, text string) string {
	explain := "EXPLAIN "
	if dialect == "sqlite" {
		explain = "EXPLAIN QUERY PLAN "
	}
	rows, err := p.pool.QueryContext(t.Context(), explain+text)
	require.NoError(t, err)
	defer rows.Close()
	columns, err := rows.Columns()
	require.NoError(t, err)
	var plan strings.Builder
	for rows.Next() {
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(any)
		}
		require.NoError(t, rows.Scan(values...))
		fmt.Fprintln(&plan, *values[len(values)-1].(*any))
	}
	require.NoError(t, rows.Err())
	return plan.String()
}

// BenchmarkSlotsOverTheStore lists a month's slots over 500,000 appointments, of one member and of
// twenty, and books; it reports the 99th percentile, and how booking compares with a transaction
// that inserts two rows. Each of 100 members has 16 a day without a free one, which are 480 rows in a
// month: of 20 members, 9,600.
func BenchmarkSlotsOverTheStore(b *testing.B) {
	for _, dialect := range []string{"sqlite", "postgres"} {
		b.Run(dialect, func(b *testing.B) {
			p := newPractice(b, dialect, *practiceSize, false)
			b.Run("one member", func(b *testing.B) { p.benchMonth(b, p.one) })
			b.Run("20 members", func(b *testing.B) { p.benchMonth(b, p.all) })
			b.Run("booking", p.benchBooking)
		})
	}
}

func (p *practice) benchMonth(b *testing.B, a scheduling.Agenda) {
	var took []time.Duration
	for i := 0; b.Loop(); i++ {
		begin := time.Now()
		n, err := p.month(b.Context(), a, i*7%250)
		took = append(took, time.Since(begin))
		if err != nil || n == 0 {
			b.Fatal(n, err)
		}
	}
	slices.Sort(took)
	b.ReportMetric(took[len(took)*99/100].Seconds()*1000, "ms-p99")
	b.ReportMetric(took[len(took)/2].Seconds()*1000, "ms-p50")
}

func (p *practice) benchBooking(b *testing.B) {
	var n int
	next := func() time.Time {
		n++
		return p.start.AddDate(2, 0, n/12).Add(8*time.Hour + time.Duration(n%12)*time.Hour)
	}
	book := func(ctx context.Context) (int, error) {
		_, err := p.Appointments.Book(ctx, scheduling.NewAppointment{AgendaID: p.one.ID, StartDate: next()})
		return 1, err
	}
	bare := func(ctx context.Context) (int, error) {
		a := p.appointment(p.members[50].ID, 0)
		a.StartDate = next()
		a.EndDate = a.StartDate.Add(30 * time.Minute)
		seat := p.seat(a)
		return 1, p.rows.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
			if _, err := tx.NewInsert().Model(&practiceAppointment{CompanyID: p.company, Appointment: a}).Exec(ctx); err != nil {
				return err
			}
			_, err := tx.NewInsert().Model(&seat).Exec(ctx)
			return err
		})
	}
	took := inTurns(b, book, bare)
	b.ReportMetric(took[0]/took[1], "×insert")
	b.ReportMetric(took[0]/1000, "µs/book")
	b.ReportMetric(took[1]/1000, "µs/insert")
}

// statements are those that a pool has been asked.
type statements struct {
	mu    sync.Mutex
	texts []string
}

// hear passes over what goes behind a transaction: nobody waits for it, and it may come at any time.
func (s *statements) hear(text string) {
	if strings.HasPrefix(text, "NOTIFY") {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.texts = append(s.texts, text)
}

// take is what was heard since the last time.
func (s *statements) take() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	texts := s.texts
	s.texts = nil
	return texts
}

// heardConnector is a connector whose connections' statements are heard.
type heardConnector struct {
	driver.Connector
	heard *statements
}

func (c heardConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	return heardConn{conn.(fullConn), c.heard}, err
}

type fullConn interface {
	driver.Conn
	driver.ExecerContext
	driver.QueryerContext
	driver.ConnBeginTx
	driver.Pinger
}

type heardConn struct {
	fullConn
	heard *statements
}

func (c heardConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	c.heard.hear(query)
	return c.fullConn.ExecContext(ctx, query, args)
}

func (c heardConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	c.heard.hear(query)
	return c.fullConn.QueryContext(ctx, query, args)
}

// fileConnector opens a file of SQLite.
type fileConnector string

func (f fileConnector) Connect(context.Context) (driver.Conn, error) {
	return (&sqlite.Driver{}).Open(string(f))
}

func (f fileConnector) Driver() driver.Driver { return &sqlite.Driver{} }
