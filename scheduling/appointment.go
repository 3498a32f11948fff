package scheduling

import (
	"net/url"
	"time"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/scheduling/slots"
)

// Appointment is a time that a client has with some members of an agenda.
type Appointment struct {
	ID       core.ID[Appointment] `json:"id"`
	AgendaID core.ID[Agenda]      `json:"agendaId"`          // the agenda that it is in
	SeriesID core.ID[Series]      `json:"seriesId,omitzero"` // of those that were booked with it
	Details

	// RecurrenceDate is when the rule of its series has it, whenever it begins itself.
	RecurrenceDate *time.Time `json:"recurrenceDate,omitzero"`

	StartDate time.Time     `json:"startDate"` // when it begins
	EndDate   time.Time     `json:"endDate"`   // when it is over
	PartySize int           `json:"partySize"` // the seats that it takes
	Members   []core.UserID `json:"members"`   // those who take it

	Status       Status     `json:"status"`             // where it is on its way
	HoldUntil    *time.Time `json:"holdUntil,omitzero"` // when a hold expires
	CancelReason string     `json:"cancelReason"`       // what was said when it was cancelled
	AssignedBy   Assigned   `json:"assignedBy"`         // why it has these members

	BufferBefore slots.Minutes `json:"bufferBefore"` // what its agenda kept free before it when it was booked
	BufferAfter  slots.Minutes `json:"bufferAfter"`  // likewise, after it
	Buffers      slots.Policy  `json:"buffers"`      // the agenda's policy of buffers then

	UID      string `json:"uid"`      // names it in calendars, and stays when it moves; its series's, in one
	Sequence int    `json:"sequence"` // counts its moves and its cancellation, for calendars

	Stamp
}

// Client is whom an appointment is for: a contact, or whatever the embedder has.
type Client struct{}

// Details are what a person may say of an appointment beside its time.
type Details struct {
	ClientID      core.ID[Client] `json:"clientId,omitzero"` // the contact whom it is for
	Title         string          `json:"title"`             // up to 200 characters, as the texts below; empty is the agenda's name
	Description   string          `json:"description"`       // up to 4000 characters
	Location      string          `json:"location"`          // empty is the agenda's
	URL           string          `json:"url"`               // where to meet, http or https
	Timezone      string          `json:"timezone"`          // the client's: a name of the IANA database; empty is the agenda's
	Source        string          `json:"source"`            // where it came from: "public", "api", …
	GoogleEventID string          `json:"googleEventId"`     // of the event in Google's calendar, if there is one
}

// NewAppointment asks for a slot of an agenda.
type NewAppointment struct {
	AgendaID  core.ID[Agenda] `json:"agendaId"`          // an active one
	StartDate time.Time       `json:"startDate"`         // as it is listed
	PartySize int             `json:"partySize"`         // the seats that are wanted; 0 is one
	MemberID  core.UserID     `json:"memberId,omitzero"` // the member who is wanted; absent: any
	Details
}

// AppointmentFilter says which appointments a list has. Several conditions are met all at once.
type AppointmentFilter struct {
	Agenda core.ID[Agenda]
	Client core.ID[Client]
	Series core.ID[Series]
	Member core.UserID
	Status Status

	From, Before time.Time // of the start: half-open; the zero time is no bound

	Sort AppointmentSort
}

// AppointmentSort is an order of appointments.
type AppointmentSort string

// The orders.
const (
	ByStart     AppointmentSort = "startDate" // the default
	ByStartDesc AppointmentSort = "-startDate"
)

// check brings the details into their canonical form, and notes in f what is wrong with them.
func (d *Details) check(f *core.Faults, agenda *Agenda) {
	d.Title = f.Line("/title", d.Title, maxName)
	if d.Title == "" {
		d.Title = agenda.Name
	}
	d.Description = f.Text("/description", d.Description, maxText)
	d.Location = f.Line("/location", d.Location, maxName)
	if d.Location == "" {
		d.Location = agenda.Location
	}
	d.URL = f.Line("/url", d.URL, maxURL)
	if u, err := url.Parse(d.URL); d.URL != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "") {
		f.Add("/url", "url", "is not an http or https URL")
	}
	if d.Timezone == "" {
		d.Timezone = agenda.Rules.Timezone
	}
	if _, err := slots.Zone(d.Timezone); err != nil {
		f.Add("/timezone", "timezone", "is not a time zone of the IANA database")
	}
	d.Source = f.Line("/source", d.Source, maxName)
	d.GoogleEventID = f.Line("/googleEventId", d.GoogleEventID, maxName)
}
