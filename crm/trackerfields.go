package crm

import (
	"context"
	"fmt"
	"slices"

	"github.com/clientele-crm/clientele/core"
)

// FieldsChange is a whole new set of fields of a tracker.
type FieldsChange struct {
	// Fields are all of them. One whose name the tracker has already is that field, changed;
	// those that are not named are retired: what leads have in them can still be read.
	Fields []NewField `json:"fields"`

	// Options say what becomes of options that go: by the name of the field, the option that is
	// in the place of each. An option for which it says nothing goes to the leads' old values.
	Options map[string]map[string]string `json:"options"`

	// Confirmed says that what becomes of the values is known, as from a dry run. Without it a
	// change that touches leads is refused.
	Confirmed bool `json:"confirmed"`
}

// PlanFields says what SetFields would do to the leads, and does nothing.
func (s *Trackers) PlanFields(ctx context.Context, id core.ID[Tracker], c FieldsChange) (Effect, error) {
	return c.reform(s.work, nil).dry(ctx, id)
}

// SetFields gives a tracker a whole new set of fields. Where a type changes, values that are of the
// new type too become such; where an option goes, the one in its place is chosen. All others are
// kept in the leads' OldValues: nothing is lost. [core.ErrState]: leads are affected, and the
// change is not confirmed.
func (s *Trackers) SetFields(ctx context.Context, id core.ID[Tracker], c FieldsChange, checks ...Check[Tracker]) (Tracker, error) {
	return c.reform(s.work, checks).do(ctx, id)
}

func (c FieldsChange) reform(work core.Work[Tx], checks []Check[Tracker]) reform {
	return reform{
		work: work, checks: checks, confirmed: c.Confirmed,
		plan: func(ctx context.Context, tx Tx, was Tracker, t *Tracker) (*effects, error) {
			c.apply(tx, t)
			var f core.Faults
			checkFields(&f, t.Fields)
			t.checkRequired(&f)
			c.checkOptions(&f, was, *t)
			if err := f.Err(); err != nil {
				return nil, err
			}
			t.keepTimes(was)
			return c.affected(ctx, tx, was, *t)
		},
		commit: func(ctx context.Context, tx Tx, was, t Tracker) error {
			return c.each(ctx, tx, was, t, func(rules *leadRules, leads []converted) error { return convertBatch(ctx, rules, leads) })
		},
	}
}

// apply makes the fields of the tracker those of the change.
func (c FieldsChange) apply(tx Tx, t *Tracker) {
	were := t.Fields
	t.Fields = make([]Field, 0, len(c.Fields))
	for _, n := range c.Fields {
		field := newField(tx, n)
		if was := fieldNamed(were, n.Name); was != nil {
			field.ID, field.CreatedAt = was.ID, was.CreatedAt
		}
		t.Fields = append(t.Fields, field)
	}
	for _, was := range were {
		if fieldNamed(t.Fields, was.Name) == nil {
			now := tx.Env.Time()
			was.RetiredAt, was.UpdatedAt = &now, now
			t.Retired = append(t.Retired, was)
		}
	}
}

// keepTimes leaves the times of fields that did not change.
func (t *Tracker) keepTimes(was Tracker) {
	for i := range t.Fields {
		now := &t.Fields[i]
		before := fieldNamed(was.Fields, now.Name)
		if before == nil {
			continue
		}
		same := now.NewField
		same.Options = before.Options
		if slices.Equal(now.Options, before.Options) && equalField(same, before.NewField) {
			now.UpdatedAt = before.UpdatedAt
		}
	}
}

// equalField compares fields whose options are the same.
func equalField(a, b NewField) bool {
	return a.Name == b.Name && a.Label == b.Label && a.Type == b.Type && a.IsRequired == b.IsRequired &&
		a.Placeholder == b.Placeholder && a.HelpText == b.HelpText && a.SortOrder == b.SortOrder
}

func (c FieldsChange) checkOptions(f *core.Faults, was, t Tracker) {
	for name, options := range c.Options {
		at := "/options/" + pointerToken.Replace(name)
		before, now := fieldNamed(was.Fields, name), fieldNamed(t.Fields, name)
		if before == nil || now == nil || !before.Type.hasOptions() || !now.Type.hasOptions() {
			f.Add(at, "exists", "there is no such field with options before and after the change")
			continue
		}
		for from, to := range options {
			here := at + "/" + pointerToken.Replace(from)
			if _, there := before.option(from); !there {
				f.Add(here, "exists", "there is no such option to go")
			} else if _, stays := now.option(from); stays {
				f.Add(here, "stays", "this option does not go")
			}
			if _, there := now.option(to); !there {
				f.Add(here, "option", "is none of the new options")
			}
		}
	}
}

// affected counts what each would change.
func (c FieldsChange) affected(ctx context.Context, tx Tx, was, t Tracker) (*effects, error) {
	found := newEffects()
	err := c.each(ctx, tx, was, t, func(_ *leadRules, leads []converted) error {
		for i := range leads {
			found.Affected++
			found.show(&leads[i].was)
			for _, on := range leads[i].changes {
				found.add(on, 1)
			}
		}
		return nil
	})
	return found, err
}

