package clientele_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/dialect/sqlitedialect"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/internal/pgtest"
	"github.com/clientele-crm/clientele/internal/sqlitetest"
	"github.com/clientele-crm/clientele/store/bunstore"
	"github.com/clientele-crm/clientele/store/crmstore"
	"github.com/clientele-crm/clientele/store/postgres"
	"github.com/clientele-crm/clientele/store/sqlite"
)

// BenchmarkContacts times reading through a workspace beside the same query written by hand,
// in turns, so that all meet the same machine. It reports the medians' ratios: ×bun is 1.35
// where the workspace takes 35 % longer than Bun by hand; ×sql compares with prepared SQL
// and a scan by hand, and ×page1 page 2,000 with page 1.
func BenchmarkContacts(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) {
		db, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "crm.db"))
		benchContacts(b, db, err)
	})
	b.Run("postgres", func(b *testing.B) {
		db, err := postgres.Open(b.Context(), pgtest.Database(b))
		benchContacts(b, db, err)
	})
}

func benchContacts(b *testing.B, db *bunstore.DB, err error) {
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, db.Close()) })
	require.NoError(b, db.Migrate(b.Context()))
	w := newBenchWorld(b, db, 100_000)
	b.Run("one by id", func(b *testing.B) { w.compare(b, w.get(), w.getByBun(), w.getBySQL(b)) })
	b.Run("fifty", func(b *testing.B) { w.compare(b, w.list(""), w.listByBun(), w.listBySQL(b)) })
	b.Run("page 2000", w.pages)
}

// What a workspace costs is not of one machine alone in allocations, so that a test may hold them.
func TestAContactThroughAWorkspaceTakesFewMoreAllocationsThanByHand(t *testing.T) {
	db := sqlitetest.Memory(t)
	w := newBenchWorld(t, db, 100)
	allocs := func(c call) float64 { return testing.AllocsPerRun(50, func() { _, _ = c(t.Context()) }) }
	require.LessOrEqual(t, allocs(w.get()), allocs(w.getByBun())+30)
}

// benchWorld is a company of many contacts.
type benchWorld struct {
	*clientele.Clientele
	scope    core.Scope
	contacts []crm.Contact // in the order of their names
	reader   *sql.DB
	bun      *bun.DB
	turn     int
}

func newBenchWorld(b testing.TB, db *bunstore.DB, size int) *benchWorld {
	scope := core.Scope{Company: core.CompanyID{UUID: uuid.New()}, Actor: core.System()}
	require.NoError(b, db.EnsureCompany(b.Context(), core.Tenant{ID: scope.Company, Name: "Many", ContactPolicy: []string{}}))
	_, reader := db.Pools()
	w := &benchWorld{Clientele: clientele.New(db), scope: scope, reader: reader, contacts: make([]crm.Contact, size)}
	if db.Dialect() == "postgres" {
		w.bun = bun.NewDB(reader, pgdialect.New())
	} else {
		w.bun = bun.NewDB(reader, sqlitedialect.New())
	}
	now := db.Env.Time()
	for i := range w.contacts {
		w.contacts[i] = crm.Contact{
			ID: core.NewID[crm.Contact](db.Env), Active: true, Stamp: crm.Stamp{Version: 1, CreatedAt: now, UpdatedAt: now},
			NewContact: crm.NewContact{
				Name: fmt.Sprintf("Contact %06d", i), Phone: crm.Phone(fmt.Sprintf("+55119%08d", i)), Email: core.Email(fmt.Sprintf("c%d@example.org", i)),
				Location: "São Paulo", Company: "Example Ltda.", Designation: "Manager", Tags: []string{"VIP", "2026"},
			},
		}
	}
	work := crmstore.Work(db.Session(scope))
	for batch := range slices.Chunk(w.contacts, 1000) {
		require.NoError(b, work.Atomic(b.Context(), func(tx crm.Tx) error { return tx.Store.InsertContacts(b.Context(), batch...) }))
	}
	if db.Dialect() == "postgres" {
		_, err := reader.ExecContext(b.Context(), "VACUUM ANALYZE")
		require.NoError(b, err)
	}
	return w
}

// next is another contact each time, all over the table.
func (w *benchWorld) next() core.ID[crm.Contact] {
	w.turn++
	return w.contacts[w.turn*7919%len(w.contacts)].ID
}

// call is one way to read; it is timed with all that a request would need for it.
type call func(ctx context.Context) (int, error)

func (w *benchWorld) get() call {
	return func(ctx context.Context) (int, error) {
		c, err := w.Workspace(w.scope).Contacts.Get(ctx, w.next())
		return len(c.Tags), err
	}
}

func (w *benchWorld) list(cursor string) call {
	return func(ctx context.Context) (int, error) {
		list, err := w.Workspace(w.scope).Contacts.List(ctx, crm.ContactFilter{}, core.Page{Cursor: cursor})
		return len(list.Items), err
	}
}

// benchRow is the row as one would write it by hand.
type benchRow struct {
	bun.BaseModel `bun:"table:crm_contacts,alias:c"`
	CompanyID     core.CompanyID
	NameKey       string
	CompanyKey    string
	crm.Contact
}

func (w *benchWorld) getByBun() call {
	return func(ctx context.Context) (int, error) {
		var row benchRow
		err := w.bun.NewSelect().Model(&row).Where("c.company_id = ?", w.scope.Company).Where("c.id = ?", w.next()).Scan(ctx)
		return len(row.Tags), err
	}
}

