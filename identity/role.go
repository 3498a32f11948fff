package identity

import (
	"time"

	"github.com/clientele-crm/clientele/core"
)

// Role is what the members of a company who have it may do.
type Role struct {
	ID core.ID[Role] `json:"id"`
	NewRole

	// Builtin says which of the roles that every company has this is; empty for a role of
	// the company's own. Built-in roles do not change.
	Builtin Builtin `json:"builtin,omitempty"`

	Version   int64     `json:"version"` // counts the changes, from 1
	CreatedAt time.Time `json:"createdAt"`
	UpdatedAt time.Time `json:"updatedAt"`
}

// NewRole is what a person may say of a role.
type NewRole struct {
	Name        string           `json:"name"`        // 1 to 100 characters, unique without case and accents
	Permissions core.Permissions `json:"permissions"` // what its members may do
	OwnRows     bool             `json:"ownRows"`     // see and change only what they created or are assigned to
}

// Builtin names a role that every company has.
type Builtin string

// The built-in roles, from the one that may do everything to the one that may do nothing.
const (
	Administrator Builtin = "admin"
	InternalStaff Builtin = "internal_staff"
	Partner       Builtin = "partner"
	Lead          Builtin = "lead"
)

// Builtins are all of them.
func Builtins() []Builtin { return []Builtin{Administrator, InternalStaff, Partner, Lead} }

// Grants is what the role may do. It stands in the code and not in the database, so that
// every company has it alike, and a new permission at once.
func (b Builtin) Grants() NewRole {
	switch b {
	case Administrator:
		return NewRole{Name: "Administrator", Permissions: core.AllPermissions()}
	case InternalStaff:
		return NewRole{Name: "Internal staff", Permissions: core.PermissionSet(
			core.MembersRead, // an owner has to be chosen from somewhere
			core.ContactsRead, core.ContactsWrite, core.ContactsDelete, core.ContactsImport, core.ContactsExport, core.ContactsMerge,
			core.CategoriesWrite,
			core.LeadsRead, core.LeadsWrite, core.LeadsDelete, core.LeadsAssign, core.LeadsExport, core.TrackersWrite, core.ReportsRead,
			core.AssessmentsRead, core.AssessmentsWrite,
			core.AssessmentResponsesRead, core.AssessmentResponsesWrite, core.AssessmentResponsesExport,
			core.QuestionnairesRead, core.QuestionnairesWrite,
			core.QuestionnaireResponsesRead, core.QuestionnaireResponsesWrite, core.QuestionnaireResponsesExport,
			core.AgendasRead, core.AgendasWrite, core.AppointmentsRead, core.AppointmentsWrite,
		)}
	case Partner:
		return NewRole{Name: "Partner", OwnRows: true, Permissions: core.PermissionSet(
			core.ContactsRead, core.ContactsWrite, core.LeadsRead, core.LeadsWrite, core.ReportsRead,
		)}
	case Lead:
		return NewRole{Name: "Lead", OwnRows: true}
	}
	return NewRole{}
}

const maxRoleName = 100

// check brings what a person said of a role into its canonical form.
func (n *NewRole) check() error {
	var f core.Faults
	n.Name = f.Line("/name", n.Name, maxRoleName)
	if n.Name == "" {
		f.Add("/name", "required", "a role has to have a name")
	}
	return f.Err()
}

// mayGrant is [core.ErrForbidden] unless the actor may do all that the role may: nobody
// gives, changes or takes away what they lack themselves.
func mayGrant(a core.Actor, r Role) error {
	if a.Permissions.Contains(r.Permissions) && (r.OwnRows || !a.OwnRows) {
		return nil
	}
	return &core.Error{Kind: core.ErrForbidden, Code: "role_exceeds_own", Message: "the role " + r.Name + " may do more than you may"}
}

// The events of a role.
var (
	RoleCreated = core.EventType[Role]{Name: "role.created", Kind: "role"}
	RoleUpdated = core.EventType[Role]{Name: "role.updated", Kind: "role"}
	RoleDeleted = core.EventType[Role]{Name: "role.deleted", Kind: "role"}
)
