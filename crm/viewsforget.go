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
type sayings struct{ folded []string }

func newSayings(p Person) (s sayings) {
	for _, e := range p.Emails {
		s.folded = append(s.folded, core.Fold(string(e)))
	}
	for _, phone := range p.Phones {
		s.folded = append(s.folded, core.Fold(string(phone)))
	}
	for _, name := range p.Names {
		s.folded = append(s.folded, core.Fold(name))
	}
	return s
}

// is reports whether a text is one of them.
func (s sayings) is(text string) bool { return slices.Contains(s.folded, core.Fold(text)) }

// within reports whether one of them stands in a text, or is a string of the JSON that the text is. One word may be
// part of any other, so it has to be a string by itself.
func (s sayings) within(text string) bool {
	text = core.Fold(text)
	return slices.ContainsFunc(s.folded, func(said string) bool {
		quoted, err := json.Marshal(said)
		return err == nil && strings.Contains(text, string(quoted)) ||
			strings.ContainsAny(said, " @+") && strings.Contains(text, said)
	})
}

// forget takes a person out of a view, and reports whether they were in it. A condition about nobody else meets
// nobody then, as it did: without it, the view would be of more.
func (s sayings) forget(v *View) bool {
	f, was := s.without(v.Filter)
	v.Filter = f
	if s.is(v.Name) || s.within(v.Name) {
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
	switch value := f.Value.(type) {
	case string:
		if s.within(value) || s.is(value) {
			return ofNobody, true
		}
	case []any:
		left := slices.DeleteFunc(slices.Clone(value), func(v any) bool { text, _ := v.(string); return s.is(text) })
		return s.ofList(f, len(left) < len(value), len(left) == 0, left)
	case []string:
		left := slices.DeleteFunc(slices.Clone(value), s.is)
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
