package crm

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/filter"
)

// viewPage is how many views are looked at in one go.
const viewPage = 200

// forgetViews takes a person out of the views that are about them, whoever's those are, and counts these views
// among the rows that belong to the person: so what the audit, events and kept answers have of them
// goes too. It is the views that have changed.
func (tx Tx) forgetViews(ctx context.Context, p *Person) (changed []View, err error) {
	said := newSayings(*p)
	store := tx.Everyones()
	for after := (core.ID[View]{}); ; {
		views, err := store.EveryView(ctx, after, viewPage)
		if err != nil {
			return nil, err
		}
		for _, v := range views {
			if !said.forget(&v) {
				continue
			}
			v.Version, v.UpdatedAt = v.Version+1, tx.Env.Time()
			if err := store.ReplaceView(ctx, v, v.Version-1); err != nil {
				return nil, err
			}
			changed = append(changed, v)
		}
		if len(views) < viewPage {
			break
		}
		after = views[len(views)-1].ID
	}
	ids, since, err := store.ViewsThatSaid(ctx, said.within)
	if err != nil {
		return nil, err
	}
	for _, v := range changed {
		ids = append(ids, v.ID.UUID)
	}
	p.Related = append(p.Related, ids...)
	if !since.IsZero() && since.Before(p.Since) { // a view may be older than the contact
		p.Since = since
	}
	return changed, nil
}

// sayings are what is said of a person alone: their addresses, and their full names.
type sayings struct{ addresses, names []string }

func newSayings(p Person) (s sayings) {
	for _, e := range p.Emails {
		s.addresses = append(s.addresses, core.Fold(string(e)))
	}
	for _, phone := range p.Phones {
		s.addresses = append(s.addresses, core.Fold(string(phone)))
	}
	for _, name := range p.Names {
		s.names = append(s.names, core.Fold(name))
	}
	return s
}

// about reports whether the value of a condition is about the person: it is or has one of their addresses, or names
// them where names are written. A name of one word, such as Rio or Employee, is one only in the field of names.
func (s sayings) about(field, value string) bool {
	value = core.Fold(value)
	switch {
	case slices.Contains(s.addresses, value) || stands(s.addresses, value):
		return true
	case field == "name":
		return slices.Contains(s.names, value) || stands(s.names, value)
	}
	return (slices.Contains(writtenFreely, field) || strings.HasPrefix(field, ofValues)) && stands(s.names, value)
}

// writtenFreely are the fields, beside the name and those of a tracker, in which people may be named.
var writtenFreely = []string{"title", "notes", "description"}

// stands reports whether one of what is said stands in a text, or is a string of the JSON that the text is. One word
// may be part of any other, so names of one are not looked for.
func stands(said []string, text string) bool {
	return slices.ContainsFunc(said, func(said string) bool {
		encoded, err := json.Marshal(said)
		return strings.ContainsAny(said, " @+") && (strings.Contains(text, said) || err == nil && strings.Contains(text, string(encoded[1:len(encoded)-1])))
	})
}

// within reports whether what is said stands in a text, or an address is a string of the JSON that the text is.
func (s sayings) within(text string) bool {
	text = core.Fold(text)
	return stands(s.addresses, text) || stands(s.names, text) ||
		slices.ContainsFunc(s.addresses, func(address string) bool { return strings.Contains(text, `"`+address+`"`) })
}

// forget takes a person out of a view, and reports whether they were in it. A condition about nobody else meets
// nobody then, as it did: without it, the view would be of more.
func (s sayings) forget(v *View) bool {
	f, was := s.without(v.Filter)
	v.Filter = f
	if s.within(v.Name) || slices.Contains(s.addresses, core.Fold(v.Name)) {
		v.Name, was = "…", true
	}
	return was
}

func (s sayings) without(f filter.Filter) (_ filter.Filter, was bool) {
	group := func(fs []filter.Filter) []filter.Filter {
		fs = slices.Clone(fs)
		for i := range fs {
			part, in := s.without(fs[i])
			fs[i], was = part, was || in
		}
		return fs
	}
	f.All, f.Any = group(f.All), group(f.Any)
	if f.Not != nil {
		not, in := s.without(*f.Not)
		f.Not, was = &not, was || in
	}
	about := func(value string) bool { return s.about(f.Field, value) }
	switch value := f.Value.(type) {
	case string:
		if about(value) {
			return ofNobody, true
		}
	case []any:
		left := slices.DeleteFunc(slices.Clone(value), func(v any) bool { text, is := v.(string); return is && about(text) })
		return s.ofList(f, len(left) < len(value), len(left) == 0, left)
	case []string:
		left := slices.DeleteFunc(slices.Clone(value), about)
		return s.ofList(f, len(left) < len(value), len(left) == 0, left)
	}
	return f, was
}

func (s sayings) ofList(f filter.Filter, was, none bool, left any) (filter.Filter, bool) {
	if was && none {
		return ofNobody, true
	}
	f.Value = left
	return f, was
}

// ofNobody meets no row of any kind.
var ofNobody = filter.Filter{Field: "createdAt", Op: filter.Before, Value: "0001-01-02T00:00:00Z"}
