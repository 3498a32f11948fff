package identity

import (
	"context"
	"time"

	"github.com/clientele-crm/clientele/core"
)

// CompanyStore keeps the company of the scope itself.
type CompanyStore interface {
	// Company reads it, without its invite code.
	Company(ctx context.Context) (Company, error)

	// ReplaceCompany writes all of c but the slug and the invite code if the row's version is still was.
	// [core.ErrConflict]: it is not. [core.ErrInvalid]: the company has no such default role.
	ReplaceCompany(ctx context.Context, c Company, was int64) error

	// InviteCode reads the code by which people join.
	InviteCode(ctx context.Context) (string, error)

	// SetInviteCode writes it; the one before leads nowhere from then on.
	SetInviteCode(ctx context.Context, code string) error

	// HoldCompany keeps others who hold the company waiting until the transaction ends. What
	// is read after is as the one before left it.
	HoldCompany(ctx context.Context) error
}

// MemberStore keeps the members of a company. Their names come from the users.
type MemberStore interface {
	// InsertMember adds one. [core.ErrExists]: the user is a member, perhaps not an active one.
	InsertMember(ctx context.Context, m Member) error

	// Member reads one.
	Member(ctx context.Context, id core.ID[Member]) (Member, error)

	// MemberOf reads the one who is the user.
	MemberOf(ctx context.Context, user core.UserID) (Member, error)

	// ReplaceMember writes the role and whether m is active if the row's version is still was,
	// else it is [core.ErrConflict].
	ReplaceMember(ctx context.Context, m Member, was int64) error

	// DeleteMember takes a member out of the company.
	DeleteMember(ctx context.Context, id core.ID[Member]) error

	// ListMembers lists what the filter lets through, in its order.
	ListMembers(ctx context.Context, f MemberFilter, p core.Page) (core.List[Member], error)

	// AdministratorBeside reports whether the company has an active administrator, who can
	// log in, beside the member.
	AdministratorBeside(ctx context.Context, id core.ID[Member]) (bool, error)

	// Person finds the user whom n names, of whatever company.
	Person(ctx context.Context, n NewMember) (Person, error)
}

// RoleStore keeps the roles of a company. What a built-in role grants comes from
// [Builtin.Grants], not from its row.
type RoleStore interface {
	// InsertRoles adds roles, all or none. [core.ErrExists]: another role has one of the names.
	InsertRoles(ctx context.Context, rs ...Role) error

	// Role reads one.
	Role(ctx context.Context, id core.ID[Role]) (Role, error)

	// BuiltinRole reads one of those that every company has.
	BuiltinRole(ctx context.Context, b Builtin) (Role, error)

	// ReplaceRole writes all of r if the row's version is still was. [core.ErrConflict]: it is
	// not. [core.ErrExists]: another role has the name.
	ReplaceRole(ctx context.Context, r Role, was int64) error

	// DeleteRole deletes one. [core.ErrState]: a member, an invitation, a key or the company
	// itself has it.
	DeleteRole(ctx context.Context, id core.ID[Role]) error

	// ListRoles lists all, by name.
	ListRoles(ctx context.Context, p core.Page) (core.List[Role], error)
}

// InvitationStore keeps the invitations of a company that wait for an answer.
type InvitationStore interface {
	// InsertInvitation adds one with the hash of its token. [core.ErrExists]: the address has one.
	InsertInvitation(ctx context.Context, i Invitation, token Secret) error

	// Invitation reads one, an expired one too.
	Invitation(ctx context.Context, id core.ID[Invitation]) (Invitation, error)

	// InvitationTo reads the one of the address, whoever made it, an expired one too.
	InvitationTo(ctx context.Context, e core.Email) (Invitation, error)

	// DeleteInvitation deletes one. Of several that do so at once, one succeeds, and the
	// others get [core.ErrNotFound].
	DeleteInvitation(ctx context.Context, id core.ID[Invitation]) error

	// ListInvitations lists all, the newest first.
	ListInvitations(ctx context.Context, p core.Page) (core.List[Invitation], error)
}

// APIKeyStore keeps the API keys of a company.
type APIKeyStore interface {
	// InsertAPIKey adds one with the hash of its secret.
	InsertAPIKey(ctx context.Context, k APIKey, secret Secret) error

	// APIKey reads one, an expired one too.
	APIKey(ctx context.Context, id core.ID[APIKey]) (APIKey, error)

	// TouchAPIKey notes that the key was used now, unless that was noted after since.
	TouchAPIKey(ctx context.Context, id core.ID[APIKey], now, since time.Time) error

	// DeleteAPIKey deletes one.
	DeleteAPIKey(ctx context.Context, id core.ID[APIKey]) error

	// ListAPIKeys lists all, the newest first.
	ListAPIKeys(ctx context.Context, p core.Page) (core.List[APIKey], error)
}

// AuditStore reads what the outbox wrote.
type AuditStore interface {
	// ListAudit lists the entries that the filter lets through, in its order.
	ListAudit(ctx context.Context, f AuditFilter, p core.Page) (core.List[core.AuditEntry], error)
}

// MembershipStore finds companies, and what somebody may do in them.
type MembershipStore interface {
	// InsertCompany adds a company with its invite code. [core.ErrExists]: the slug is taken.
	InsertCompany(ctx context.Context, c Company) error

	// CompanyWithCode reads the company that has the invite code.
	CompanyWithCode(ctx context.Context, code string) (Company, error)

	// ListCompanies lists what the filter lets through, in its order.
	ListCompanies(ctx context.Context, f CompanyFilter, p core.Page) (core.List[Company], error)

	// ListAllMembers lists the members of all companies that the filter lets through.
	ListAllMembers(ctx context.Context, f PlatformMemberFilter, p core.Page) (core.List[PlatformMember], error)

	// Standing reads what the user may do in the company, in one query. [core.ErrNotFound]:
	// they are no member, or no active one, or cannot log in.
	Standing(ctx context.Context, user core.UserID, company core.CompanyID) (Standing, error)

	// KeyStanding reads the key that has the secret with this hash, an expired one too, and
	// what it may do, in one query.
	KeyStanding(ctx context.Context, secret Secret) (APIKey, Standing, error)

	// InvitationWith reads the invitation that has the token with this hash, an expired one
	// too, and whose it is.
	InvitationWith(ctx context.Context, token Secret) (Invitation, core.CompanyID, error)
}
