package crm

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/clientele-crm/clientele/core"
)

// Person is somebody of whom data is kept: a contact, and those that were merged into it.
type Person struct {
	Contacts []core.ID[Contact] // the contact first
	Emails   []core.Email       // all addresses of all of them
	Phones   []Phone            // likewise
	Names    []string           // likewise
	Related  []uuid.UUID        // rows of theirs by which what hangs on those is found: leads
	Since    time.Time          // when the first of them was made: nothing older is about them
}

// IDs are the ids of the person's contacts.
func (p Person) IDs() []uuid.UUID {
	ids := make([]uuid.UUID, len(p.Contacts))
	for i, id := range p.Contacts {
		ids[i] = id.UUID
	}
	return ids
}

// PersonalData is what another package keeps of people. It is in the company and the
// transaction of the Tx that has it, and sees every row, whoever acts.
type PersonalData interface {
	// Disclose tells of each thing that is kept of the person. Kind names a list of what is alike, such
	// as "appointments"; the record encodes as JSON. An error of tell ends it.
	Disclose(ctx context.Context, p Person, tell func(kind string, record any) error) error

	// Erase removes all that would tell anybody about the person. What has to stay for the
	// books stays without them. It may be called again for the same person.
	Erase(ctx context.Context, p Person) error
}

// person is the person of a contact that has been read.
func (tx Tx) person(ctx context.Context, c Contact) (Person, error) {
	p := Person{Since: c.CreatedAt}
	for next := []Contact{c}; len(next) > 0; {
		c := next[0]
		merged, err := tx.Store.MergedInto(ctx, c.ID)
		if err != nil {
			return Person{}, err
		}
		next = append(next[1:], merged...)
		p.Contacts = append(p.Contacts, c.ID)
		if c.CreatedAt.Before(p.Since) {
			p.Since = c.CreatedAt
		}
		p.Names = append(p.Names, c.Name)
		p.addAddresses(c)
	}
	var err error
	p.Related, err = tx.Store.RelatedRows(ctx, p)
	return p, err
}

func (p *Person) addAddresses(c Contact) {
	if c.Email != "" {
		p.Emails = append(p.Emails, c.Email)
	}
	if c.Phone != "" {
		p.Phones = append(p.Phones, c.Phone)
	}
	for _, a := range c.OtherAddresses {
		if a.Kind == PhoneAddress {
			p.Phones = append(p.Phones, Phone(a.Value))
		} else {
			p.Emails = append(p.Emails, core.Email(a.Value))
		}
	}
}
