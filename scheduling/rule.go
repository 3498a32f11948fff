package scheduling

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/teambition/rrule-go"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/scheduling/slots"
)

// The limits of a rule and of what it yields.
const (
	maxRule     = 200 // characters
	maxSeries   = 200 // appointments
	maxInterval = 1000
	maxSpan     = 5 * 366 * 24 * time.Hour // from the first to the last
)

// rule says when a series takes place: RFC 5545, 3.3.10, of days only, and with an end.
type rule struct{ rrule.ROption }

// Occurrence is a time of a series: as the clocks of its zone show it, and as it is. They differ
// from what [time.Time.In] says where clocks skip the time.
type Occurrence struct {
	Day   slots.Date
	Clock slots.Clock
	At    time.Time
}

// rulePart is a part of a rule that is understood. The day of COUNT and of BYSETPOS and their
// like are for the library to read.
var (
	rulePart  = regexp.MustCompile(`^(FREQ|INTERVAL|COUNT|UNTIL|WKST|BYDAY|BYMONTHDAY|BYMONTH|BYSETPOS)=([A-Z0-9,+-]+)$`)
	ruleUntil = regexp.MustCompile(`^\d{8}(T\d{6}Z)?$`)
)

// parseRule reads a rule, whose times are of the zone, and notes in f what is wrong with it.
func parseRule(f *core.Faults, text string, zone *time.Location) rule {
	text = strings.TrimPrefix(strings.ToUpper(strings.TrimSpace(text)), "RRULE:")
	if text == "" {
		f.Add("/rule", "required", "a series has to have a rule")
		return rule{}
	}
	if len(text) > maxRule {
		f.Add("/rule", "max_length", fmt.Sprintf("is longer than %d characters", maxRule))
		return rule{}
	}
	values := map[string]string{}
	for part := range strings.SplitSeq(text, ";") {
		found := rulePart.FindStringSubmatch(part)
		if found == nil || values[found[1]] != "" {
			f.Add("/rule", "rule", fmt.Sprintf("%q is no part that a rule can have, or is there twice", part))
			return rule{}
		}
		values[found[1]] = found[2]
	}
	if values["UNTIL"] != "" && !ruleUntil.MatchString(values["UNTIL"]) {
		f.Add("/rule", "rule", "UNTIL has to be a day, or a time in UTC")
		return rule{}
	}
	option, err := rrule.StrToROption(text)
	if err == nil {
		_, err = rrule.NewRRule(*option) // which checks the ranges
	}
	if err != nil {
		f.Add("/rule", "rule", "is no rule of RFC 5545: "+err.Error())
		return rule{}
	}
	r := rule{*option}
	if len(values["UNTIL"]) == len("20300131") { // the whole day
		_, next := slots.DayIn(zone, slots.DateOf(option.Until))
		r.Until = next.Add(-time.Second)
	}
	r.check(f, values)
	return r
}

// check notes in f what of the rule RFC 5545 has no meaning for, the library another, or that
// would have no end.
func (r rule) check(f *core.Faults, values map[string]string) {
	numbered := 0
	for _, day := range r.Byweekday {
		if day.N() != 0 {
			numbered++
		}
	}
	selects := len(r.Byweekday) + len(r.Bymonthday)
	long := r.Freq == rrule.MONTHLY || r.Freq == rrule.YEARLY
	switch {
	case r.Freq > rrule.DAILY:
		f.Add("/rule", "frequency", "FREQ has to be DAILY, WEEKLY, MONTHLY or YEARLY")
	case values["INTERVAL"] != "" && (r.Interval < 1 || r.Interval > maxInterval):
		f.Add("/rule", "interval", fmt.Sprintf("INTERVAL has to be from 1 to %d", maxInterval))
	case (values["COUNT"] == "") == (values["UNTIL"] == ""):
		f.Add("/rule", "end", "has to end, by either COUNT or UNTIL")
	case values["COUNT"] != "" && (r.Count < 1 || r.Count > maxSeries):
		f.Add("/rule", "max_items", fmt.Sprintf("COUNT has to be from 1 to %d", maxSeries))
	case r.Freq == rrule.WEEKLY && len(r.Bymonthday) > 0:
		f.Add("/rule", "rule", "BYMONTHDAY has no meaning in a WEEKLY rule")
	case numbered > 0 && (!long || numbered < len(r.Byweekday)):
		f.Add("/rule", "rule", "days of BYDAY have numbers in MONTHLY and YEARLY rules only, and all or none of them")
	case len(r.Bysetpos) > 0 && (!long || selects == 0):
		f.Add("/rule", "rule", "BYSETPOS needs BYDAY or BYMONTHDAY in a MONTHLY or YEARLY rule")
	}
}

// text is the rule in its canonical form.
func (r rule) text() string { return r.RRuleString() }

// calendarCycle is after how many years the calendar repeats, weekdays included.
const calendarCycle = 400

// occurrences are the times of a rule, of which the start has to be the first. What is wrong is
// noted in f.
func (r rule) occurrences(f *core.Faults, start time.Time, zone *time.Location) []Occurrence {
	local := start.In(zone)
	day, clock := slots.DateOf(local), slots.Clock(local.Hour()*60+local.Minute())
	if !slots.At(zone, day, clock).Equal(start) {
		f.Add("/startDate", "clock", "is not a full minute, or the second time that clocks show it: a series keeps the first")
		return nil
	}
	// The library looks for the next time until the year 9999. Where the calendar is the same, but
	// that is near, a rule that has none is known at once.
	later := max(0, (9990-day.Year)/calendarCycle*calendarCycle)
	option := r.ROption
	option.Until = time.Time{} // is an instant, and what follows are times on clocks
	option.Dtstart = time.Date(day.Year+later, day.Month, day.Day, 0, 0, 0, 0, time.UTC)
	parsed, err := rrule.NewRRule(option)
	if err != nil {
		f.Add("/rule", "rule", err.Error())
		return nil
	}
	var list []Occurrence
	for next := parsed.Iterator(); ; {
		found, ok := next()
		if !ok {
			break
		}
		d := slots.Date{Year: found.Year() - later, Month: found.Month(), Day: found.Day()}
		at := slots.At(zone, d, clock)
		if !r.Until.IsZero() && at.After(r.Until) {
			break
		}
		list = append(list, Occurrence{d, clock, at})
		if len(list) > maxSeries || at.Sub(start) > maxSpan {
			f.Add("/rule", "max_items", fmt.Sprintf("has more than %d times, or some more than five years after the first", maxSeries))
			return nil
		}
	}
	switch {
	case len(list) == 0:
		f.Add("/rule", "never", "there is no such day")
	case !list[0].At.Equal(start):
		f.Add("/startDate", "rule", "is none of the rule's times")
	}
	return list
}

// before is the rule of the first n of its occurrences.
func (r rule) before(list []Occurrence, n int) rule {
	if r.Count > 0 {
		r.Count = n
	} else {
		r.Until = list[n-1].At
	}
	return r
}

// from is the rule of its occurrences but the first n, which begins anew with the next.
func (r rule) from(n int) rule {
	if r.Count > 0 {
		r.Count -= n
	}
	return r
}
