package clientele

import (
	"context"
	"slices"

	"github.com/clientele-crm/clientele/assessment"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/store"
)

// persons is what crm works with where people are erased, or told what is kept of them: its own
// store, and what the other packages keep of them, in one transaction.
type persons struct {
	session store.Session
	scorers *assessment.Scorers
}

func (p persons) Plain() crm.Tx {
	tx := p.session.CRM().Plain()
	scope := tx.Scope
	scope.Actor = core.Actor{ID: scope.Actor.ID, Permissions: core.AllPermissions()} // nothing is left over that somebody cannot see
	all := p.session.In(scope)
	tx.Personal = []crm.PersonalData{booked{all}, answered{all, p.scorers}, delivered{all}}
	return tx
}

func (p persons) Atomic(ctx context.Context, fn func(crm.Tx) error) error {
	return p.session.Atomic(ctx, func(s store.Session) error { return fn(persons{s, p.scorers}.Plain()) })
}

func (p persons) Snapshot(ctx context.Context, fn func(crm.Tx) error) error {
	return p.session.Snapshot(ctx, func(s store.Session) error { return fn(persons{s, p.scorers}.Plain()) })
}

// booked is the appointments of people.
type booked struct{ session store.Session }

func (b booked) Disclose(ctx context.Context, p crm.Person, tell func(string, any) error) error {
	for _, id := range p.Contacts {
		if err := scheduling.Disclose(ctx, booking{session: b.session}.Plain(), core.ID[scheduling.Client](id), tell); err != nil {
			return err
		}
	}
	return nil
}

func (b booked) Erase(ctx context.Context, p crm.Person) error {
	for _, id := range p.Contacts {
		if err := scheduling.Erase(ctx, booking{session: b.session}.Plain(), core.ID[scheduling.Client](id)); err != nil {
			return err
		}
	}
	return nil
}

// answered is what people answered to assessments and questionnaires.
type answered struct {
	session store.Session
	scorers *assessment.Scorers
}

func (a answered) Disclose(ctx context.Context, p crm.Person, tell func(string, any) error) error {
	for i, id := range p.Contacts {
		if err := assessment.Disclose(ctx, forms(a).Plain(), assessment.ContactID(id), emailsOnce(p, i), tell); err != nil {
			return err
		}
	}
	return nil
}

func (a answered) Erase(ctx context.Context, p crm.Person) error {
	for i, id := range p.Contacts {
		if err := assessment.Erase(ctx, forms(a).Plain(), assessment.ContactID(id), emailsOnce(p, i)); err != nil {
			return err
		}
	}
	return nil
}

// emailsOnce are the person's addresses with the first contact: which of them has which does
// not matter.
func emailsOnce(p crm.Person, i int) []core.Email {
	if i > 0 {
		return nil
	}
	return p.Emails
}

// delivered is the events of people that are on their way to other systems, or were.
type delivered struct{ session store.Session }

// Disclose tells of nothing: what was delivered is told of by the packages that have it.
func (d delivered) Disclose(context.Context, crm.Person, func(string, any) error) error { return nil }

func (d delivered) Erase(ctx context.Context, p crm.Person) error {
	return d.session.Webhooks().Plain().Store.ForgetDeliveries(ctx, slices.Concat(p.IDs(), p.Related), crm.ContactErased.Name)
}
