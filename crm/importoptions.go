package crm

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/nyaruka/phonenumbers"

	"github.com/clientele-crm/clientele/core"
)

// clearable are the fields that a blank cell may clear: the texts but the name, and these.
var clearable = append(slices.DeleteFunc(slices.Clone(importTextOrder), func(field string) bool { return field == "name" }),
	fieldTags, fieldOwnerID, fieldCategory)

func invalidOption(field, rule, message string) error {
	return core.Faults{{Field: field, Rule: rule, Message: message}}.Err()
}

// matchedBy is by what rows are matched.
func matchedBy(chosen []string) map[string]bool {
	if chosen == nil {
		return map[string]bool{fieldID: true, fieldPhone: true, fieldEmail: true}
	}
	by := map[string]bool{}
	for _, field := range chosen {
		by[field] = true
	}
	return by
}

// checked is the options' defaults in canonical form, or what is wrong with the options.
func (o *ImportOptions) checked(ctx context.Context, tx Tx, r *rules) (NewContact, error) {
	var f core.Faults
	o.checkChoices(&f)
	var c Contact
	for _, field := range slices.Sorted(maps.Keys(o.Defaults)) {
		switch text := importTexts[field]; {
		case text != nil:
			*text(&c.NewContact) = o.Defaults[field]
		case field == fieldTags:
			c.Tags = splitTags(o.Defaults[field])
		case field == fieldCategory:
			category, err := tx.Store.CategoryNamed(ctx, o.Defaults[field])
			switch {
			case errors.Is(err, core.ErrNotFound):
				f.Add("/defaults/category", "exists", "there is no category of this name")
			case err != nil:
				return NewContact{}, err
			case !category.Active:
				f.Add("/defaults/category", "active", "this category is not active")
			}
			c.CategoryID = category.ID
		default:
			f.Add("/defaults/"+field, "field", "is not a field that may have a default")
		}
	}
	var values core.Faults
	r.checkValues(&values, &Contact{}, &c)
	for _, v := range values {
		f.Add("/defaults"+v.Field, v.Rule, v.Message)
	}
	return c.NewContact, f.Err()
}

func (o *ImportOptions) checkChoices(f *core.Faults) {
	if o.OnMatch != "" && o.OnMatch != UpdateMatch && o.OnMatch != SkipMatch {
		f.Add("/onMatch", "enum", "has to be update or skip")
	}
	if o.OnNew != "" && o.OnNew != CreateNew && o.OnNew != SkipNew {
		f.Add("/onNew", "enum", "has to be create or skip")
	}
	switch o.OnDuplicate {
	case "", WarnDuplicate, CreateDuplicate, SkipDuplicate, UpdateDuplicate:
	default:
		f.Add("/onDuplicate", "enum", "has to be warn, create, skip or update")
	}
	for _, field := range o.MatchBy {
		if field != fieldID && field != fieldPhone && field != fieldEmail {
			f.Add("/matchBy", "enum", "has to be of id, phone and email")
		}
	}
	for _, field := range o.ClearBlanks {
		if field != "*" && !slices.Contains(clearable, field) {
			f.Add("/clearBlanks", "enum", "has to be * or of "+strings.Join(clearable, ", "))
		}
	}
	if o.BatchRows < 0 || o.BatchRows > importMostRows {
		f.Add("/batchRows", "range", fmt.Sprintf("has to be between 1 and %d, or 0", importMostRows))
	}
	if o.Country != "" && phonenumbers.GetCountryCodeForRegion(o.Country) == 0 {
		f.Add("/country", "country", "is not a country of ISO 3166-1 with telephones")
	}
}
