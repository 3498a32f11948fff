package clientele

import (
	"context"
	"errors"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/store"
)

// booking is what scheduling works with: its own store, and contacts as the clients, in one
// transaction.
type booking struct{ session store.Session }

func (b booking) Plain() scheduling.Tx {
	tx := b.session.Scheduling().Plain()
	tx.Clients = clients{crm.NewContacts(b.session.CRM())}
	return tx
}

func (b booking) Atomic(ctx context.Context, fn func(scheduling.Tx) error) error {
	return b.session.Atomic(ctx, func(s store.Session) error { return fn(booking{s}.Plain()) })
}

// clients are contacts. Who may book sees and makes those that they may as contacts.
type clients struct{ contacts *crm.Contacts }

func (c clients) Check(ctx context.Context, id core.ID[scheduling.Client]) error {
	found, err := c.contacts.Get(ctx, core.ID[crm.Contact](id))
	if err == nil && found.DeletedAt != nil {
		err = core.NotFound("contact")
	}
	return err
}

func (c clients) Receive(ctx context.Context, p scheduling.Person) (core.ID[scheduling.Client], error) {
	made, err := c.contacts.Receive(ctx, crm.NewContact{Name: p.Name, Email: core.Email(p.Email), Phone: crm.Phone(p.Phone), Source: "booking"})
	var exists *core.Error
	if errors.Is(err, core.ErrExists) && errors.As(err, &exists) && !exists.Holder.IsZero() {
		return core.ID[scheduling.Client]{UUID: exists.Holder.ID}, nil
	}
	return core.ID[scheduling.Client]{UUID: made.ID.UUID}, err
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
