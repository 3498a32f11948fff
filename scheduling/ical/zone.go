package ical

import (
	"fmt"
	"time"

	goical "github.com/emersion/go-ical"

	"github.com/clientele-crm/clientele/scheduling/slots"
)

// localLayout is a time on the clocks of a zone.
const localLayout = "20060102T150405"

// zone is the zone of the name, which is described in the file from its first use on.
func (w *Writer) zone(name string) (*time.Location, error) {
	if zone := w.zones[name]; zone != nil {
		return zone, nil
	}
	zone, err := slots.Zone(name)
	if err != nil {
		return nil, err
	}
	w.zones[name] = zone
	if zone == time.UTC {
		return zone, nil
	}
	return zone, w.write(timezone(zone, w.calendar.From, w.calendar.Until))
}

// timezone describes the clocks of a zone over a range: what they show at its beginning, and each of
// their changes in it. That is true for that range, and says nothing of another.
func timezone(zone *time.Location, from, until time.Time) *goical.Component {
	c := goical.NewComponent(goical.CompTimezone)
	c.Props.SetText(goical.PropTimezoneID, zone.String())
	for at := from.In(zone); ; {
		start, next := at.ZoneBounds()
		c.Children = append(c.Children, observance(at, start))
		if next.IsZero() || next.After(until) {
			return c
		}
		at = next.In(zone)
	}
}

// observance is what the clocks show at a time, and have shown since start; the zero time: always.
func observance(at, start time.Time) *goical.Component {
	kind := goical.CompTimezoneStandard
	if at.IsDST() {
		kind = goical.CompTimezoneDaylight
	}
	name, offset := at.Zone()
	before, since := offset, "19700101T000000"
	if !start.IsZero() {
		_, before = start.Add(-time.Second).In(at.Location()).Zone()
		since = start.UTC().Add(time.Duration(before) * time.Second).Format(localLayout)
	}
	c := goical.NewComponent(kind)
	set(c, goical.PropDateTimeStart, since)
	set(c, goical.PropTimezoneOffsetFrom, offsetText(before))
	set(c, goical.PropTimezoneOffsetTo, offsetText(offset))
	c.Props.SetText(goical.PropTimezoneName, name)
	return c
}

func offsetText(seconds int) string {
	sign := '+'
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	text := fmt.Sprintf("%c%02d%02d", sign, seconds/3600, seconds/60%60)
	if seconds%60 != 0 {
		text += fmt.Sprintf("%02d", seconds%60)
	}
	return text
}

// set gives a component a property whose value is as the file has it.
func set(c *goical.Component, name, value string) {
	p := goical.NewProp(name)
	p.Value = value
	c.Props.Set(p)
}

// setTime gives a component a time on the clocks of a zone. One that clocks show twice is in UTC: of
// the two, readers do not all take the first.
func setTime(c *goical.Component, name string, t time.Time, zone *time.Location) {
	if local := t.In(zone); repeats(local) || repeated(local) {
		zone = time.UTC
	}
	p := goical.NewProp(name)
	p.SetDateTime(t.In(zone))
	c.Props.Set(p)
}

// repeats reports whether the clocks will show the time again.
func repeats(t time.Time) bool {
	_, end := t.ZoneBounds()
	if end.IsZero() {
		return false
	}
	back := offset(t) - offset(end)
	return back > 0 && !t.Add(back).Before(end)
}

// repeated reports whether the clocks have shown the time before.
func repeated(t time.Time) bool {
	start, _ := t.ZoneBounds()
	if start.IsZero() {
		return false
	}
	back := offset(start.Add(-time.Second)) - offset(t)
	return back > 0 && t.Add(-back).Before(start)
}

// offset is that of the clocks at a time in a zone.
func offset(t time.Time) time.Duration {
	_, seconds := t.Zone()
	return time.Duration(seconds) * time.Second
}

// addWall gives a component a time by the rule of a series, as the clocks show it.
func addWall(c *goical.Component, name string, day slots.Date, clock slots.Clock, zone *time.Location) {
	p := goical.NewProp(name)
	p.Value = fmt.Sprintf("%04d%02d%02dT%02d%02d00", day.Year, day.Month, day.Day, clock/60, clock%60)
	if zone == time.UTC {
		p.Value += "Z"
	} else {
		p.Params.Set(goical.PropTimezoneID, zone.String())
	}
	c.Props.Add(p)
}
