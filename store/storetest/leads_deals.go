package storetest

import (
	"context"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

// deals are the leads of a company at a time that the test says, in a tracker with a field of each
// type: at first noon on Monday, 7 January 2030.
type deals struct {
	*crm.Leads
	*crm.Trackers
	w       *world
	company core.CompanyID
	now     *time.Time
	tracker crm.Tracker
	ada     crm.Contact
}

func (w *world) deals(actor core.Actor) *deals { return w.dealsOf(w.company, actor) }

func (w *world) dealsOf(company core.CompanyID, actor core.Actor) *deals {
	now := instant("2030-01-07 12:00")
	d := (&deals{w: w, company: company, now: &now}).by(actor)
	var err error
	d.tracker, err = d.Trackers.Create(w.t.Context(), crm.NewTracker{
		TrackerDetails: crm.TrackerDetails{Name: "Sales"},
		Fields: []crm.NewField{
			{Name: "name", Type: crm.TextField}, {Name: "budget", Type: crm.NumberField}, {Name: "mail", Type: crm.EmailField},
			{Name: "tel", Type: crm.PhoneField}, {Name: "since", Type: crm.DateField}, {Name: "colour", Type: crm.SelectField, Options: []string{"Red", "Blue"}},
			{Name: "sizes", Type: crm.MultiSelectField, Options: []string{"S", "M", "L"}}, {Name: "memo", Type: crm.TextareaField}, {Name: "vip", Type: crm.BooleanField},
		},
	})
	require.NoError(w.t, err)
	d.ada, err = w.app.Workspace(core.Scope{Company: company, Actor: core.System()}).Contacts.Create(w.t.Context(), crm.NewContact{Name: "Ada"})
	require.NoError(w.t, err)
	return d
}

// by is the same in the hands of somebody else.
func (d *deals) by(actor core.Actor) *deals {
	other := *d
	work := selling{d.w.backend.Session(core.Scope{Company: d.company, Actor: actor}).CRM(), d.now}
	other.Leads, other.Trackers = crm.NewLeads(work), crm.NewTrackers(work)
	return &other
}

// Of both services the leads are meant.
func (d *deals) Create(ctx context.Context, n crm.NewLead) (crm.Lead, error) {
	return d.Leads.Create(ctx, n)
}

func (d *deals) Get(ctx context.Context, id core.ID[crm.Lead]) (crm.Lead, error) {
	return d.Leads.Get(ctx, id)
}

func (d *deals) Update(ctx context.Context, id core.ID[crm.Lead], edit func(*crm.Lead) error) (crm.Lead, error) {
	return d.Leads.Update(ctx, id, edit)
}

func (d *deals) Delete(ctx context.Context, id core.ID[crm.Lead], checks ...crm.Check[crm.Lead]) error {
	return d.Leads.Delete(ctx, id, checks...)
}

func (d *deals) List(ctx context.Context, f crm.LeadFilter, p core.Page) (core.List[crm.Lead], error) {
	return d.Leads.List(ctx, f, p)
}

// about is a lead of Ada's in the tracker, called "Deal" unless it says otherwise.
func (d *deals) about(details crm.LeadDetails) crm.NewLead {
	if details.Title == "" {
		details.Title = "Deal"
	}
	if details.ContactID.IsZero() {
		details.ContactID = d.ada.ID
	}
	return crm.NewLead{TrackerID: d.tracker.ID, LeadDetails: details}
}

func (d *deals) lead(n crm.NewLead) crm.Lead {
	l, err := d.Create(d.w.t.Context(), n)
	require.NoError(d.w.t, err)
	return l
}

// later lets time pass.
func (d *deals) later(by time.Duration) { *d.now = d.now.Add(by) }

func (d *deals) moved(l crm.Lead, to string) crm.Lead {
	l, err := d.Move(d.w.t.Context(), l.ID, crm.Move{To: to})
	require.NoError(d.w.t, err)
	return l
}

// titles are those of the leads in the list, read two by two.
func (d *deals) titles(f crm.LeadFilter) (titles []string) {
	p := core.Page{Limit: 2}
	for {
		l, err := d.List(d.w.t.Context(), f, p)
		require.NoError(d.w.t, err)
		for _, lead := range l.Items {
			titles = append(titles, lead.Title)
		}
		if p.Cursor = l.Next; p.Cursor == "" {
			return titles
		}
	}
}

// selling is a work at a time that somebody sets.
type selling struct {
	core.Work[crm.Tx]
	now *time.Time
}

func (c selling) at(tx crm.Tx) crm.Tx {
	tx.Env.Now = func() time.Time { return *c.now }
	return tx
}

func (c selling) Plain() crm.Tx { return c.at(c.Work.Plain()) }

func (c selling) Atomic(ctx context.Context, fn func(crm.Tx) error) error {
	return c.Work.Atomic(ctx, func(tx crm.Tx) error { return fn(c.at(tx)) })
}
