package crm

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/clientele-crm/clientele/core"
)

// The limits of a lead's texts, in characters.
const maxReason = 1000

// maxAmount bounds an estimated value, in the smallest unit of its currency: 15 digits.
const maxAmount = 999_999_999_999_999

// leadRules is what a lead of a tracker has to be like.
type leadRules struct {
	*rules
	tx      Tx
	tenant  core.Tenant
	tracker Tracker
}

// leadRulesOf holds the tracker until the transaction ends: what is checked stays so.
func leadRulesOf(ctx context.Context, tx Tx, tracker core.ID[Tracker]) (*leadRules, error) {
	t, err := tx.Store.HoldTracker(ctx, tracker)
	if err != nil {
		return nil, err
	}
	return leadRulesBy(ctx, tx, t)
}

// leadRulesBy are those of a tracker that the transaction has written, or only looks at.
func leadRulesBy(ctx context.Context, tx Tx, t Tracker) (*leadRules, error) {
	tenant, err := tx.Store.Tenant(ctx)
	if err != nil {
		return nil, err
	}
	return &leadRules{rules: &rules{country: tenant.Country}, tx: tx, tenant: tenant, tracker: t}, nil
}

// details brings what a person said of a lead into its canonical form, and notes what is wrong
// with it. A value that is as it was is not judged again. Was is the zero Lead for a new one.
func (r *leadRules) details(ctx context.Context, f *core.Faults, was, l *Lead) error {
	l.Title = f.Line("/title", l.Title, maxName)
	if l.Title == "" {
		f.Add("/title", "required", "a lead has to have a title")
	}
	l.Description = f.Text("/description", l.Description, maxText)
	l.Source = f.Line("/source", l.Source, maxLabel)
	l.LostReason = f.Text("/lostReason", l.LostReason, maxReason)
	if stage, known := r.tracker.Stage(l.Status); known && stage.Kind != LostStage {
		if l.LostReason != "" && l.LostReason != was.LostReason {
			f.Add("/lostReason", "lost", "only a lead that is lost has a reason for it")
		}
		l.LostReason = ""
	}
	if l.ExpectedCloseDate != was.ExpectedCloseDate {
		checkDate(f, "/expectedCloseDate", l.ExpectedCloseDate)
	}
	r.worth(f, was, l)
	r.values(f, was, l)
	if l.ContactID == was.ContactID && !l.ContactID.IsZero() {
		return nil
	}
	return r.contact(ctx, f, was, l)
}

// contact notes whether a contact that is newly chosen can be.
func (r *leadRules) contact(ctx context.Context, f *core.Faults, was, l *Lead) error {
	if l.ContactID.IsZero() {
		f.Add("/contactId", "required", "a lead has to have a contact")
		return nil
	}
	c, err := r.tx.Store.HoldContact(ctx, l.ContactID) // nobody merges or erases it before the lead is there
	switch {
	case errors.Is(err, core.ErrNotFound):
		f.Add("/contactId", "exists", "no such contact")
	case err != nil:
		return err
	case isMerged(&c):
		f.Add("/contactId", "merged", "the contact was merged into another: name that one")
	case c.DeletedAt != nil:
		f.Add("/contactId", "deleted", "the contact is deleted: restore it first")
	case was.Version == 0 && l.Source == "":
		l.Source = c.Source
	}
	return nil
}

// worth checks the estimated value, and gives it the company's currency where it has none.
func (r *leadRules) worth(f *core.Faults, was, l *Lead) {
	if l.EstimatedValue == nil || reflect.DeepEqual(was.EstimatedValue, l.EstimatedValue) {
		return
	}
	if l.EstimatedValue.Currency == "" {
		l.EstimatedValue.Currency = r.tenant.Currency
	}
	checkCurrency(f, "/estimatedValue/currency", l.EstimatedValue.Currency)
	if m := l.EstimatedValue.Minor; m < 0 || m > maxAmount {
		f.Add("/estimatedValue/amount", "range", "has to be zero or more, and of at most 15 digits")
	}
}

