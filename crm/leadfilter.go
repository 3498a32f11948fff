package crm

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/filter"
	"github.com/clientele-crm/clientele/core/words"
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

	// Values are conditions on the tracker's fields: up to 10, and they need a tracker, as Sort has it.
	Values []ValueFilter

	Where filter.Filter // any condition of [LeadFields]
	View  core.ID[View] // a saved filter, and its order unless Sort says another

	// Search is words in any order, which may be beginnings: see [Lead.Words].
	Search string

	// Sort is an order of leads, or "values." with the name of a field of the tracker behind it, and
	// "-" before it for the other way round: that lists the leads that have a value in it.
	//
	// The tracker is Tracker or, where that is not said, the one that Where or the view says
	// trackerId is.
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

// leadSorts are the orders that need no tracker.
var leadSorts = []string{
	string(LeadsNewest), string(LeadsOldest), string(LeadsUpdated), string(LeadsUpdatedDesc), string(LeadsByTitle),
	string(LeadsByTitleDesc), string(LeadsByValue), string(LeadsByValueDesc), string(LeadsExpected), string(LeadsExpectedDesc),
}

// LeadQuery is a LeadFilter as a store needs it: checked, and with the fields that it names.
type LeadQuery struct {
	LeadFilter
	Of         core.ID[Tracker] // that Tracker, Where or the view names; zero: none
	Conditions []FieldCondition // of Values
	SortField  core.ID[Field]   // of a Sort by a field; else zero

	Nodes  []filter.Node             // Where and the view's filter
	Fields map[string]core.ID[Field] // that they may name: "values." and the field's name
	Words  words.Query               // Search; empty where nothing is searched for
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
	if f.Search != "" {
		q.Words = words.Parse(&faults, "/q", f.Search)
	}
	saved, err := q.saved(ctx, tx)
	if err != nil {
		return q, err
	}
	q.Of = cmp.Or(f.Tracker, trackerNamed(f.Where), trackerNamed(saved))
	name, byField := fieldOfSort(q.Sort)
	if !f.Where.IsZero() || !saved.IsZero() || len(f.Values) > 0 || byField {
		of, err := leadFiltersOf(ctx, tx, &faults, "/trackerId", q.Of)
		if err != nil {
			return q, err
		}
		q.fields(&faults, of, name, byField)
		q.where(&faults, of, saved)
	}
	if q.Sort == "" {
		q.Sort = LeadsNewest
	}
	return q, faults.Err()
}

// saved is the filter of the view, whose order counts where none is said.
func (q *LeadQuery) saved(ctx context.Context, tx Tx) (filter.Filter, error) {
	if q.View.IsZero() {
		return filter.Filter{}, nil
	}
	view, err := tx.Store.View(ctx, OfLeads, q.View)
	if q.Sort == "" {
		q.Sort = LeadSort(view.Sort)
	}
	return view.Filter, err
}

// where makes conditions of the filter and of the view's.
func (q *LeadQuery) where(f *core.Faults, of leadFilters, saved filter.Filter) {
	_, where := of.fields.Check(f, "/filter", q.Where)
	_, view := of.fields.Check(f, "/view/filter", saved)
	q.Nodes, q.Fields = []filter.Node{where, view}, of.ids
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

// fields looks up what the conditions of Values and the order name.
func (q *LeadQuery) fields(f *core.Faults, of leadFilters, sort string, byField bool) {
	if byField {
		q.SortField = of.sortField(f, sort)
	}
	if len(q.Values) > 0 && of.tracker.ID.IsZero() {
		if !faulty(*f, "/trackerId") {
			f.Add("/trackerId", "required", "fields are of a tracker: say which")
		}
		return
	}
	for i, v := range q.Values {
		q.condition(f, fmt.Sprintf("/values/%d", i), fieldNamed(of.tracker.Fields, v.Field), v, of.rules)
	}
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
