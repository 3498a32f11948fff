package identitystore

import (
	"context"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/identity"
	"github.com/clientele-crm/clientele/store/bunstore"
)

type invitationRow struct {
	bun.BaseModel `bun:"table:id_invitations,alias:i"`

	CompanyID core.CompanyID
	EmailKey  string
	TokenHash identity.Secret
	identity.Invitation
}

// ofCreator are rows that are seen by those who made them.
var ofCreator = bunstore.Table{Own: "?TableAlias.created_by_id = ?0"}

func (s store) InsertInvitation(ctx context.Context, i identity.Invitation, token identity.Secret) error {
	row := invitationRow{CompanyID: s.Scope().Company, EmailKey: i.Email.Key(), TokenHash: token, Invitation: i}
	_, err := s.Insert(&row).Exec(ctx)
	return s.Fail(err)
}

func (s store) Invitation(ctx context.Context, id core.ID[identity.Invitation]) (identity.Invitation, error) {
	var row invitationRow
	if err := s.Select(ofCreator, &row).Where("i.id = ?", id).Scan(ctx); err != nil {
		return identity.Invitation{}, missing(s.Session, err, "invitation")
	}
	return row.Invitation, nil
}

func (s store) InvitationTo(ctx context.Context, e core.Email) (identity.Invitation, error) {
	var row invitationRow
	if err := s.Select(bunstore.Shared, &row).Where("i.email_key = ?", e.Key()).Scan(ctx); err != nil {
		return identity.Invitation{}, missing(s.Session, err, "invitation")
	}
	return row.Invitation, nil
}

func (s store) DeleteInvitation(ctx context.Context, id core.ID[identity.Invitation]) error {
	res, err := s.Delete(bunstore.Shared, (*invitationRow)(nil)).Where("i.id = ?", id).Exec(ctx)
	return bunstore.One(res, err, s.Session, core.NotFound("invitation"))
}

var newestInvitations = bunstore.Order[invitationRow]{
	Name: "-createdAt", Column: "created_at", Desc: true, Bind: bunstore.BindTime,
	Value: func(r *invitationRow) string { return bunstore.TimeText(r.CreatedAt) },
}

func (s store) ListInvitations(ctx context.Context, p core.Page) (core.List[identity.Invitation], error) {
	var rows []invitationRow
	return bunstore.List(ctx, s.Session, s.Select(ofCreator, &rows), &rows, newestInvitations, p,
		func(r *invitationRow) uuid.UUID { return r.ID.UUID },
		func(r *invitationRow) identity.Invitation { return r.Invitation })
}

func (s platform) InvitationWith(ctx context.Context, token identity.Secret) (identity.Invitation, core.CompanyID, error) {
	var row invitationRow
	if err := s.Across(&row).Where("i.token_hash = ?", token).Scan(ctx); err != nil {
		return identity.Invitation{}, core.CompanyID{}, missing(s.Session, err, "invitation")
	}
	return row.Invitation, row.CompanyID, nil
}
