package identitystore

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/identity"
)

// standingColumns are what a standing is made of, of a company co and a role r.
const standingColumns = "co.active AS company_active, r.builtin, r.permissions, r.own_rows"

type standing struct {
	CompanyActive bool             `bun:",scanonly"`
	Builtin       identity.Builtin `bun:",scanonly"`
	Permissions   core.Permissions `bun:",scanonly"`
	OwnRows       bool             `bun:",scanonly"`
}

func (r standing) in(company core.CompanyID) identity.Standing {
	role := identity.Role{Builtin: r.Builtin}
	role.Permissions, role.OwnRows = r.Permissions, r.OwnRows
	return identity.Standing{Company: company, CompanyActive: r.CompanyActive, Role: granted(role)}
}

type memberStandingRow struct {
	bun.BaseModel `bun:"table:id_members,alias:m"`

	standing
}

func (s platform) Standing(ctx context.Context, user core.UserID, company core.CompanyID) (identity.Standing, error) {
	var row memberStandingRow
	err := s.Across(&row).ColumnExpr(standingColumns).
		Join("JOIN id_roles AS r ON r.company_id = m.company_id AND r.id = m.role_id").
		Join("JOIN id_companies AS co ON co.id = m.company_id").
		Join("JOIN id_users AS u ON u.id = m.user_id AND u.active").
		Where("m.company_id = ?", company).Where("m.user_id = ?", user).Where("m.active").Scan(ctx)
	if err != nil {
		return identity.Standing{}, missing(s.Session, err, "company")
	}
	return row.in(company), nil
}

type keyStandingRow struct {
	bun.BaseModel `bun:"table:id_api_keys,alias:k"`

	CompanyID core.CompanyID
	identity.APIKey
	standing
}

func (s platform) KeyStanding(ctx context.Context, secret identity.Secret) (identity.APIKey, identity.Standing, error) {
	var row keyStandingRow
	err := s.Across(&row).ColumnExpr("?TableColumns").ColumnExpr(standingColumns).
		Join("JOIN id_roles AS r ON r.company_id = k.company_id AND r.id = k.role_id").
		Join("JOIN id_companies AS co ON co.id = k.company_id").
		Where("k.secret_hash = ?", secret).Scan(ctx)
	if err != nil {
		return identity.APIKey{}, identity.Standing{}, missing(s.Session, err, "api_key")
	}
	return row.APIKey, row.in(row.CompanyID), nil
}
