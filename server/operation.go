package server

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
)

// Operation is one operation of the API: where it is, who may call it, what the document
// says of it. The services check permissions; the server only needs to know who is calling.
type Operation struct {
	Method  string
	Path    string // below /api/v1, with {parameters}
	ID      string // in the document: listContacts
	Tag     string // groups operations in the document
	Summary string // one line in the imperative
	Details string // more, where there is more to say

	Access  Access
	Company string // the path parameter that names the company, where it is not X-Company-ID
	Status  int    // of success; 0: 200, or 204 where nothing is answered
	Errors  []int  // which it can answer beside those that all of its kind can

	Required []string // the fields that the body has to have
	Example  any      // a body that works
	Answer   any      // what is answered, for an example

	Secret  bool   // a secret goes in or out: nothing of it is kept for an Idempotency-Key
	Strict  bool   // it guesses at secrets or costs much: the stricter rate limit
	Cookies bool   // it can set the cookies of a browser's session, or take a token from them
	Stream  bool   // it reads its body itself, and answers for its content type
	Takes   string // the media types of a body that is streamed, between commas
	Gives   string // the media types of an answer that is streamed, between commas; JSON is as Answer
	Limit   int64  // of the body, in bytes; 0: 1 MiB

	pace     func(s *Server, r *http.Request, now time.Time) error // a rate limit of its own
	register func(*part, Operation)
}

// Access is who may call an operation.
type Access struct {
	Level      Level
	Permission core.Permission // for WithPermission
}

// Level is how much has to be known of a caller.
type Level int

// The levels. Each asks for what the one before asks for, and more.
const (
	Anyone         Level = iota // no one in particular
	SignedIn                    // a user, in no company
	PlatformAdmin               // a user who administers the platform, in no company
	Member                      // an actor in a company
	WithPermission              // an actor in a company with the permission
)

func anyone() Access                   { return Access{Level: Anyone} }
func signedIn() Access                 { return Access{Level: SignedIn} }
func platformAdmin() Access            { return Access{Level: PlatformAdmin} }
func member() Access                   { return Access{Level: Member} }
func needs(p core.Permission) Access   { return Access{Level: WithPermission, Permission: p} }
func (a Access) inCompany() bool       { return a.Level >= Member }
func (a Access) authenticated() bool   { return a.Level > Anyone }
func (o Operation) hasPathParam() bool { return strings.Contains(o.Path, "{") }
func (o Operation) reads() bool        { return o.Method == http.MethodGet || o.Method == http.MethodHead }

// Operations are all operations of the API.
func Operations() []Operation {
	return withClients(slices.Concat(
		accountOperations(),
		pictureOperations(),
		linkOperations(),
		sessionOperations(),
		userOperations(),
		contactOperations(),
		contactBulkOperations(),
		duplicateOperations(),
		mergeOperations(),
		viewOperations(),
		timelineOperations(),
		importOperations(),
		exportOperations(),
		privacyOperations(),
		categoryOperations(),
		noteOperations(),
		activityOperations(),
		socialLinkOperations(),
		trackerOperations(),
		leadOperations(),
		leadNoteOperations(),
		leadBulkOperations(),
		reportOperations(),
		companyOperations(),
		memberOperations(),
		invitationOperations(),
		roleOperations(),
		apiKeyOperations(),
		auditOperations(),
		agendaOperations(),
		appointmentOperations(),
		seriesOperations(),
		waitlistOperations(),
		icsOperations(),
		feedOperations(),
		eventOperations(),
		webhookOperations(),
		formOperations(),
	))
}

// inCompany is an operation of a company's workspace.
func inCompany[I, O any](op Operation, handle func(context.Context, *clientele.Workspace, *I) (*O, error)) Operation {
	op.register = func(p *part, op Operation) {
		register(p, op, func(ctx context.Context, in *I) (*O, error) {
			return handle(ctx, p.s.app.Workspace(callOf(ctx).Scope), in)
		})
	}
	return op
}

// onPlatform is an operation across companies, of a user or of anyone.
func onPlatform[I, O any](op Operation, handle func(context.Context, *Call, *I) (*O, error)) Operation {
	op.register = func(p *part, op Operation) {
		register(p, op, func(ctx context.Context, in *I) (*O, error) {
			return handle(ctx, callOf(ctx), in)
		})
	}
	return op
}

// withClients are the operations, and all of contacts once more for those who call them clients.
func withClients(ops []Operation) []Operation {
	all := slices.Clip(ops)
	for _, op := range ops {
		if op.Path != "/contacts" && !strings.HasPrefix(op.Path, "/contacts/") {
			continue
		}
		op.Details = strings.TrimSpace(op.Details + "\n\nThe same as " + op.Method + " " + op.Path + ".")
		op.Path = "/clients" + strings.TrimPrefix(op.Path, "/contacts")
		op.ID, op.Tag = strings.Replace(op.ID, "Contact", "Client", 1), "Clients" // one heading for all that is there twice
		all = append(all, op)
	}
	return all
}
