package crm

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/filter"
)

// LeadFields are what a filter can ask of a lead, and with fields of its tracker what it has in
// them: "values." and the name of the field. Country is as in [ContactFields], of fields that are
// phones. EstimatedValue is a number of the smallest units of its currency; of a value's text
// longer than 400 bytes contains sees the beginning.
//
// With them, an embedder can ask the same of a lead in memory, as with [ContactFields].
func LeadFields(country string, of ...Field) filter.Fields[Lead] {
	fields := append(leadTexts(),
		filter.Field[Lead]{Name: "estimatedValue", Kind: filter.Whole, Values: func(l *Lead) []any {
			if l.EstimatedValue == nil {
				return nil
			}
			return []any{l.EstimatedValue.Minor}
		}},
		filter.Field[Lead]{Name: "expectedCloseDate", Kind: filter.Day, Values: said(func(l *Lead) string { return string(l.ExpectedCloseDate) })},
		filter.Field[Lead]{Name: "closedOn", Kind: filter.Day, Values: said(func(l *Lead) string { return string(l.ClosedOn) })},
		filter.Field[Lead]{Name: "enteredAt", Kind: filter.Time, Values: func(l *Lead) []any { return []any{l.EnteredAt} }},
		filter.Field[Lead]{Name: "createdAt", Kind: filter.Time, Values: func(l *Lead) []any { return []any{l.CreatedAt} }},
		filter.Field[Lead]{Name: "updatedAt", Kind: filter.Time, Values: func(l *Lead) []any { return []any{l.UpdatedAt} }},
		idField("trackerId", func(l *Lead) core.ID[Tracker] { return l.TrackerID }),
		idField("contactId", func(l *Lead) core.ID[Contact] { return l.ContactID }),
		idField("assignedToId", func(l *Lead) core.UserID { return l.AssignedToID }),
		idField("createdById", func(l *Lead) core.UserID { return l.CreatedByID }),
	)
	for _, field := range of {
		fields = append(fields, valueField(field, &rules{country: country, anyPhone: true}))
	}
	return fields
}

// leadTexts are the fields that are one text of the lead.
func leadTexts() filter.Fields[Lead] {
	return filter.Fields[Lead]{
		textField("title", func(l *Lead) string { return l.Title }),
		anyField("description", func(l *Lead) string { return l.Description }),
		keyField("status", func(l *Lead) string { return l.Status }),
		keyField("reached", func(l *Lead) string { return l.Reached }),
		keyField("source", func(l *Lead) string { return l.Source }),
		keyField("lostReason", func(l *Lead) string { return l.LostReason }),
		keyField("currency", func(l *Lead) string {
			if l.EstimatedValue == nil {
				return ""
			}
			return l.EstimatedValue.Currency
		}),
	}
}

// ofValues is how the names of a tracker's fields begin in filters and orders.
const ofValues = "values."

// valueField is what leads have in a field, by the keys that its values are sorted by.
func valueField(field Field, r *rules) filter.Field[Lead] {
	f := filter.Field[Lead]{
		Name: ofValues + field.Name, Kind: filter.Text,
		Values: func(l *Lead) (keys []any) {
			for _, text := range l.Values[field.Name].texts() {
				keys = append(keys, field.Type.SortKey(text))
			}
			return keys
		},
		Read: func(text string) (string, error) { return textKey(core.Fold(text)), nil },
	}
	switch field.Type {
	case NumberField:
		f.Kind = filter.Number
	case DateField:
		f.Kind = filter.Day
	case PhoneField, BooleanField:
		f.Kind = filter.Key
	default: // an option that there is no more is a text as any other
		return f
	}
	f.Read = func(text string) (string, error) {
		var faults core.Faults
		value := field.value(&faults, "", Text(text), r)
		return field.Type.SortKey(value.String()), faults.Err()
	}
	return f
}

// leadFilters are what filters and orders of leads can name.
type leadFilters struct {
	tracker Tracker // none: the zero one
	rules   *rules
	fields  filter.Fields[Lead]
	ids     map[string]core.ID[Field] // of the tracker's fields, by their names in filters
}

// leadFiltersOf are those of a tracker, or of none. One that is not there is noted in f.
func leadFiltersOf(ctx context.Context, tx Tx, f *core.Faults, at string, tracker core.ID[Tracker]) (of leadFilters, err error) {
	if of.rules, err = rulesOf(ctx, tx); err != nil {
		return of, err
	}
	of.rules.anyPhone = true
	if !tracker.IsZero() {
		of.tracker, err = tx.Store.Tracker(ctx, tracker)
		if errors.Is(err, core.ErrNotFound) {
			f.Add(at, "exists", "no such tracker")
		} else if err != nil {
			return of, err
		}
	}
	of.fields, of.ids = LeadFields(of.rules.country, of.tracker.Fields...), map[string]core.ID[Field]{}
	for _, field := range of.tracker.Fields {
		of.ids[ofValues+field.Name] = field.ID
	}
	return of, nil
}

// sortField is the field of the name, if leads can be sorted by it.
func (of leadFilters) sortField(f *core.Faults, name string) core.ID[Field] {
	field := fieldNamed(of.tracker.Fields, name)
	switch {
	case of.tracker.ID.IsZero():
		if !faulty(*f, "/trackerId") {
			f.Add("/trackerId", "required", "fields are of a tracker: say which")
		}
	case field == nil || field.Type == MultiSelectField:
		f.Add("/sort", "sort", "there is no such order")
	default:
		return field.ID
	}
	return core.ID[Field]{}
}

// fieldOfSort is the name of the field that an order is by, if it is.
func fieldOfSort(sort LeadSort) (name string, byField bool) {
	return strings.CutPrefix(strings.TrimPrefix(string(sort), "-"), ofValues)
}

// trackerNamed is the tracker of which a filter says that all leads are; zero if it says none.
func trackerNamed(f filter.Filter) (tracker core.ID[Tracker]) {
	if f.Field == "trackerId" && f.Op == filter.Is && f.Value != nil {
		tracker, _ = core.ParseID[Tracker](fmt.Sprint(f.Value)) // what is no id is noted by the check
	}
	for i := 0; i < len(f.All) && tracker.IsZero(); i++ {
		tracker = trackerNamed(f.All[i])
	}
	return tracker
}
