package crm

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm/duplicates"
)

// planner decides what becomes of each row. It is all that an import decides by: the rows
// of a dry run and those of a commit go through the same.
type planner struct {
	rules      *rules
	defaults   NewContact
	columns    []importColumn
	skip       bool            // matches are left alone
	skipNew    bool            // nobody is made
	duplicates OnDuplicate     // what becomes of new rows that are somebody
	invents    bool            // categories are made
	by         map[string]bool // what rows are matched by
	relax      bool            // the contact policy does not hold
	scope      core.Scope
	env        core.Env
}

// roster is the contacts that a batch of rows may be about, and becomes what the batch
// leaves of them.
type roster struct {
	byID   map[core.ID[Contact]]*rostered
	byKey  map[AddressKey]*rostered
	byName map[string][]*rostered // by folded name, the live ones without addresses
	hidden map[AddressKey]bool    // addresses of contacts that the actor may not see
	order  []*rostered            // those that the batch made or changed, as it did
	events []core.Event

	categories map[string]Category // by folded name, those that the batch names
	invented   []Category          // those that the batch makes
	madeBefore int                 // the categories that the import has made before
	alikes     *alikes             // nil: nobody is looked for
	heir       bool                // it has what a batch leaves that may not be stored yet
}

// rostered is one contact of a roster.
type rostered struct {
	now     Contact
	was     *Contact            // as the store has it; nil: the batch made it
	fresh   bool                // this import made it, in this batch or an earlier one of a dry run
	listed  bool                // it is in the roster's order
	profile *duplicates.Profile // of one that is listed, where duplicates are looked for
}

func newRoster(stored []Contact, hidden []AddressKey) *roster {
	r := &roster{
		byID: map[core.ID[Contact]]*rostered{}, byKey: map[AddressKey]*rostered{},
		byName: map[string][]*rostered{}, hidden: map[AddressKey]bool{}, categories: map[string]Category{},
	}
	for _, key := range hidden {
		r.hidden[key] = true
	}
	for _, c := range stored {
		if r.byID[c.ID] == nil {
			r.enter(&rostered{now: c, was: &c})
		}
	}
	return r
}

// enter makes a contact one that later rows may be about.
func (r *roster) enter(c *rostered) {
	r.byID[c.now.ID] = c
	if c.now.DeletedAt != nil {
		return // it holds no addresses
	}
	keys := c.now.AddressKeys()
	for _, key := range keys {
		r.byKey[key] = c
		delete(r.hidden, key)
	}
	if len(keys) == 0 {
		name := core.Fold(c.now.Name)
		r.byName[name] = append(r.byName[name], c)
	}
}

// leave undoes enter.
func (r *roster) leave(c *rostered) {
	for _, key := range c.now.AddressKeys() {
		delete(r.byKey, key)
	}
	name := core.Fold(c.now.Name)
	r.byName[name] = slices.DeleteFunc(r.byName[name], func(other *rostered) bool { return other == c })
	delete(r.byID, c.now.ID)
}

// put is the change of a contact by a row.
func (r *roster) put(c *rostered, now Contact) {
	r.leave(c)
	c.now = now
	r.enter(c)
	r.list(c)
}

func (r *roster) list(c *rostered) {
	if !c.listed {
		c.listed = true
		r.order = append(r.order, c)
	}
}

// plan decides on a row and does in the roster what it says.
func (p *planner) plan(r *roster, row *importedRow) {
	row.plan = ImportRow{Line: row.record.line}
	if len(row.faults) > 0 {
		row.fail(p.columns, row.faults)
		return
	}
	match, faults := p.match(r, row)
	p.categorise(r, row, &faults)
	if row.nameKey != "" && match == nil {
		match = p.namesake(r, row)
	}
	switch {
	case len(faults) > 0:
		row.fail(p.columns, faults)
	case match != nil:
		p.matched(r, row, match)
	case p.duplicate(r, row):
	case p.skipNew:
		row.plan.Action = ImportSkip
	default:
		p.create(r, row)
	}
}

// matched decides on a row that is about a contact there is.
func (p *planner) matched(r *roster, row *importedRow, match *rostered) {
	if p.skip {
		row.about(match, ImportSkip)
		return
	}
	p.update(r, row, match)
}

// about says what becomes of the contact that a row is about.
func (row *importedRow) about(c *rostered, action ImportAction) {
	row.plan.Action = action
	row.plan.ContactID = c.now.ID
	row.fresh = c.fresh
}

