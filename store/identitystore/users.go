package identitystore

import (
	"context"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/identity"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// userRow is a user with the key of their address and their password's hash, which the
// domain type has no place for.
type userRow struct {
	bun.BaseModel `bun:"table:id_users,alias:u"`

	ID           core.UserID `bun:",pk"` // which is User's own: sessions find their user by it
	EmailKey     string
	PasswordHash identity.Secret
	identity.User
}

func newUserRow(u identity.User, password identity.Secret) userRow {
	row := userRow{ID: u.ID, EmailKey: u.Email.Key(), PasswordHash: password, User: u}
	if u.DeletedAt != nil {
		row.EmailKey = u.ID.String() // frees the address; no address is like this
	}
	return row
}

// user is the row as the domain knows it.
func (r *userRow) user() identity.User {
	r.User.ID = r.ID
	return r.User
}

func (s platform) InsertUser(ctx context.Context, u identity.User, password identity.Secret) error {
	row := newUserRow(u, password)
	_, err := s.Insert(&row).Exec(ctx)
	return s.Fail(err)
}

func (s platform) User(ctx context.Context, id core.UserID) (identity.User, error) {
	u, _, err := s.Credentials(ctx, id)
	return u, err
}

func (s platform) Credentials(ctx context.Context, id core.UserID) (identity.User, identity.Secret, error) {
	return s.credentials(ctx, "u.id = ?", id)
}

func (s platform) CredentialsAt(ctx context.Context, e core.Email) (identity.User, identity.Secret, error) {
	return s.credentials(ctx, "u.email_key = ?", e.Key())
}

func (s platform) credentials(ctx context.Context, where string, arg any) (identity.User, identity.Secret, error) {
	var row userRow
	if err := s.Across(&row).Where(where, arg).Where("u.deleted_at IS NULL").Scan(ctx); err != nil {
		return identity.User{}, "", missing(s.Session, err, "user")
	}
	return row.user(), row.PasswordHash, nil
}

func (s platform) ReplaceUser(ctx context.Context, u identity.User, was int64) error {
	row := newUserRow(u, "")
	q := s.AcrossUpdate(&row).Where("u.id = ?", u.ID).Where("u.version = ?", was).Where("u.deleted_at IS NULL")
	if u.DeletedAt == nil {
		q = q.ExcludeColumn("id", "password_hash")
	} else {
		q = q.ExcludeColumn("id") // writes the empty password
	}
	res, err := q.Exec(ctx)
	return bunstore.One(res, err, s.Session, core.Stale("user"))
}

func (s platform) SetPassword(ctx context.Context, id core.UserID, password, was identity.Secret) error {
	res, err := s.AcrossUpdate((*userRow)(nil)).Set("password_hash = ?", password).
		Where("u.id = ?", id).Where("u.password_hash = ?", was).Where("u.active").Exec(ctx)
	return bunstore.One(res, err, s.Session, core.Stale("user"))
}

var userOrders = []bunstore.Order[userRow]{
	{Name: "-createdAt", Column: "created_at", Desc: true, Value: userCreated, Bind: bunstore.BindTime},
	{Name: "createdAt", Column: "created_at", Value: userCreated, Bind: bunstore.BindTime},
	{Name: "email", Column: "email_key", Value: userEmail, Bind: bunstore.BindText},
	{Name: "-email", Column: "email_key", Desc: true, Value: userEmail, Bind: bunstore.BindText},
}

func userCreated(r *userRow) string { return bunstore.TimeText(r.CreatedAt) }
func userEmail(r *userRow) string   { return r.EmailKey }

func (s platform) ListUsers(ctx context.Context, f identity.UserFilter, p core.Page) (core.List[identity.User], error) {
	order, err := bunstore.Find(userOrders, string(f.Sort))
	if err != nil {
		return core.List[identity.User]{}, err
	}
	var rows []userRow
	q := s.Across(&rows).Where("u.deleted_at IS NULL")
	if f.Email != "" {
		q = q.Where("u.email_key = ?", f.Email.Key())
	}
	if f.Active != nil {
		q = q.Where("u.active = ?", *f.Active)
	}
	if f.PlatformAdmin != nil {
		q = q.Where("u.platform_admin = ?", *f.PlatformAdmin)
	}
	return bunstore.List(ctx, s.Session, q, &rows, order, p,
		func(r *userRow) uuid.UUID { return r.ID.UUID },
		(*userRow).user)
}

// HoldAdministrators writes the rows as they are. That locks them, by the same text on both
// databases, and one who waited for the lock counts what is there after the wait.
func (s platform) HoldAdministrators(ctx context.Context) (int, error) {
	res, err := s.AcrossUpdate((*userRow)(nil)).Set("platform_admin = platform_admin").
		Where("u.platform_admin").Where("u.active").Exec(ctx)
	if err != nil {
		return 0, s.Fail(err)
	}
	n, err := res.RowsAffected()
	return int(n), s.Fail(err)
}

// FilesNamed are those of the keys that are the picture of a user.
func FilesNamed(ctx context.Context, db *bunstore.DB, keys []string) (named []string, err error) {
	s := db.Session(core.Scope{Actor: core.System()})
	err = s.Across((*userRow)(nil)).Column("picture_key").
		Where("u.picture_key IN (?)", bun.List(keys)).Where("u.picture_key <> ''").Scan(ctx, &named) // the latter is for the index
	return named, s.Fail(err)
}
