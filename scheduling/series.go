package scheduling

import (
	"time"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/scheduling/slots"
)

// Series is appointments that were booked together by a rule, at the same time on the clocks of a
// zone. Its appointments are each of its own: what happens to one is an exception to the series.
type Series struct {
	ID       core.ID[Series] `json:"id"`
	AgendaID core.ID[Agenda] `json:"agendaId"` // the agenda that it is in
	SeriesPlan
	PartySize int           `json:"partySize"` // the seats that each takes
	Zone      string        `json:"zone"`      // whose clocks the rule follows: the agenda's, when it was booked
	Duration  slots.Minutes `json:"duration"`  // of each appointment
	UID       string        `json:"uid"`       // names it in calendars, and is that of its appointments
	Sequence  int           `json:"sequence"`  // counts its changes of time and its cancellation, for calendars
	Stamp
}

// SeriesPlan is what a person may say of a series.
type SeriesPlan struct {
	StartDate time.Time `json:"startDate"` // of the first appointment; the others are at the same time of their days

	// Rule is a recurrence rule of RFC 5545, 3.3.10: FREQ of DAILY, WEEKLY, MONTHLY or YEARLY, INTERVAL,
	// BYDAY, BYMONTHDAY, BYMONTH, BYSETPOS, WKST, and COUNT or UNTIL, of which it has to have one. It has up
	// to 200 times, in five years, and the start has to be the first of them.
	Rule string `json:"rule"`

	Details
}

// NewSeries asks for a series.
type NewSeries struct {
	AgendaID  core.ID[Agenda] `json:"agendaId"`          // an active one
	PartySize int             `json:"partySize"`         // the seats that are wanted of each; 0 is one
	MemberID  core.UserID     `json:"memberId,omitzero"` // the member who is wanted; absent: the same of all if they are free, else any
	SeriesPlan
	Conflicts ConflictPolicy `json:"conflicts,omitempty"` // what happens if not all can be booked
	Instead   []Instead      `json:"instead,omitempty"`   // other times for some of the rule's: up to 200
}

// Instead is another time for one of a series.
type Instead struct {
	Occurrence time.Time `json:"occurrence"`         // the time by the rule
	StartDate  time.Time `json:"startDate,omitzero"` // when it is instead; absent: not at all
}

// ConflictPolicy says what happens if some of a series cannot be booked.
type ConflictPolicy string

// The policies.
const (
	AllOrNothing ConflictPolicy = ""     // nothing is booked: [core.ErrConflict]
	SkipConflict ConflictPolicy = "skip" // the others are booked
	AskConflict  ConflictPolicy = "ask"  // nothing is booked: what would be is answered
)

// Conflict is a time of a series that cannot be booked.
type Conflict struct {
	StartDate time.Time    `json:"startDate"` // which could not be booked: by the rule, or what was asked for instead
	Code      string       `json:"code"`      // slot_taken or not_a_slot
	Free      []slots.Slot `json:"free"`      // up to five that are free nearby, the nearest first; of the first ten conflicts only
}

// SeriesResult is what became of a series.
type SeriesResult struct {
	Series       Series        `json:"series"`       // as it is now
	Appointments []Appointment `json:"appointments"` // that were booked or changed, by their start
	Conflicts    []Conflict    `json:"conflicts"`    // what could not be booked
	Asked        bool          `json:"asked"`        // it only says what would be: nothing was changed
}

// Conflicts is the cause of a [core.ErrConflict] with some of a series's times.
type Conflicts struct {
	List []Conflict
}

func (c *Conflicts) Error() string { return "some of the slots are not free" }

// The events of a series. Each of its appointments has its own too.
var (
	SeriesBooked    = core.EventType[Series]{Name: "series.booked", Kind: "series"}
	SeriesUpdated   = core.EventType[Series]{Name: "series.updated", Kind: "series"}
	SeriesCancelled = core.EventType[Series]{Name: "series.cancelled", Kind: "series"}
)

// Occurrences are the times of the series by its rule, whether there are appointments or not.
func (s *Series) Occurrences() ([]Occurrence, error) {
	var f core.Faults
	_, list := s.plan(&f)
	return list, f.Err()
}

// plan brings the rule into its canonical form, and is it and its times. What is wrong is noted in f.
func (s *Series) plan(f *core.Faults) (rule, []Occurrence) {
	if s.StartDate.IsZero() {
		f.Add("/startDate", "required", "a series has to have a start")
	}
	f.Instant("/startDate", s.StartDate)
	zone, err := slots.Zone(s.Zone)
	if err != nil {
		f.Add("/zone", "timezone", "is not a time zone of the IANA database")
	}
	if len(*f) > 0 {
		return rule{}, nil
	}
	r := parseRule(f, s.Rule, zone)
	if len(*f) > 0 {
		return rule{}, nil
	}
	s.Rule, s.StartDate = r.text(), s.StartDate.UTC()
	return r, r.occurrences(f, s.StartDate, zone)
}