func (w *benchWorld) listByBun() call {
	return func(ctx context.Context) (int, error) {
		var rows []benchRow
		err := w.bun.NewSelect().Model(&rows).Where("c.company_id = ?", w.scope.Company).Where("c.deleted_at IS NULL").
			OrderExpr("c.name_key ASC, c.id ASC").Limit(50).Scan(ctx)
		return len(rows), err
	}
}

const benchColumns = "id, name, phone, email, location, type, company, designation, industry, website, inner_drives, baselines, traits," +
	" personality_type, category_id, owner_id, notes, tags, source, timezone, locale, other_addresses, phone_typed, active, incomplete," +
	" created_by_id, version, created_at, updated_at, deleted_at"

func scanContact(scan func(...any) error) (c crm.Contact, err error) {
	var tags, others []byte
	if err = scan(&c.ID, &c.Name, &c.Phone, &c.Email, &c.Location, &c.Type, &c.Company, &c.Designation, &c.Industry, &c.Website,
		&c.InnerDrives, &c.Baselines, &c.Traits, &c.PersonalityType, &c.CategoryID, &c.OwnerID, &c.Notes, &tags, &c.Source, &c.Timezone, &c.Locale,
		&others, &c.PhoneTyped, &c.Active, &c.Incomplete, &c.CreatedByID, &c.Version, &c.CreatedAt, &c.UpdatedAt, &c.DeletedAt); err != nil {
		return c, err
	}
	if err = json.Unmarshal(tags, &c.Tags); err != nil {
		return c, err
	}
	return c, json.Unmarshal(others, &c.OtherAddresses)
}

func (w *benchWorld) prepare(b *testing.B, query string) *sql.Stmt {
	if w.bun.Dialect().Name().String() != "pg" {
		query = strings.NewReplacer("$1", "?", "$2", "?").Replace(query)
	}
	stmt, err := w.reader.PrepareContext(b.Context(), query)
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, stmt.Close()) })
	return stmt
}

func (w *benchWorld) getBySQL(b *testing.B) call {
	stmt := w.prepare(b, "SELECT "+benchColumns+" FROM crm_contacts WHERE company_id = $1 AND id = $2")
	return func(ctx context.Context) (int, error) {
		c, err := scanContact(stmt.QueryRowContext(ctx, w.scope.Company, w.next()).Scan)
		return len(c.Tags), err
	}
}

func (w *benchWorld) listBySQL(b *testing.B) call {
	stmt := w.prepare(b, "SELECT "+benchColumns+" FROM crm_contacts WHERE company_id = $1 AND deleted_at IS NULL ORDER BY name_key, id LIMIT 50")
	return func(ctx context.Context) (int, error) {
		rows, err := stmt.QueryContext(ctx, w.scope.Company)
		if err != nil {
			return 0, err
		}
		defer rows.Close()
		var cs []crm.Contact
		for rows.Next() {
			c, err := scanContact(rows.Scan)
			if err != nil {
				return 0, err
			}
			cs = append(cs, c)
		}
		return len(cs), rows.Err()
	}
}

// compare reports a workspace's call beside the same by Bun and by prepared SQL.
func (w *benchWorld) compare(b *testing.B, ours, byBun, bySQL call) {
	ctx := b.Context()
	took := inTurns(b, ours, byBun, bySQL)
	b.ReportMetric(took[0]/took[1], "×bun")
	b.ReportMetric(took[0]/took[2], "×sql")
	b.ReportMetric(took[0]/1000, "µs/ours")
	b.ReportMetric(took[1]/1000, "µs/bun")
	b.ReportMetric(took[2]/1000, "µs/sql")
	allocs := func(c call) float64 { return testing.AllocsPerRun(50, func() { _, _ = c(ctx) }) }
	b.ReportMetric(allocs(ours)-allocs(byBun), "allocs-more")
}

// pages reports page 2,000 beside page 1.
func (w *benchWorld) pages(b *testing.B) {
	before := w.contacts[1999*core.DefaultPageLimit-1]
	cursor := core.Cursor{Order: string(crm.ByName), Value: core.Fold(before.Name), ID: before.ID.UUID}.Encode()
	took := inTurns(b, w.list(cursor), w.list(""))
	b.ReportMetric(took[0]/took[1], "×page1")
	b.ReportMetric(took[0]/1000, "µs/page2000")
	b.ReportMetric(took[1]/1000, "µs/page1")
}

// inTurns makes each call once per iteration, and gives the medians in nanoseconds.
func inTurns(b *testing.B, calls ...call) []float64 {
	took := make([][]time.Duration, len(calls))
	for i := 0; b.Loop(); i++ {
		for j := range calls {
			which := (i + j) % len(calls) // nobody always comes after the same one
			start := time.Now()
			n, err := calls[which](b.Context())
			took[which] = append(took[which], time.Since(start))
			if err != nil || n == 0 {
				b.Fatalf("call %d: %d, %v", which, n, err)
			}
		}
	}
	b.ReportMetric(0, "ns/op") // of all calls together: it says nothing
	medians := make([]float64, len(calls))
	for i := range took {
		slices.Sort(took[i])
		medians[i] = float64(took[i][len(took[i])/2])
	}
	return medians
}