// each calls fn with the leads whose values the change touches, batch by batch.
func (c FieldsChange) each(ctx context.Context, tx Tx, was, t Tracker, fn func(*leadRules, []converted) error) error {
	conversions := c.conversions(was, t)
	if len(conversions) == 0 {
		return nil
	}
	rules, err := leadRulesBy(ctx, tx, t)
	if err != nil {
		return err
	}
	ids := make([]core.ID[Field], len(conversions))
	for i, conversion := range conversions {
		ids[i] = conversion.was.ID
	}
	next := func(ctx context.Context, after core.ID[Lead], limit int) ([]Lead, error) {
		return tx.Store.LeadsWithValues(ctx, ids, after, limit)
	}
	return eachAffected(ctx, next, func(leads []Lead) error {
		var touched []converted
		for i := range leads {
			if l := convert(rules, leads[i], conversions); len(l.changes) > 0 {
				touched = append(touched, l)
			}
		}
		return fn(rules, touched)
	})
}

// conversions are of the fields whose values may not stay as they are.
func (c FieldsChange) conversions(was, t Tracker) (list []conversion) {
	for _, before := range was.Fields {
		now := fieldNamed(t.Fields, before.Name)
		switch {
		case now == nil:
			list = append(list, conversion{was: before})
		case now.Type != before.Type || gone(before.Options, now.Options):
			instead := map[string]string{}
			for from, to := range c.Options[before.Name] {
				option, _ := before.option(from)
				instead[option] = to
			}
			list = append(list, conversion{before, now, instead})
		}
	}
	return list
}

// gone reports whether any of the options is spelled otherwise now, or not there.
func gone(were, are []string) bool {
	return slices.ContainsFunc(were, func(o string) bool { return !slices.Contains(are, o) })
}

// conversion is of a field's values.
type conversion struct {
	was     Field
	now     *Field            // nil: it is retired
	instead map[string]string // of options that go
}

// converted is a lead with the values that it comes to have.
type converted struct {
	was, now Lead
	values   ValueChange
	changes  []EffectOn
}

func convert(rules *leadRules, l Lead, conversions []conversion) converted {
	c := converted{was: l, now: l.clone()}
	c.now.OldValues = slices.Clone(l.OldValues)
	for _, conversion := range conversions {
		if value, has := l.Values[conversion.was.Name]; has {
			conversion.apply(rules, value, &c)
		}
	}
	return c
}

// apply notes what becomes of a value.
func (c conversion) apply(rules *leadRules, v FieldValue, to *converted) {
	if c.now == nil {
		to.changes = append(to.changes, EffectOn{Field: c.was.Name, Kept: true})
		return // it is read as an old value from now on: see RetiredAt
	}
	fits, kept, changes := c.value(rules, v)
	rows := c.now.rows(fits)
	for _, text := range kept {
		to.now.OldValues = append(to.now.OldValues, OldValue{Field: c.was.Name, Label: c.was.Label, Value: text})
		rows = append(rows, ValueRow{FieldID: c.was.ID, Old: true, Position: len(to.now.OldValues), Value: text})
	}
	delete(to.now.Values, c.was.Name)
	if !fits.IsZero() {
		to.now.Values[c.was.Name] = fits
	}
	to.values.Fields = append(to.values.Fields, c.was.ID)
	to.values.Rows = append(to.values.Rows, rows...)
	to.changes = append(to.changes, changes...)
}

// value is what a value becomes: the part of it that fits the new field, and the texts that do
// not and are kept.
func (c conversion) value(rules *leadRules, v FieldValue) (fits FieldValue, kept []string, changes []EffectOn) {
	if !c.was.Type.hasOptions() || !c.now.Type.hasOptions() {
		var f core.Faults
		fits = c.now.value(&f, "", Text(v.String()), rules.rules)
		on := EffectOn{Field: c.was.Name, Becomes: string(c.now.Type)}
		if len(f) > 0 {
			on.Becomes, on.Kept, fits, kept = "", true, FieldValue{}, v.texts()
		}
		return fits, kept, []EffectOn{on}
	}
	var chosen []string
	for _, text := range v.texts() {
		option, there := c.now.option(c.instead[text])
		if !there {
			option, there = c.now.option(text)
		}
		if there && c.now.Type == SelectField && len(chosen) > 0 {
			there = false // one alone can be chosen
		}
		on := EffectOn{Field: c.was.Name, Value: text, Becomes: option, Kept: !there}
		if there {
			chosen = append(chosen, option)
		} else {
			on.Becomes, kept = "", append(kept, text)
		}
		if option != text || !there || c.was.Type != c.now.Type {
			changes = append(changes, on)
		}
	}
	var f core.Faults
	fits = c.now.value(&f, "", Choose(chosen...), rules.rules)
	if c.now.Type == SelectField && len(chosen) > 0 {
		fits = Text(chosen[0])
	}
	return fits, kept, changes
}

// convertBatch writes what convert has found.
func convertBatch(ctx context.Context, rules *leadRules, leads []converted) error {
	var events []core.Event
	for i := range leads {
		l := &leads[i]
		if len(l.values.Fields) == 0 {
			continue // of retired fields alone
		}
		l.now.Version, l.now.UpdatedAt = l.was.Version+1, rules.tx.Env.Time()
		if err := rules.tx.Store.ReplaceAnyLead(ctx, l.now, l.was.Version, l.values); err != nil {
			return fmt.Errorf("lead %s: %w", l.was.ID, err)
		}
		events = append(events, LeadUpdated.Of(l.was.ID, &l.was, &l.now))
	}
	return rules.tx.Events.Emit(ctx, events...)
}
