package slots

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/clientele-crm/clientele/core"
)

// Hours are when somebody works, or something is open: by the week, with exceptions, as the
// clocks of a zone show it.
type Hours struct {
	Timezone string `json:"timezone"` // a name of the IANA database
	Week     Week   `json:"week"`     // the open spans of each weekday

	// The first and the last day on which they hold. Without, they always do.
	From  Date `json:"from,omitzero"`
	Until Date `json:"until,omitzero"`

	Overrides []Override `json:"overrides,omitempty"` // up to 1,000, of which no two share a day
}

// Week has the open spans of each day of the week: up to 24 of a day, in any order, and they
// may overlap.
type Week struct {
	Monday    []Span `json:"monday,omitempty"`    // the spans of a Monday
	Tuesday   []Span `json:"tuesday,omitempty"`   // the spans of a Tuesday
	Wednesday []Span `json:"wednesday,omitempty"` // the spans of a Wednesday
	Thursday  []Span `json:"thursday,omitempty"`  // the spans of a Thursday
	Friday    []Span `json:"friday,omitempty"`    // the spans of a Friday
	Saturday  []Span `json:"saturday,omitempty"`  // the spans of a Saturday
	Sunday    []Span `json:"sunday,omitempty"`    // the spans of a Sunday
}

// Span is a part of a day. One until 24:00 and one from 00:00 of the next day are one.
type Span struct {
	From Clock `json:"from"`
	To   Clock `json:"to"`
}

// Override says when it is open on some days instead: at no time, if it has no spans.
type Override struct {
	From   Date   `json:"from"`
	Until  Date   `json:"until,omitzero"`   // the last day; without, it is one day
	Spans  []Span `json:"spans,omitempty"`  // when it is open then
	Reason string `json:"reason,omitempty"` // up to 200 characters
}

// Spans reads spans such as "09:00-12:00". It panics on others: it is for literals.
func Spans(texts ...string) []Span {
	spans := make([]Span, len(texts))
	for i, text := range texts {
		from, to, _ := strings.Cut(text, "-")
		var err error
		if spans[i].From, err = ParseClock(from); err == nil {
			spans[i].To, err = ParseClock(to)
		}
		if err != nil {
			panic("slots: " + err.Error())
		}
	}
	return spans
}

// Workdays is a week with the same spans from Monday to Friday.
func Workdays(spans ...string) Week {
	s := Spans(spans...)
	return Week{Monday: s, Tuesday: s, Wednesday: s, Thursday: s, Friday: s}
}

// EveryDay is a week with the same spans on all days.
func EveryDay(spans ...string) Week {
	w := Workdays(spans...)
	w.Saturday, w.Sunday = w.Monday, w.Monday
	return w
}

func (w *Week) days() [7]*[]Span { // as time.Weekday counts them
	return [7]*[]Span{&w.Sunday, &w.Monday, &w.Tuesday, &w.Wednesday, &w.Thursday, &w.Friday, &w.Saturday}
}

// The bounds of what hours may say.
const (
	maxSpans     = 24
	maxOverrides = 1000
	maxReason    = 200
	maxAbsence   = 3 * 366 // days of one override
)

// Check notes in f what is wrong with the hours; at is the JSON pointer to them.
func (h *Hours) Check(f *core.Faults, at string) {
	if _, err := Zone(h.Timezone); err != nil {
		f.Add(at+"/timezone", "timezone", "is not a time zone of the IANA database")
	}
	for day, spans := range h.Week.days() {
		checkSpans(f, at+"/week/"+strings.ToLower(time.Weekday(day).String()), *spans)
	}
	if !h.From.IsZero() && !h.Until.IsZero() && h.Until.number() < h.From.number() {
		f.Add(at+"/until", "order", "is before the first day")
	}
	if len(h.Overrides) > maxOverrides {
		f.Add(at+"/overrides", "max_items", fmt.Sprintf("are more than %d", maxOverrides))
		return
	}
	for i := range h.Overrides {
		h.Overrides[i].check(f, fmt.Sprintf("%s/overrides/%d", at, i))
	}
	h.checkOverlaps(f, at)
}

