package core

// Scope is in whose name something is done: in which company, and by whom. A workspace
// is bound to one.
type Scope struct {
	Company CompanyID
	Actor   Actor
}

// Actor is who acts, and what they may do and see. Package identity makes actors from
// its sessions and API keys; an embedder with users of its own builds them.
type Actor struct {
	ID          UserID      // who; zero for the system itself
	Permissions Permissions // what they may do
	OwnRows     bool        // they see and change only what they created or are assigned to
}

// System is the actor of background work and of an embedder's own code: it may do
// everything and sees everything.
func System() Actor { return Actor{Permissions: AllPermissions()} }

// Require is [ErrForbidden] unless the actor has the permission.
func (a Actor) Require(p Permission) error {
	if a.Permissions.Has(p) {
		return nil
	}
	return &Error{Kind: ErrForbidden, Code: "permission_required", Message: "this needs the permission " + p.String()}
}
