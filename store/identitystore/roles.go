package identitystore

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/identity"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// roleRow is a role. Built-in ones have rows too, so that what refers to a role refers to a
// row; what they grant is not in it.
type roleRow struct {
	bun.BaseModel `bun:"table:id_roles,alias:r"`

	CompanyID core.CompanyID
	NameKey   string
	identity.Role
}

func (s store) roleRow(r identity.Role) roleRow {
	if r.Builtin != "" {
		r.Permissions, r.OwnRows = core.Permissions{}, false
	}
	return roleRow{CompanyID: s.Scope().Company, NameKey: core.Fold(r.Name), Role: r}
}

// granted is a role as its row says, or as the code says if it is built in.
func granted(r identity.Role) identity.Role {
	if r.Builtin != "" {
		grants := r.Builtin.Grants()
		r.Permissions, r.OwnRows = grants.Permissions, grants.OwnRows
	}
	return r
}

func (s store) InsertRoles(ctx context.Context, rs ...identity.Role) error {
	if len(rs) == 0 {
		return nil
	}
	rows := make([]roleRow, len(rs))
	for i, r := range rs {
		rows[i] = s.roleRow(r)
	}
	_, err := s.Insert(&rows).Exec(ctx)
	return s.Fail(err)
}

func (s store) Role(ctx context.Context, id core.ID[identity.Role]) (identity.Role, error) {
	var row roleRow
	if err := s.Select(bunstore.Shared, &row).Where("r.id = ?", id).Scan(ctx); err != nil {
		return identity.Role{}, missing(s.Session, err, "role")
	}
	return granted(row.Role), nil
}

func (s store) BuiltinRole(ctx context.Context, b identity.Builtin) (identity.Role, error) {
	var row roleRow
	if err := s.Select(bunstore.Shared, &row).Where("r.builtin = ?", b).Where("r.builtin <> ''").Scan(ctx); err != nil {
		return identity.Role{}, missing(s.Session, err, "role")
	}
	return granted(row.Role), nil
}

func (s store) ReplaceRole(ctx context.Context, r identity.Role, was int64) error {
	row := s.roleRow(r)
	res, err := s.Update(bunstore.Shared, &row).ExcludeColumn("company_id", "id", "builtin").
		Where("r.id = ?", r.ID).Where("r.version = ?", was).Exec(ctx)
	return bunstore.One(res, err, s.Session, core.Stale("role"))
}

func (s store) DeleteRole(ctx context.Context, id core.ID[identity.Role]) error {
	res, err := s.Delete(bunstore.Shared, (*roleRow)(nil)).Where("r.id = ?", id).Exec(ctx)
	err = bunstore.One(res, err, s.Session, core.NotFound("role"))
	if errors.Is(err, core.ErrInvalid) { // a row refers to it
		return &core.Error{Kind: core.ErrState, Code: "role_in_use", Message: "a member, an invitation, an API key or the company's default has the role"}
	}
	return err
}

var rolesByName = bunstore.Order[roleRow]{
	Name: "name", Column: "name_key", Value: func(r *roleRow) string { return r.NameKey }, Bind: bunstore.BindText,
}

func (s store) ListRoles(ctx context.Context, p core.Page) (core.List[identity.Role], error) {
	var rows []roleRow
	return bunstore.List(ctx, s.Session, s.Select(bunstore.Shared, &rows), &rows, rolesByName, p,
		func(r *roleRow) uuid.UUID { return r.ID.UUID },
		func(r *roleRow) identity.Role { return granted(r.Role) })
}
