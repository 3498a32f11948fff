package crm

import (
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/filter"
)

// ContactFields are what a filter can ask of a contact. Country (ISO 3166-1 alpha-2) is the plan
// of phones without a "+"; without one, those are compared as they are typed.
//
// With them, an embedder can ask the same of a contact in memory:
//
//	fields := crm.ContactFields("BR")
//	var faults core.Faults
//	_, node := fields.Check(&faults, "/filter", f)
//	met := fields.Match(node, &contact)
func ContactFields(country string) filter.Fields[Contact] {
	return append(contactTexts(),
		filter.Field[Contact]{Name: "active", Kind: filter.Truth, Values: func(c *Contact) []any { return []any{c.Active} }},
		filter.Field[Contact]{Name: "incomplete", Kind: filter.Truth, Values: func(c *Contact) []any { return []any{c.Incomplete} }},
		filter.Field[Contact]{Name: "createdAt", Kind: filter.Time, Values: func(c *Contact) []any { return []any{c.CreatedAt} }},
		filter.Field[Contact]{Name: "updatedAt", Kind: filter.Time, Values: func(c *Contact) []any { return []any{c.UpdatedAt} }},
		idField("categoryId", func(c *Contact) core.ID[Category] { return c.CategoryID }),
		idField("ownerId", func(c *Contact) core.UserID { return c.OwnerID }),
		idField("createdById", func(c *Contact) core.UserID { return c.CreatedByID }),
		filter.Field[Contact]{Name: "tag", Kind: filter.Text, Values: func(c *Contact) []any {
			tags := make([]any, len(c.Tags))
			for i, tag := range c.Tags {
				tags[i] = core.Fold(tag)
			}
			return tags
		}},
		filter.Field[Contact]{Name: "email", Kind: filter.Text, Values: addressValues(EmailAddress), Read: readEmail},
		filter.Field[Contact]{Name: "phone", Kind: filter.Key, Values: addressValues(PhoneAddress), Read: readPhone(country)},
	)
}

// contactTexts are the fields that are one text of the contact.
func contactTexts() filter.Fields[Contact] {
	return filter.Fields[Contact]{
		textField("name", func(c *Contact) string { return c.Name }),
		textField("location", func(c *Contact) string { return c.Location }),
		textField("company", func(c *Contact) string { return c.Company }),
		textField("designation", func(c *Contact) string { return c.Designation }),
		textField("industry", func(c *Contact) string { return c.Industry }),
		keyField("type", func(c *Contact) string { return string(c.Type) }),
		keyField("source", func(c *Contact) string { return c.Source }),
		keyField("website", func(c *Contact) string { return c.Website }),
		keyField("timezone", func(c *Contact) string { return c.Timezone }),
		keyField("locale", func(c *Contact) string { return c.Locale }),
		keyField("personalityType", func(c *Contact) string { return c.PersonalityType }),
		anyField("innerDrives", func(c *Contact) string { return c.InnerDrives }),
		anyField("baselines", func(c *Contact) string { return c.Baselines }),
		anyField("traits", func(c *Contact) string { return c.Traits }),
		anyField("notes", func(c *Contact) string { return c.Notes }),
	}
}

func textField[R any](name string, value func(*R) string) filter.Field[R] {
	return filter.Field[R]{Name: name, Kind: filter.Text, Values: said(func(r *R) string { return core.Fold(value(r)) })}
}

func keyField[R any](name string, value func(*R) string) filter.Field[R] {
	return filter.Field[R]{Name: name, Kind: filter.Key, Values: said(value)}
}

func anyField[R any](name string, value func(*R) string) filter.Field[R] {
	return filter.Field[R]{Name: name, Kind: filter.Any, Values: said(value)}
}

func idField[R, E any](name string, value func(*R) core.ID[E]) filter.Field[R] {
	return filter.Field[R]{
		Name: name, Kind: filter.Key,
		Values: said(func(r *R) string {
			if id := value(r); !id.IsZero() {
				return id.String()
			}
			return ""
		}),
		Read: func(text string) (string, error) {
			id, err := core.ParseID[E](text)
			return id.String(), err
		},
	}
}

// said is the value, or none where it is empty.
func said[R any](value func(*R) string) func(*R) []any {
	return func(r *R) []any {
		if v := value(r); v != "" {
			return []any{v}
		}
		return nil
	}
}

// addressValues are the keys of a contact's addresses of a kind. A deleted contact has none.
func addressValues(kind AddressKind) func(*Contact) []any {
	return func(c *Contact) (keys []any) {
		if c.DeletedAt != nil {
			return nil
		}
		for _, k := range c.AddressKeys() {
			if k.Kind == kind {
				keys = append(keys, k.Key)
			}
		}
		return keys
	}
}

func readEmail(text string) (string, error) {
	e, err := core.ParseEmail(text)
	return e.Key(), err
}

func readPhone(country string) func(string) (string, error) {
	return func(text string) (string, error) {
		var f core.Faults
		p, _ := (&rules{country: country, anyPhone: true}).phone(&f, "", text)
		return p.Key(), f.Err()
	}
}