func (o *Override) check(f *core.Faults, at string) {
	switch {
	case o.From.IsZero():
		f.Add(at+"/from", "required", "an override has to have a day")
	case !o.Until.IsZero() && o.Until.number() < o.From.number():
		f.Add(at+"/until", "order", "the override ends before it starts")
	case !o.Until.IsZero() && o.Until.number()-o.From.number() >= maxAbsence:
		f.Add(at+"/until", "range", "the override is longer than three years")
	}
	checkSpans(f, at+"/spans", o.Spans)
	o.Reason = f.Line(at+"/reason", o.Reason, maxReason)
}

func (h *Hours) checkOverlaps(f *core.Faults, at string) {
	sorted := compileOverrides(h.Overrides)
	for i := 1; i < len(sorted); i++ {
		if sorted[i].from <= sorted[i-1].until {
			f.Add(at+"/overrides", "overlap", "two overrides are for "+dateOf(sorted[i].from).String())
			return
		}
	}
}

func checkSpans(f *core.Faults, at string, spans []Span) {
	if len(spans) > maxSpans {
		f.Add(at, "max_items", fmt.Sprintf("are more than %d", maxSpans))
		return
	}
	for i, s := range spans {
		switch place := fmt.Sprintf("%s/%d", at, i); {
		case s.From < 0 || s.To > DayEnd:
			f.Add(place, "range", "is not within the day")
		case s.To <= s.From:
			f.Add(place+"/to", "order", "the span ends before it starts")
		}
	}
}

// Schedule is hours that are ready to compute with. It is safe for concurrent use.
type Schedule struct {
	zone        *time.Location
	week        [7][]Span
	first, last int64 // days
	overrides   []override
	holidays    []int64 // days, sorted
	most        int     // spans of a day
}

type override struct {
	from, until int64 // days
	spans       []Span
}

// CompileHours readies hours. On holidays it is closed, unless an override says otherwise.
// The error is [core.ErrInvalid].
func CompileHours(h Hours, holidays []Date) (*Schedule, error) {
	var f core.Faults
	h.Check(&f, "")
	if err := f.Err(); err != nil {
		return nil, err
	}
	return compileHours(h, holidays), nil
}

func compileHours(h Hours, holidays []Date) *Schedule {
	zone, _ := Zone(h.Timezone) // it was checked
	s := &Schedule{zone: zone, first: -1 << 40, last: 1 << 40, most: 1, overrides: compileOverrides(h.Overrides)}
	for day, spans := range h.Week.days() {
		s.week[day] = joined(*spans)
		s.most = max(s.most, len(s.week[day]))
	}
	if !h.From.IsZero() {
		s.first = h.From.number()
	}
	if !h.Until.IsZero() {
		s.last = h.Until.number()
	}
	for _, d := range holidays {
		s.holidays = append(s.holidays, d.number())
	}
	slices.Sort(s.holidays)
	return s
}

func compileOverrides(list []Override) []override {
	compiled := make([]override, len(list))
	for i, o := range list {
		compiled[i] = override{o.From.number(), o.From.number(), joined(o.Spans)}
		if !o.Until.IsZero() {
			compiled[i].until = o.Until.number()
		}
	}
	slices.SortFunc(compiled, func(a, b override) int { return cmp.Compare(a.from, b.from) })
	return compiled
}

// joined is the spans in their order, those that overlap or touch made one.
func joined(spans []Span) []Span {
	sorted := slices.SortedFunc(slices.Values(spans), func(a, b Span) int { return cmp.Compare(a.From, b.From) })
	list := sorted[:0]
	for _, s := range sorted {
		if n := len(list); n > 0 && s.From <= list[n-1].To {
			list[n-1].To = max(list[n-1].To, s.To)
		} else {
			list = append(list, s)
		}
	}
	return list
}

// spans are those of a day.
func (s *Schedule) spans(day int64) []Span {
	if len(s.overrides) > 0 {
		i, _ := slices.BinarySearchFunc(s.overrides, day, func(o override, day int64) int { return cmp.Compare(o.until, day) })
		if i < len(s.overrides) && s.overrides[i].from <= day {
			return s.overrides[i].spans
		}
	}
	if day < s.first || day > s.last {
		return nil
	}
	if len(s.holidays) > 0 {
		if _, closed := slices.BinarySearch(s.holidays, day); closed {
			return nil
		}
	}
	return s.week[weekday(day)]
}
