package core

import (
	"fmt"
	"iter"
	"strings"
)

// Permission is one thing that an actor may be allowed to do: "resource:verb". The list
// is closed; roles of package identity are sets of it.
type Permission uint8

// The permissions.
const (
	CompanyWrite     Permission = iota // change the company, its policy and settings; deactivate and activate it
	MembersRead                        // see the members
	MembersWrite                       // add, change, deactivate and activate members
	RolesRead                          // see the company's roles
	RolesWrite                         // make, change and delete the company's own roles
	InvitationsRead                    // see open invitations
	InvitationsWrite                   // invite people; see and reset the invite code
	APIKeysRead                        // see the API keys, never their secrets
	APIKeysWrite                       // make and revoke API keys
	AuditRead                          // read the audit
	ContactsRead                       // see contacts and what hangs on them
	ContactsWrite                      // make and change contacts, notes, activities, social links
	ContactsDelete                     // delete and restore contacts
	ContactsImport                     // import contacts from files
	ContactsExport                     // export contacts to files
	ContactsErase                      // erase people for good, and purge deleted contacts
	ContactsDisclose                   // export all that any package keeps of a person, the audit included
	ContactsMerge                      // merge contacts, and undo it
	CategoriesWrite                    // make, change and delete contact categories

	LeadsRead     // see trackers and leads, with what hangs on them
	LeadsWrite    // make, change and move leads, and their notes
	LeadsDelete   // delete leads
	LeadsAssign   // give leads to other members
	LeadsExport   // export leads to files
	TrackersWrite // make, change and delete trackers, their fields and stages
	ReportsRead   // see the reports on leads

	AssessmentsRead           // see assessments
	AssessmentsWrite          // make, change, publish and share assessments
	AssessmentResponsesRead   // see what people answered, and their results
	AssessmentResponsesWrite  // record, mark, score again and delete responses
	AssessmentResponsesExport // export responses to files

	QuestionnairesRead           // see questionnaires
	QuestionnairesWrite          // make, change, publish and share questionnaires
	QuestionnaireResponsesRead   // see what people answered
	QuestionnaireResponsesWrite  // record and delete responses
	QuestionnaireResponsesExport // export responses to files

	AgendasRead       // see agendas, and what of them is free
	AgendasWrite      // make, change and delete agendas, and set holidays
	AppointmentsRead  // see appointments
	AppointmentsWrite // book, change, move and cancel appointments

	EventsRead    // read and follow the events, which have all fields of all rows
	WebhooksRead  // see the webhooks and their deliveries, which have all fields of all rows
	WebhooksWrite // make, change, delete and replay webhooks
	permissionCount
)

var permissionNames = [permissionCount]string{
	CompanyWrite: "company:write",
	MembersRead:  "members:read", MembersWrite: "members:write",
	RolesRead: "roles:read", RolesWrite: "roles:write",
	InvitationsRead: "invitations:read", InvitationsWrite: "invitations:write",
	APIKeysRead: "api_keys:read", APIKeysWrite: "api_keys:write",
	AuditRead:    "audit:read",
	ContactsRead: "contacts:read", ContactsWrite: "contacts:write", ContactsDelete: "contacts:delete",
	ContactsImport: "contacts:import", ContactsExport: "contacts:export", ContactsMerge: "contacts:merge",
	ContactsErase: "contacts:erase", ContactsDisclose: "contacts:disclose",
	CategoriesWrite: "categories:write",

	LeadsRead: "leads:read", LeadsWrite: "leads:write", LeadsDelete: "leads:delete", LeadsAssign: "leads:assign", LeadsExport: "leads:export",
	TrackersWrite: "trackers:write", ReportsRead: "reports:read",

	AssessmentsRead: "assessments:read", AssessmentsWrite: "assessments:write",
	AssessmentResponsesRead: "assessment_responses:read", AssessmentResponsesWrite: "assessment_responses:write",
	AssessmentResponsesExport: "assessment_responses:export",

	QuestionnairesRead: "questionnaires:read", QuestionnairesWrite: "questionnaires:write",
	QuestionnaireResponsesRead: "questionnaire_responses:read", QuestionnaireResponsesWrite: "questionnaire_responses:write",
	QuestionnaireResponsesExport: "questionnaire_responses:export",

	AgendasRead: "agendas:read", AgendasWrite: "agendas:write",
	AppointmentsRead: "appointments:read", AppointmentsWrite: "appointments:write",
	EventsRead:   "events:read",
	WebhooksRead: "webhooks:read", WebhooksWrite: "webhooks:write",
}

// ParsePermission reads a permission's name. The error is [ErrInvalid].
func ParsePermission(name string) (Permission, error) {
	for p, n := range permissionNames {
		if n == name {
			return Permission(p), nil
		}
	}
	return 0, &Error{Kind: ErrInvalid, Code: "unknown_permission", Message: fmt.Sprintf("there is no permission %q", name)}
}

func (p Permission) String() string {
	if p >= permissionCount {
		return fmt.Sprintf("Permission(%d)", uint8(p))
	}
	return permissionNames[p]
}

// MarshalText implements [encoding.TextMarshaler].
func (p Permission) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (p *Permission) UnmarshalText(text []byte) (err error) {
	*p, err = ParsePermission(string(text))
	return err
}

// reading reports whether the permission changes nothing.
func (p Permission) reading() bool {
	_, verb, _ := strings.Cut(p.String(), ":")
	return verb == "read" || verb == "export" || verb == "disclose"
}

// Permissions is a set of them. The zero value is empty.
type Permissions struct{ bits [2]uint64 }

// PermissionSet is the set of the given permissions.
func PermissionSet(ps ...Permission) (set Permissions) {
	for _, p := range ps {
		set.bits[p/64] |= 1 << (p % 64)
	}
	return set
}

// AllPermissions is the set of every permission there is.
func AllPermissions() (set Permissions) {
	for p := range permissionCount {
		set.bits[p/64] |= 1 << (p % 64)
	}
	return set
}

// Has reports whether p is in the set.
func (s Permissions) Has(p Permission) bool {
	return p < permissionCount && s.bits[p/64]&(1<<(p%64)) != 0
}

// Contains reports whether all of other is in the set.
func (s Permissions) Contains(other Permissions) bool {
	return other.bits[0]&^s.bits[0] == 0 && other.bits[1]&^s.bits[1] == 0
}

// ReadOnly is the part of the set that changes nothing.
func (s Permissions) ReadOnly() (set Permissions) {
	for p := range s.All() {
		if p.reading() {
			set.bits[p/64] |= 1 << (p % 64)
		}
	}
	return set
}

// All lists the set in the order of its declaration.
func (s Permissions) All() iter.Seq[Permission] {
	return func(yield func(Permission) bool) {
		for p := range permissionCount {
			if s.Has(p) && !yield(p) {
				return
			}
		}
	}
}
