package identitystore

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/identity"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// memberRow is a member as it is stored, with what is read of the user and the role.
type memberRow struct {
	bun.BaseModel `bun:"table:id_members,alias:m"`

	CompanyID core.CompanyID
	ID        core.ID[identity.Member]
	UserID    core.UserID
	RoleID    core.ID[identity.Role]
	Active    bool
	Version   int64
	CreatedAt time.Time
	UpdatedAt time.Time

	FirstName  string     `bun:",scanonly"`
	LastName   string     `bun:",scanonly"`
	Email      core.Email `bun:",scanonly"`
	UserActive bool       `bun:",scanonly"`
	RoleName   string     `bun:",scanonly"`
}

func (s store) memberRow(m identity.Member) *memberRow {
	return &memberRow{
		CompanyID: s.Scope().Company, ID: m.ID, UserID: m.UserID, RoleID: m.RoleID,
		Active: m.Active, Version: m.Version, CreatedAt: m.CreatedAt, UpdatedAt: m.UpdatedAt,
	}
}

func (r *memberRow) member() identity.Member {
	return identity.Member{
		ID: r.ID, UserID: r.UserID, FirstName: r.FirstName, LastName: r.LastName, Email: r.Email, UserActive: r.UserActive,
		RoleID: r.RoleID, RoleName: r.RoleName, Active: r.Active, Version: r.Version,
		CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
	}
}

// members are seen by all who may see members: they are who one works with.
func (s store) members(dest any) *bun.SelectQuery {
	return withNames(s.Select(bunstore.Shared, dest))
}

// withNames adds what is read of the user and the role.
func withNames(q *bun.SelectQuery) *bun.SelectQuery {
	return q.
		ColumnExpr("?TableColumns").ColumnExpr("u.first_name, u.last_name, u.email, u.active AS user_active, r.name AS role_name").
		Join("JOIN id_users AS u ON u.id = m.user_id").
		Join("JOIN id_roles AS r ON r.company_id = m.company_id AND r.id = m.role_id")
}

func (s store) InsertMember(ctx context.Context, m identity.Member) error {
	_, err := s.Insert(s.memberRow(m)).Exec(ctx)
	return s.Fail(err)
}

func (s store) Member(ctx context.Context, id core.ID[identity.Member]) (identity.Member, error) {
	var row memberRow
	if err := s.members(&row).Where("m.id = ?", id).Scan(ctx); err != nil {
		return identity.Member{}, missing(s.Session, err, "member")
	}
	return row.member(), nil
}

func (s store) MemberOf(ctx context.Context, user core.UserID) (identity.Member, error) {
	var row memberRow
	if err := s.members(&row).Where("m.user_id = ?", user).Scan(ctx); err != nil {
		return identity.Member{}, missing(s.Session, err, "member")
	}
	return row.member(), nil
}

func (s store) ActiveAmong(ctx context.Context, users []core.UserID) ([]core.UserID, error) {
	if len(users) == 0 {
		return nil, nil
	}
	var rows []memberRow
	err := s.Select(bunstore.Shared, &rows).Column("user_id").Where("m.user_id IN (?)", bun.List(users)).
		Where("m.active").Where("(SELECT u.active FROM id_users AS u WHERE u.id = m.user_id)").Scan(ctx)
	if err != nil {
		return nil, s.Fail(err)
	}
	if len(rows) == 0 {
		err := s.Select(bunstore.Shared, &rows).Column("user_id").Limit(1).Scan(ctx)
		if err != nil || len(rows) == 0 {
			return users, s.Fail(err)
		}
		return nil, nil
	}
	active := make([]core.UserID, len(rows))
	for i := range rows {
		active[i] = rows[i].UserID
	}
	return active, nil
}

func (s store) ReplaceMember(ctx context.Context, m identity.Member, was int64) error {
	res, err := s.Update(bunstore.Shared, s.memberRow(m)).Column("role_id", "active", "version", "updated_at").
		Where("m.id = ?", m.ID).Where("m.version = ?", was).Exec(ctx)
	return bunstore.One(res, err, s.Session, core.Stale("member"))
}

func (s store) DeleteMember(ctx context.Context, id core.ID[identity.Member]) error {
	res, err := s.Delete(bunstore.Shared, (*memberRow)(nil)).Where("m.id = ?", id).Exec(ctx)
	return bunstore.One(res, err, s.Session, core.NotFound("member"))
}

var memberOrders = []bunstore.Order[memberRow]{
	{Name: "createdAt", Column: "created_at", Value: memberCreated, Bind: bunstore.BindTime},
	{Name: "-createdAt", Column: "created_at", Desc: true, Value: memberCreated, Bind: bunstore.BindTime},
}

func memberCreated(r *memberRow) string { return bunstore.TimeText(r.CreatedAt) }

func (s store) ListMembers(ctx context.Context, f identity.MemberFilter, p core.Page) (core.List[identity.Member], error) {
	order, err := bunstore.Find(memberOrders, string(f.Sort))
	if err != nil {
		return core.List[identity.Member]{}, err
	}
	var rows []memberRow
	return bunstore.List(ctx, s.Session, filterMembers(s.members(&rows), f), &rows, order, p,
		func(r *memberRow) uuid.UUID { return r.ID.UUID },
		(*memberRow).member)
}

func filterMembers(q *bun.SelectQuery, f identity.MemberFilter) *bun.SelectQuery {
	if !f.Role.IsZero() {
		q = q.Where("m.role_id = ?", f.Role)
	}
	if f.Active != nil {
		q = q.Where("m.active = ?", *f.Active)
	}
	return q
}

func (s platform) ListAllMembers(ctx context.Context, f identity.PlatformMemberFilter, p core.Page) (core.List[identity.PlatformMember], error) {
	order, err := bunstore.Find(memberOrders, string(f.Sort))
	if err != nil {
		return core.List[identity.PlatformMember]{}, err
	}
	var rows []memberRow
	q := filterMembers(withNames(s.Across(&rows)), f.MemberFilter)
	if !f.Company.IsZero() {
		q = q.Where("m.company_id = ?", f.Company)
	}
	if !f.User.IsZero() {
		q = q.Where("m.user_id = ?", f.User)
	}
	return bunstore.List(ctx, s.Session, q, &rows, order, p,
		func(r *memberRow) uuid.UUID { return r.ID.UUID },
		func(r *memberRow) identity.PlatformMember {
			return identity.PlatformMember{CompanyID: r.CompanyID, Member: r.member()}
		})
}

func (s store) AdministratorBeside(ctx context.Context, id core.ID[identity.Member]) (bool, error) {
	var row memberRow
	q := s.members(&row).Where("m.id <> ?", id).Where("m.active").Where("u.active").
		Where("u.deleted_at IS NULL").Where("r.builtin = ?", identity.Administrator)
	n, err := bunstore.Count(ctx, s.Session, q, 1)
	return n > 0, err
}

func (s store) Person(ctx context.Context, n identity.NewMember) (identity.Person, error) {
	var row userRow
	q := s.Across(&row).Where("u.deleted_at IS NULL")
	if n.UserID.IsZero() {
		q = q.Where("u.email_key = ?", n.Email.Key())
	} else {
		q = q.Where("u.id = ?", n.UserID)
	}
	if err := q.Scan(ctx); err != nil {
		return identity.Person{}, missing(s.Session, err, "user")
	}
	return identity.Person{UserID: row.ID, FirstName: row.FirstName, LastName: row.LastName, Email: row.Email}, nil
}
