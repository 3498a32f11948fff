package clientele

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/store"
)

// booking is what scheduling works with: its own store, contacts as the clients, and the company's
// people as the members, in one transaction.
type booking struct {
	session   store.Session
	calendars scheduling.Calendars
}

func (b booking) Plain() scheduling.Tx {
	tx := b.session.Scheduling().Plain()
	tx.Calendars = b.calendars
	tx.Clients, tx.Jobs = clients{crm.NewContacts(b.session.CRM()), b.session.Scope().Actor.OwnRows}, b.session.Jobs()
	tx.Members = colleagues{b.session}
	return tx
}

func (b booking) Atomic(ctx context.Context, fn func(scheduling.Tx) error) error {
	return b.session.Atomic(ctx, func(s store.Session) error { return fn(booking{s, b.calendars}.Plain()) })
}

func (b booking) Snapshot(ctx context.Context, fn func(scheduling.Tx) error) error {
	return b.session.Snapshot(ctx, func(s store.Session) error { return fn(booking{s, b.calendars}.Plain()) })
}

// bookings are the booking of all companies, for the background work.
type bookings struct {
	store.Backend
	calendars scheduling.Calendars
}

func (b bookings) In(scope core.Scope) core.Work[scheduling.Tx] {
	return booking{b.Session(scope), b.calendars}
}

func (b bookings) Env() core.Env { return b.Platform().Plain().Env }

// clients are contacts. Who may book sees and makes those that they may as contacts.
type clients struct {
	contacts *crm.Contacts
	ownRows  bool // who books sees their own contacts alone
}

func (c clients) Check(ctx context.Context, id core.ID[scheduling.Client]) error {
	_, err := c.contacts.Hold(ctx, core.ID[crm.Contact](id))
	return err
}

func (c clients) Receive(ctx context.Context, p scheduling.Person) (core.ID[scheduling.Client], error) {
	made, err := c.contacts.Receive(ctx, crm.NewContact{Name: p.Name, Email: core.Email(p.Email), Phone: crm.Phone(p.Phone), Source: "booking"})
	var exists *core.Error
	if !errors.Is(err, core.ErrExists) || !errors.As(err, &exists) || exists.Holder.IsZero() && c.ownRows {
		return core.ID[scheduling.Client]{UUID: made.ID.UUID}, err
	}
	held, err := c.contacts.Hold(ctx, core.ID[crm.Contact]{UUID: exists.Holder.ID})
	if errors.Is(err, core.ErrNotFound) {
		err = core.Stale("contact") // who had the address was deleted or merged, or has it no more: it is asked again
	}
	return core.ID[scheduling.Client]{UUID: held.ID.UUID}, err
}

func (c clients) Person(ctx context.Context, id core.ID[scheduling.Client]) (scheduling.Person, error) {
	found, err := c.contacts.Get(ctx, core.ID[crm.Contact](id))
	return scheduling.Person{Name: found.Name, Email: string(found.Email), Phone: string(found.Phone)}, err
}

// visitor is somebody at a public page: nobody known, who may book.
func visitor() core.Actor {
	return core.Actor{Permissions: core.PermissionSet(
		core.AgendasRead, core.AppointmentsRead, core.AppointmentsWrite, core.ContactsRead, core.ContactsWrite,
	)}
}

// PublicAgenda is the active agenda that has the slug, in whichever company, and a workspace for
// somebody unknown who books it. What else the workspace can do is not for them: the caller sees
// to that. [core.ErrNotFound]: there is none.
func (c *Clientele) PublicAgenda(ctx context.Context, slug string) (*Workspace, scheduling.Agenda, error) {
	company, id, err := c.backend.PublicAgenda(ctx, slug)
	if err != nil {
		return nil, scheduling.Agenda{}, err
	}
	ws := c.Workspace(core.Scope{Company: company, Actor: visitor()})
	a, err := ws.Agendas.Get(ctx, id)
	if err == nil && !a.Active {
		err = core.NotFound("agenda")
	}
	return ws, a, err
}

// ClientLink is the row that the token of a client's link is for, and a workspace for its holder:
// what else the workspace can do is not for them, which the caller sees to. [core.ErrNotFound]:
// the token is not for this purpose.
func (c *Clientele) ClientLink(p scheduling.Purpose, token string) (*Workspace, uuid.UUID, error) {
	company, id, err := c.Links.Read(p, token)
	if err != nil {
		return nil, uuid.Nil, err
	}
	return c.Workspace(core.Scope{Company: company, Actor: visitor()}), id, nil
}

// ClientLinks are what the client of an appointment is to be sent, so that they can move and cancel
// it themselves.
type ClientLinks struct {
	Move        string    `json:"move"`        // the address of the page where they move it
	MoveUntil   time.Time `json:"moveUntil"`   // the agenda's notice: later the page says that it is too late
	Cancel      string    `json:"cancel"`      // the address of the page where they cancel it
	CancelUntil time.Time `json:"cancelUntil"` // likewise
}

// ClientLinks are the links of an appointment that is to come: else [core.ErrState]. Who has them
// can do what they are for, so this needs [core.AppointmentsWrite].
func (w *Workspace) ClientLinks(ctx context.Context, id core.ID[scheduling.Appointment]) (ClientLinks, error) {
	if err := w.Scope().Actor.Require(core.AppointmentsWrite); err != nil {
		return ClientLinks{}, err
	}
	tx := booking{w.session, w.app.calendars}.Plain()
	a, err := tx.Store.Appointment(ctx, id)
	if err != nil {
		return ClientLinks{}, err
	}
	if err := a.Open(scheduling.ToMove, tx.Env.Time()); err != nil {
		return ClientLinks{}, err
	}
	agenda, err := tx.Store.Agenda(ctx, a.AgendaID)
	if err != nil {
		return ClientLinks{}, err
	}
	links, company := w.app.Links, w.Scope().Company
	return ClientLinks{
		Move: links.URL(scheduling.ToMove, company, id.UUID), MoveUntil: agenda.Latest(scheduling.ToMove, a.StartDate),
		Cancel: links.URL(scheduling.ToCancel, company, id.UUID), CancelUntil: agenda.Latest(scheduling.ToCancel, a.StartDate),
	}, nil
}

// Feed is the feed that a token opens, in whichever company, and a workspace that reads what it has.
// What else the workspace can read is not for whoever has the token: the caller sees to that.
// [core.ErrNotFound]: there is none.
func (c *Clientele) Feed(ctx context.Context, token string) (*Workspace, scheduling.Feed, error) {
	hash, ok := scheduling.FeedHash(token)
	if !ok {
		return nil, scheduling.Feed{}, core.NotFound("feed")
	}
	company, feed, err := c.backend.FeedWith(ctx, hash)
	if err != nil {
		return nil, scheduling.Feed{}, err
	}
	reader := core.Actor{Permissions: core.PermissionSet(core.AgendasRead, core.AppointmentsRead)}
	return c.Workspace(core.Scope{Company: company, Actor: reader}), feed, nil
}
