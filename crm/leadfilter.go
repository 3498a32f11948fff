package crm

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/clientele-crm/clientele/core"
)

// LeadFilter says which leads a list has, and in which order. The zero value is all of them, the
// newest first. Several conditions are met all at once.
type LeadFilter struct {
	Tracker    core.ID[Tracker]
	Status     []string  // in any of these stages: up to 50 keys
	Kind       StageKind // in a stage of this kind
	Contact    core.ID[Contact]
	AssignedTo core.UserID
	Unassigned bool // assigned to nobody
	CreatedBy  core.UserID
	Source     string
	Title      string // the whole title, compared without case and accents
	LostReason string // the whole reason

	Currency           string // whose estimated value is in it
	MinValue, MaxValue *int64 // of the estimated value, in the smallest unit of Currency, which they need

	ExpectedFrom, ExpectedBefore Date // half-open; empty is no bound. Leads without a date are left out
	ClosedFrom, ClosedBefore     Date // likewise, of the day on which they were won or lost

	CreatedFrom, CreatedBefore time.Time // half-open; the zero time is no bound
	UpdatedFrom, UpdatedBefore time.Time
	EnteredFrom, EnteredBefore time.Time // when they came into their stage

	// Values are conditions on the tracker's fields: up to 10, and they need Tracker.
	Values []ValueFilter

	// Sort is an order of leads, or "values." with the name of a field of Tracker behind it, and
	// "-" before it for the other way round: that lists the leads that have a value in it.
	Sort LeadSort
}

// ValueFilter is a condition on what leads have in a field. Of a multi_select, any of the chosen
// options has to meet it.
type ValueFilter struct {
	Field string // its name
	Op    ValueOp
	Value string // of the field's type; empty for ValueThere and ValueAbsent
}

// ValueOp is a comparison. Numbers and dates are compared as such, other values by their texts
// without case and accents.
type ValueOp string

// The comparisons.
const (
	ValueIs     ValueOp = "eq"
	ValueFrom   ValueOp = "gte"
	ValueAbove  ValueOp = "gt"
	ValueUpTo   ValueOp = "lte"
	ValueBelow  ValueOp = "lt"
	ValueThere  ValueOp = "has"
	ValueAbsent ValueOp = "none"
)

// LeadSort is an order of leads. Those that are equal in it are in the order of their ids.
type LeadSort string

// The orders. Titles are compared by [core.Fold], estimated values by their number whatever the
// currency; leads without a value or a date are the least.
const (
	LeadsNewest       LeadSort = "-createdAt" // the default
	LeadsOldest       LeadSort = "createdAt"
	LeadsUpdated      LeadSort = "updatedAt"
	LeadsUpdatedDesc  LeadSort = "-updatedAt"
	LeadsByTitle      LeadSort = "title"
	LeadsByTitleDesc  LeadSort = "-title"
	LeadsByValue      LeadSort = "estimatedValue"
	LeadsByValueDesc  LeadSort = "-estimatedValue"
	LeadsExpected     LeadSort = "expectedCloseDate"
	LeadsExpectedDesc LeadSort = "-expectedCloseDate"
)

// LeadQuery is a LeadFilter as a store needs it: checked, and with the fields that it names.
type LeadQuery struct {
	LeadFilter
	Conditions []FieldCondition // of Values
	SortField  core.ID[Field]   // of a Sort by a field; else zero
}

// FieldCondition compares the sort keys of what leads have in a field.
type FieldCondition struct {
	FieldID core.ID[Field]
	Op      ValueOp
	Key     string
}

const maxConditions = 10

// query checks a filter and looks up the fields that it names. Nothing of a tracker that is not
// there is an empty list, as of any other row.
func (f LeadFilter) query(ctx context.Context, tx Tx) (LeadQuery, error) {
	var faults core.Faults
	f.check(&faults)
	q := LeadQuery{LeadFilter: f}
	name, byField := strings.CutPrefix(strings.TrimPrefix(string(f.Sort), "-"), "values.")
	if len(f.Values) > 0 || byField {
		if err := q.fields(ctx, tx, &faults, name, byField); err != nil {
			return q, err
		}
	}
	if q.Sort == "" {
		q.Sort = LeadsNewest
	}
	return q, faults.Err()
}

