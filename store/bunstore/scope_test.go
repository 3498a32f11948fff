package bunstore_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// categoryRow is as much of a table as these tests need, without a store around it.
type categoryRow struct {
	bun.BaseModel `bun:"table:crm_categories,alias:g"`

	CompanyID   core.CompanyID
	ID          uuid.UUID
	Name        string
	NameKey     string
	Description string
	Active      bool
	Version     int64
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// category writes one of the company, past every service.
func (w *world) category(company core.CompanyID) uuid.UUID {
	id, now := uuid.New(), w.Env.Time()
	s := w.Session(core.Scope{Company: company})
	_, err := s.Insert(&categoryRow{
		CompanyID: company, ID: id, Name: "VIP", NameKey: id.String(), Version: 1, CreatedAt: now, UpdatedAt: now,
	}).Exec(w.t.Context())
	require.NoError(w.t, err)
	return id
}

func TestTheStarterSeesOneCompanyAndWhatTheActorMay(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		own := bunstore.Table{Own: "?TableAlias.name = 'VIP' AND ?0 IS NOT NULL"}
		other := bunstore.Table{Own: "?TableAlias.name = 'else' AND ?0 IS NOT NULL"}
		all := core.System()
		limited := core.Actor{ID: core.UserID{UUID: uuid.New()}, OwnRows: true}
		for _, c := range []struct {
			name  string
			table bunstore.Table
			actor core.Actor
			sees  bool
		}{
			{"everybody sees a shared table", bunstore.Shared, limited, true},
			{"who sees all rows sees them without a rule for own ones", bunstore.Table{}, all, true},
			{"who sees own rows sees none where no rule says which those are", bunstore.Table{}, limited, false},
			{"who sees own rows sees those that the rule lets through", own, limited, true},
			{"who sees own rows sees no others", other, limited, false},
		} {
			company := w.company()
			w.category(company)
			foreign := w.company()
			w.category(foreign)
			s := w.Session(core.Scope{Company: company, Actor: c.actor})
			want := 0
			if c.sees {
				want = 1
			}

			var rows []categoryRow
			require.NoError(t, s.Select(c.table, &rows).Scan(t.Context()))
			require.Len(t, rows, want, c.name)
			res, err := s.Update(c.table, (*categoryRow)(nil)).Set("description = 'seen'").Exec(t.Context())
			require.Equal(t, want, affected(t, res, err), c.name)
			res, err = s.Delete(c.table, (*categoryRow)(nil)).Where("TRUE").Exec(t.Context())
			require.Equal(t, want, affected(t, res, err), c.name)
			require.Equal(t, 1, w.count("crm_categories WHERE description = '' AND company_id = '"+foreign.String()+"'"), "the other company's is untouched")
		}
	})
}

func affected(t *testing.T, res interface{ RowsAffected() (int64, error) }, err error) int {
	require.NoError(t, err)
	n, err := res.RowsAffected()
	require.NoError(t, err)
	return int(n)
}

func TestTheDatabaseRefusesAReferenceIntoAnotherCompany(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		theirs := w.category(w.company())
		ours := w.category(w.scope.Company)
		c, err := w.ws().Contacts.Create(t.Context(), ada("ada@example.org"))
		require.NoError(t, err)
		pool, _ := w.Pools()
		assign := func(category uuid.UUID) error {
			_, err := pool.ExecContext(t.Context(), fmt.Sprintf("UPDATE crm_contacts SET category_id = '%s' WHERE id = '%s'", category, c.ID))
			return w.Session(w.scope).Fail(err)
		}
		require.NoError(t, assign(ours))
		require.ErrorIs(t, assign(theirs), core.ErrInvalid)

		hang := func(company core.CompanyID, key string) error {
			_, err := pool.ExecContext(t.Context(), fmt.Sprintf("INSERT INTO crm_contact_addresses (company_id, kind, address_key, contact_id)"+
				" VALUES ('%s', 'email', '%s', '%s')", company, key, c.ID))
			return w.Session(w.scope).Fail(err)
		}
		require.NoError(t, hang(w.scope.Company, "second@example.org"))
		require.ErrorIs(t, hang(w.company(), "third@example.org"), core.ErrInvalid)
	})
}

func TestErrorsOfTheDatabaseHaveTheirKind(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		pool, _ := w.Pools()
		_, err := w.ws().Contacts.Create(t.Context(), crm.NewContact{Name: "Ada"})
		require.NoError(t, err)
		ours := " WHERE company_id = '" + w.scope.Company.String() + "'"
		for _, c := range []struct {
			statement string
			kind      error
		}{
			{"UPDATE crm_contacts SET version = 0" + ours, core.ErrInvalid},                                         // CHECK
			{"UPDATE crm_contacts SET notes = NULL" + ours, core.ErrInvalid},                                        // NOT NULL
			{"UPDATE crm_contacts SET company_id = '00000000-0000-0000-0000-000000000000'" + ours, core.ErrInvalid}, // FOREIGN KEY
			{"INSERT INTO crm_contacts SELECT * FROM crm_contacts" + ours, core.ErrExists},                          // PRIMARY KEY
		} {
			_, err := pool.ExecContext(t.Context(), c.statement)
			require.ErrorIs(t, w.Session(w.scope).Fail(err), c.kind, c.statement)
		}
		_, err = pool.ExecContext(t.Context(), "SELECT nonsense")
		require.Error(t, w.Session(w.scope).Fail(err))
	})
}
