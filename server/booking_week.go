package server

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/scheduling/slots"
)

// zoned writes instants as the clocks of a visitor show them.
type zoned struct {
	Zone string // the visitor's
	Ours string // the agenda's
	zone *time.Location
	ours *time.Location
}

// inZone is the visitor's zone. It reports whether there is one of that name; otherwise it is the
// agenda's.
func (z *zoned) inZone(name, ours string) (known bool) {
	z.Ours = ours
	z.ours, _ = slots.Zone(ours) // it was checked
	if zone, err := slots.Zone(name); err == nil && name != "" {
		z.Zone, z.zone = name, zone
		return true
	}
	z.Zone, z.zone = z.Ours, z.ours
	return name == ""
}

// Machine is an instant as programs read it.
func (z *zoned) Machine(t time.Time) string { return t.In(z.zone).Format(time.RFC3339) }

// Clock is the time of day.
func (z *zoned) Clock(t time.Time) string { return t.In(z.zone).Format("15:04") }

// Long is the day and the time.
func (z *zoned) Long(t time.Time) string {
	return t.In(z.zone).Format("Monday, 2 January 2006, 15:04")
}

// Here is the time in the agenda's zone, or empty if the visitor's clocks show the same.
func (z *zoned) Here(t time.Time) string {
	const day = "Monday, 15:04"
	if t.In(z.zone).Format(day) == t.In(z.ours).Format(day) {
		return ""
	}
	return t.In(z.ours).Format(day) + " in " + z.Ours
}

// week is seven days of an agenda to choose a time from.
type week struct {
	Days           []bookingDay
	Earlier, Later string // the addresses of the weeks beside it
}

// bookingDay is a day as the visitor's clocks have it.
type bookingDay struct {
	Date  string
	Name  string
	Slots []slots.Slot
	Full  bool // it would have some if none were taken
}

// bookingDays is how many days a page shows.
const bookingDays = 7

// read reads the week that begins on the day that the request asks for, or today. What the
// addresses of the weeks beside it have to keep is in keep.
func (w *week) read(r *http.Request, z *zoned, now time.Time, list func(context.Context, scheduling.SlotQuery) ([]slots.Slot, error), keep url.Values) error {
	today := slots.DateOf(now.In(z.zone))
	first, err := slots.ParseDate(r.Form.Get("from"))
	if err != nil || first.Compare(today) < 0 {
		first = today
	}
	from, _ := slots.DayIn(z.zone, first)
	to, _ := slots.DayIn(z.zone, first.AddDays(bookingDays))
	found, err := list(r.Context(), scheduling.SlotQuery{From: from, To: to, Taken: true})
	if err != nil {
		return err
	}
	for _, slot := range found {
		w.add(slot, z)
	}
	at := func(d slots.Date) string {
		keep.Set("from", d.String())
		return "?" + keep.Encode()
	}
	w.Later = at(first.AddDays(bookingDays))
	if first.Compare(today) > 0 {
		w.Earlier = at(first.AddDays(-bookingDays))
	}
	return nil
}

func (w *week) add(slot slots.Slot, z *zoned) {
	local := slot.Start.In(z.zone)
	if date := local.Format(time.DateOnly); len(w.Days) == 0 || w.Days[len(w.Days)-1].Date != date {
		w.Days = append(w.Days, bookingDay{Date: date, Name: local.Format("Monday, 2 January"), Full: true})
	}
	if day := &w.Days[len(w.Days)-1]; slot.Seats > 0 {
		day.Slots, day.Full = append(day.Slots, slot), false
	}
}
