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

// sessionRow is a session; its user comes with it in one query where that is asked for.
type sessionRow struct {
	bun.BaseModel `bun:"table:id_sessions,alias:s"`

	identity.Session
	User *userRow `bun:"rel:belongs-to,join:user_id=id"`
}

func (s platform) InsertSession(ctx context.Context, session identity.Session) error {
	_, err := s.Insert(&sessionRow{Session: session}).Exec(ctx)
	return s.Fail(err)
}

func (s platform) SessionAt(ctx context.Context, access identity.Secret) (identity.Session, identity.User, error) {
	var row sessionRow
	if err := s.Across(&row).Relation("User").Where("s.access_hash = ?", access).Scan(ctx); err != nil {
		return identity.Session{}, identity.User{}, missing(s.Session, err, "session")
	}
	return row.Session, row.User.user(), nil
}

func (s platform) SessionOf(ctx context.Context, family identity.Secret) (identity.Session, error) {
	var row sessionRow
	if err := s.Across(&row).Where("s.family_hash = ?", family).Scan(ctx); err != nil {
		return identity.Session{}, missing(s.Session, err, "session")
	}
	return row.Session, nil
}

func (s platform) RotateSession(ctx context.Context, session identity.Session, was identity.Secret) error {
	res, err := s.AcrossUpdate(&sessionRow{Session: session}).
		Column("access_hash", "refresh_hash", "access_expires_at", "expires_at", "refreshed_at").
		Where("s.id = ?", session.ID).Where("s.refresh_hash = ?", was).Exec(ctx)
	return bunstore.One(res, err, s.Session, core.Stale("session"))
}

var newestSessions = bunstore.Order[sessionRow]{
	Name: "-createdAt", Column: "created_at", Desc: true, Value: func(r *sessionRow) string { return bunstore.TimeText(r.CreatedAt) }, Bind: bunstore.BindTime,
}

func (s platform) ListSessions(ctx context.Context, user core.UserID, now time.Time, p core.Page) (core.List[identity.Session], error) {
	var rows []sessionRow
	q := s.Across(&rows).Where("s.user_id = ?", user).Where("s.expires_at > ?", now)
	return bunstore.List(ctx, s.Session, q, &rows, newestSessions, p,
		func(r *sessionRow) uuid.UUID { return r.ID.UUID },
		func(r *sessionRow) identity.Session { return r.Session })
}

func (s platform) DeleteSession(ctx context.Context, user core.UserID, id core.ID[identity.Session]) error {
	res, err := s.AcrossDelete((*sessionRow)(nil)).Where("s.id = ?", id).Where("s.user_id = ?", user).Exec(ctx)
	return bunstore.One(res, err, s.Session, core.NotFound("session"))
}

func (s platform) DeleteSessions(ctx context.Context, user core.UserID, except core.ID[identity.Session]) error {
	q := s.AcrossDelete((*sessionRow)(nil)).Where("s.user_id = ?", user)
	if !except.IsZero() {
		q = q.Where("s.id <> ?", except)
	}
	_, err := q.Exec(ctx)
	return s.Fail(err)
}

func (s platform) DeleteExpiredSessions(ctx context.Context, user core.UserID, now time.Time) error {
	_, err := s.AcrossDelete((*sessionRow)(nil)).Where("s.user_id = ?", user).Where("s.expires_at <= ?", now).Exec(ctx)
	return s.Fail(err)
}

type tokenRow struct {
	bun.BaseModel `bun:"table:id_one_time_tokens,alias:t"`

	identity.OneTimeToken
}

func (s platform) PutToken(ctx context.Context, t identity.OneTimeToken) error {
	_, err := s.Insert(&tokenRow{OneTimeToken: t}).
		On("CONFLICT (user_id, purpose) DO UPDATE").
		Set("hash = EXCLUDED.hash").Set("email = EXCLUDED.email").
		Set("created_at = EXCLUDED.created_at").Set("expires_at = EXCLUDED.expires_at").Set("used_at = EXCLUDED.used_at").
		Exec(ctx)
	return s.Fail(err)
}

func (s platform) Token(ctx context.Context, purpose identity.Purpose, hash identity.Secret) (identity.OneTimeToken, error) {
	var row tokenRow
	if err := s.Across(&row).Where("t.hash = ?", hash).Where("t.purpose = ?", purpose).Scan(ctx); err != nil {
		return identity.OneTimeToken{}, missing(s.Session, err, "token")
	}
	return row.OneTimeToken, nil
}

func (s platform) UseToken(ctx context.Context, hash identity.Secret, now time.Time) error {
	res, err := s.AcrossUpdate((*tokenRow)(nil)).Set("used_at = ?", now).
		Where("t.hash = ?", hash).Where("t.used_at IS NULL").Exec(ctx)
	return bunstore.One(res, err, s.Session, core.Stale("token"))
}

func (s platform) DeleteTokens(ctx context.Context, user core.UserID, purposes ...identity.Purpose) error {
	if len(purposes) == 0 {
		return nil
	}
	_, err := s.AcrossDelete((*tokenRow)(nil)).Where("t.user_id = ?", user).Where("t.purpose IN (?)", bun.List(purposes)).Exec(ctx)
	return s.Fail(err)
}