func (f *LeadFilter) check(faults *core.Faults) {
	f.Source = faults.Line("/source", f.Source, maxLabel)
	f.Title = faults.Line("/title", f.Title, maxName)
	f.LostReason = faults.Text("/lostReason", f.LostReason, maxReason)
	if f.Currency != "" {
		checkCurrency(faults, "/currency", f.Currency)
	} else if f.MinValue != nil || f.MaxValue != nil {
		faults.Add("/currency", "required", "values are compared in one currency: say which")
	}
	if f.Kind != "" && !slices.Contains([]StageKind{OpenStage, WonStage, LostStage, HoldStage}, f.Kind) {
		faults.Add("/kind", "enum", "has to be open, won, lost or hold")
	}
	if len(f.Status) > maxStages {
		faults.Add("/status", "max_items", fmt.Sprintf("has more than %d stages", maxStages))
	}
	for i, status := range f.Status {
		checkKey(faults, fmt.Sprintf("/status/%d", i), status)
	}
	for at, d := range map[string]Date{
		"/expectedFrom": f.ExpectedFrom, "/expectedBefore": f.ExpectedBefore, "/closedFrom": f.ClosedFrom, "/closedBefore": f.ClosedBefore,
	} {
		checkDate(faults, at, d)
	}
	for at, t := range map[string]time.Time{
		"/createdFrom": f.CreatedFrom, "/createdBefore": f.CreatedBefore, "/updatedFrom": f.UpdatedFrom,
		"/updatedBefore": f.UpdatedBefore, "/enteredFrom": f.EnteredFrom, "/enteredBefore": f.EnteredBefore,
	} {
		faults.Instant(at, t)
	}
	if len(f.Values) > maxConditions {
		faults.Add("/values", "max_items", fmt.Sprintf("has more than %d conditions", maxConditions))
		f.Values = nil
	}
}

func checkCurrency(f *core.Faults, at, currency string) {
	if core.CheckCurrency(currency) != nil {
		f.Add(at, "currency", "is not a currency of ISO 4217")
	}
}

// fields looks up what the conditions and the order name.
func (q *LeadQuery) fields(ctx context.Context, tx Tx, f *core.Faults, sort string, byField bool) error {
	if q.Tracker.IsZero() {
		f.Add("/trackerId", "required", "fields are of a tracker: say which")
		return nil
	}
	t, err := tx.Store.Tracker(ctx, q.Tracker)
	if errors.Is(err, core.ErrNotFound) {
		f.Add("/trackerId", "exists", "no such tracker")
		return nil
	} else if err != nil {
		return err
	}
	rules, err := rulesOf(ctx, tx)
	if err != nil {
		return err
	}
	rules.anyPhone = true
	if byField {
		if field := fieldNamed(t.Fields, sort); field == nil || field.Type == MultiSelectField {
			f.Add("/sort", "sort", "there is no such order")
		} else {
			q.SortField = field.ID
		}
	}
	for i, v := range q.Values {
		q.condition(f, fmt.Sprintf("/values/%d", i), fieldNamed(t.Fields, v.Field), v, rules)
	}
	return nil
}

func (q *LeadQuery) condition(f *core.Faults, at string, field *Field, v ValueFilter, r *rules) {
	if field == nil {
		f.Add(at+"/field", "exists", "there is no such field")
		return
	}
	c := FieldCondition{FieldID: field.ID, Op: v.Op}
	switch v.Op {
	case ValueThere, ValueAbsent:
		if v.Value != "" {
			f.Add(at+"/value", "value", "nothing is compared")
		}
	case ValueIs, ValueFrom, ValueAbove, ValueUpTo, ValueBelow:
		value := field.value(f, at+"/value", Text(v.Value), r)
		if value.IsZero() && v.Value == "" {
			f.Add(at+"/value", "required", "there is nothing to compare with")
		}
		c.Key = field.Type.SortKey(value.String())
	default:
		f.Add(at+"/op", "enum", "has to be eq, gte, gt, lte, lt, has or none")
	}
	q.Conditions = append(q.Conditions, c)
}