// values brings what a lead has in the fields into their canonical form. A field that is required
// may stay empty where it was: the tracker may have changed since.
func (r *leadRules) values(f *core.Faults, was, l *Lead) {
	values := Values{}
	for name := range l.Values {
		if fieldNamed(r.tracker.Fields, name) == nil {
			f.Add("/values/"+pointerToken.Replace(name), "exists", "there is no such field")
		}
	}
	for i := range r.tracker.Fields {
		field := &r.tracker.Fields[i]
		before, given := was.Values[field.Name], l.Values[field.Name]
		at := "/values/" + field.Name
		if !reflect.DeepEqual(before, given) {
			given = field.value(f, at, given, r.rules)
		}
		if !given.IsZero() {
			values[field.Name] = given
		} else if field.IsRequired && (was.Version == 0 || !before.IsZero()) && !faulty(*f, at) {
			f.Add(at, "required", "a lead of this tracker has to have it")
		}
	}
	l.Values = values
}

// pointerToken writes a name as a part of a JSON pointer (RFC 6901).
var pointerToken = strings.NewReplacer("~", "~0", "/", "~1")

// faulty reports whether something is wrong with the field already.
func faulty(f core.Faults, field string) bool {
	return slices.ContainsFunc(f, func(e core.FieldError) bool { return e.Field == field })
}

// enter brings the lead into its stage, and notes what it lacks to come in.
func (r *leadRules) enter(f *core.Faults, l *Lead, now time.Time) error {
	stage, ok := r.tracker.Stage(l.Status)
	if !ok {
		f.Add("/status", "exists", "there is no such stage in the tracker")
		return nil
	}
	if stage.Kind != LostStage {
		l.LostReason = ""
	}
	for _, name := range stage.Requires {
		if at, has := l.has(name); !has && !faulty(*f, at) {
			f.Add(at, "required", "a lead has to have it to come into the stage "+stage.Label)
		}
	}
	l.EnteredAt, l.Reached = now, r.tracker.further(l.Reached, stage.Key)
	return r.close(l, stage, now)
}

// close notes when the lead was won or lost, or that it is neither.
func (r *leadRules) close(l *Lead, stage Stage, now time.Time) error {
	if !stage.Kind.closed() {
		l.ClosedAt, l.ClosedOn = nil, ""
		return nil
	}
	zone, err := core.ParseZone(r.tenant.Timezone)
	if err != nil {
		return err
	}
	l.ClosedAt, l.ClosedOn = &now, Date(now.In(zone).Format(time.DateOnly))
	return nil
}

// has reports whether the lead has what a stage may require by this name, and where it is.
func (l *Lead) has(name string) (at string, has bool) {
	at = "/" + name
	switch name {
	case "estimatedValue":
		return at, l.EstimatedValue != nil
	case "expectedCloseDate":
		return at, l.ExpectedCloseDate != ""
	case "description":
		return at, l.Description != ""
	case "assignedToId":
		return at, !l.AssignedToID.IsZero()
	case "lostReason":
		return at, l.LostReason != ""
	}
	return "/values/" + name, !l.Values[name].IsZero()
}

// changed is what becomes of the values where they differ.
func (r *leadRules) changed(was, now Lead) (c ValueChange) {
	for i := range r.tracker.Fields {
		field := &r.tracker.Fields[i]
		if value := now.Values[field.Name]; !reflect.DeepEqual(was.Values[field.Name], value) {
			c.Fields = append(c.Fields, field.ID)
			c.Rows = append(c.Rows, field.rows(value)...)
		}
	}
	return c
}

func (f *Field) rows(v FieldValue) (rows []ValueRow) {
	for i, text := range v.texts() {
		rows = append(rows, ValueRow{FieldID: f.ID, Position: i, Value: text, SortKey: f.Type.SortKey(text)})
	}
	return rows
}
