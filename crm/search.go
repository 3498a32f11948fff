package crm

import (
	"context"
	"strings"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/words"
)

// Search reads a page of the live contacts that have all words of the text, in any order: words
// of the name, the e-mail addresses, the employer and the location, and telephone numbers in
// whatever form. The last letters of a word may be missing; case and accents do not count.
// The newest come first. It is [Contacts.List] with nothing but Search, which takes other
// conditions and orders too.
func (s *Contacts) Search(ctx context.Context, text string, p core.Page) (core.List[Contact], error) {
	if strings.TrimSpace(text) == "" {
		return core.List[Contact]{}, core.Faults{{Field: "/q", Rule: "required", Message: "has to be something to search for"}}.Err()
	}
	return s.List(ctx, ContactFilter{Search: text}, p)
}

// Words are what a contact is searched by.
func (c *Contact) Words() []string {
	texts := []string{c.Name, c.Company, c.Location, string(c.Email)}
	phones := words.OfPhone(string(c.Phone))
	for _, a := range c.OtherAddresses {
		if a.Kind == PhoneAddress {
			phones = append(phones, words.OfPhone(a.Value)...)
		} else {
			texts = append(texts, a.Value)
		}
	}
	return words.Of(append(texts, phones...)...)
}

// Search reads a page of the leads that have all words of the text, as [Contacts.Search] does of
// contacts; see [Lead.Words].
func (s *Leads) Search(ctx context.Context, text string, p core.Page) (core.List[Lead], error) {
	if strings.TrimSpace(text) == "" {
		return core.List[Lead]{}, core.Faults{{Field: "/q", Rule: "required", Message: "has to be something to search for"}}.Err()
	}
	return s.List(ctx, LeadFilter{Search: text}, p)
}

// Words are what a lead is searched by: its title and description, and what it has in the
// tracker's fields or had in those that are gone. Who it is about is found among the contacts.
func (l *Lead) Words() []string {
	texts := []string{l.Title, l.Description}
	for _, v := range l.Values {
		texts = append(texts, v.texts()...)
	}
	for _, old := range l.OldValues {
		texts = append(texts, old.Value)
	}
	for _, text := range texts[2:] {
		if strings.HasPrefix(text, "+") { // as telephone numbers are kept
			texts = append(texts, words.OfPhone(text)...)
		}
	}
	return words.Of(texts...)
}