// match is the contact that a row is about, or nil if there is none.
func (p *planner) match(r *roster, row *importedRow) (match *rostered, f core.Faults) {
	if !row.id.IsZero() {
		match = r.byID[row.id]
		switch {
		case row.hint && (match == nil || match.now.DeletedAt != nil):
			match = nil
		case match == nil:
			f.Add("/id", "not_found", "there is no such contact")
			return nil, f
		case match.now.DeletedAt != nil:
			f.Add("/id", "deleted", errDeleted.Message)
			return nil, f
		}
	}
	row.eachKey(func(pointer string, key AddressKey) {
		holder := r.byKey[key]
		switch {
		case r.hidden[key]:
			f.Add(pointer, "unique", "another contact has this address")
		case holder == nil || holder == match || !p.by[string(key.Kind)]:
		case match == nil:
			match = holder
		default:
			f.Add(pointer, "ambiguous", "is of another contact than the row's other values")
		}
	})
	row.eachKey(func(pointer string, key AddressKey) {
		if holder := r.byKey[key]; holder != nil && holder != match && !p.by[string(key.Kind)] {
			f.Add(pointer, "unique", "another contact has this address")
		}
	})
	return match, f
}

// namesake is the oldest contact that has all that a row without id and addresses says, or
// nil. That a name is the same proves nothing, so nothing is ever changed by it.
func (p *planner) namesake(r *roster, row *importedRow) (oldest *rostered) {
	for _, c := range r.byName[row.nameKey] {
		is := p.merged(row, &c.now)
		if len(changedFields(&c.now, &is)) == 0 && (oldest == nil || c.older(oldest)) {
			oldest = c
		}
	}
	return oldest
}

func (c *rostered) older(other *rostered) bool {
	return cmp.Or(c.now.CreatedAt.Compare(other.now.CreatedAt), bytes.Compare(c.now.ID.UUID[:], other.now.ID.UUID[:])) < 0
}

// eachKey tells of the row's addresses, in the order of their columns by kind.
func (row *importedRow) eachKey(tell func(pointer string, key AddressKey)) {
	c := &row.says
	if c.Email != "" {
		tell("/email", AddressKey{EmailAddress, c.Email.Key()})
	}
	if c.Phone != "" {
		tell("/phone", AddressKey{PhoneAddress, c.Phone.Key()})
	}
	for i, a := range c.OtherAddresses {
		tell(otherPointer(i)+"/value", a.key())
	}
}

func (p *planner) create(r *roster, row *importedRow) {
	c := Contact{
		ID: core.NewID[Contact](p.env), NewContact: row.says.NewContact, PhoneTyped: row.says.PhoneTyped, Active: true,
		Stamp: newStamp(Tx{Scope: p.scope, Env: p.env}),
	}
	if row.active != nil {
		c.Active = *row.active
	}
	fill(&c.NewContact, &p.defaults)
	if c.Source == "" && !slices.Contains(row.blanks, "source") {
		c.Source = "import"
	}
	faults := p.lacking(nil, &c, p.relax)
	row.checkChosen(nil, &faults)
	if len(faults) > 0 {
		row.fail(p.columns, faults)
		return
	}
	made := &rostered{now: c, fresh: true}
	r.enter(made)
	r.list(made)
	r.remember(made, row)
	r.events = append(r.events, ContactCreated.Of(c.ID, nil, &c))
	row.about(made, ImportCreate)
}

// lacking is what the contact still needs. Its values have been checked.
func (p *planner) lacking(was, c *Contact, exempt bool) (f core.Faults) {
	rules := *p.rules
	rules.exempt = exempt
	rules.checkPolicy(&f, was, c)
	return f
}

// merged is the contact with what the row says.
func (p *planner) merged(row *importedRow, was *Contact) Contact {
	c := *was
	c.Tags, c.OtherAddresses = slices.Clone(c.Tags), slices.Clone(c.OtherAddresses)
	row.applyTo(&c)
	fill(&c.NewContact, &p.defaults)
	return c
}

func (p *planner) update(r *roster, row *importedRow, match *rostered) {
	was, c := match.now, p.merged(row, &match.now)
	changes := changedFields(&was, &c)
	if len(changes) == 0 {
		row.about(match, ImportSkip)
		return
	}
	var faults core.Faults
	checked := c // what is compared with is as it is, so that no value is judged again
	p.rules.checkValues(&faults, &checked, &c)
	faults = append(faults, p.lacking(&was, &c, p.relax || was.Incomplete)...)
	row.checkChosen(&was, &faults)
	if len(faults) > 0 {
		row.fail(p.columns, faults)
		return
	}
	c.Version, c.UpdatedAt = was.Version+1, p.env.Time()
	r.put(match, c)
	r.remember(match, row)
	r.events = append(r.events, ContactUpdated.Of(c.ID, &was, &c))
	row.about(match, ImportUpdate)
	row.plan.Changes = changes
}
