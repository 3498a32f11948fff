package bunstore

import (
	"context"
	"errors"
	"time"

	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
)

// EnsureCompany is [DB.EnsureCompany] in this session.
func (s *Session) EnsureCompany(ctx context.Context, t core.Tenant) error {
	t, err := t.Checked()
	if err != nil {
		return err
	}
	now := s.Env().Time()
	row := &tenantRow{
		ID: t.ID, Name: t.Name, Slug: t.ID.String(), Country: t.Country, ContactPolicy: t.ContactPolicy,
		Timezone: t.Timezone, Currency: t.Currency, CreatedAt: now, UpdatedAt: now,
	}
	_, err = s.Insert(row).On("CONFLICT DO NOTHING").Exec(ctx)
	return s.Fail(err)
}

// Tenant is the session's company, as the packages other than identity know it.
func (s *Session) Tenant(ctx context.Context) (core.Tenant, error) {
	var row tenantRow
	err := s.Across(&row).Where("co.id = ?", s.scope.Company).Scan(ctx)
	if err != nil {
		if err = s.Fail(err); errors.Is(err, core.ErrNotFound) {
			err = core.NotFound("company")
		}
		return core.Tenant{}, err
	}
	return core.Tenant{
		ID: row.ID, Name: row.Name, Country: row.Country, ContactPolicy: row.ContactPolicy,
		Timezone: row.Timezone, Currency: row.Currency,
	}, nil
}

// LockTenant keeps others from locking or changing the company until the transaction ends, for what it has once.
func (s *Session) LockTenant(ctx context.Context) error {
	var id core.CompanyID
	err := s.Lock(s.Across((*tenantRow)(nil)).Column("id").Where("co.id = ?", s.scope.Company)).Scan(ctx, &id)
	return s.Fail(err)
}

// tenantRow is the part of a company that a tenant is made of; the other columns have
// defaults.
type tenantRow struct {
	bun.BaseModel `bun:"table:id_companies,alias:co"`

	ID            core.CompanyID
	Name          string
	Slug          string
	Country       string
	Timezone      string
	Currency      string
	ContactPolicy []string
	CreatedAt     time.Time
	UpdatedAt     time.Time
}
