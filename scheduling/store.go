package scheduling

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/jobs"
	"github.com/clientele-crm/clientele/scheduling/slots"
)

// Store keeps the rows of this package for one company, and shows an actor with OwnRows only
// the agendas and appointments that they made or take. Package store/storetest checks an
// implementation.
//
// A row of another company, or one that the actor may not see, is [core.ErrNotFound] wherever a
// method names a row.
type Store interface {
	AgendaStore
	AppointmentStore
	SeriesStore
	FeedStore
	TimeStore
	ReminderStore
	WaitlistStore
	ClientStore
}

// AgendaStore keeps agendas and holidays.
type AgendaStore interface {
	// InsertAgenda adds an agenda. [core.ErrExists]: its slug is taken.
	InsertAgenda(ctx context.Context, a Agenda) error

	// Agenda reads one.
	Agenda(ctx context.Context, id core.ID[Agenda]) (Agenda, error)

	// ReplaceAgenda writes all of a if the row's version is still was. [core.ErrConflict]: it is
	// not. [core.ErrExists]: its slug is taken.
	ReplaceAgenda(ctx context.Context, a Agenda, was int64) error

	// DeleteAgenda removes one. [core.ErrState]: it has an appointment.
	DeleteAgenda(ctx context.Context, id core.ID[Agenda]) error

	// ListAgendas lists them by their folded names.
	ListAgendas(ctx context.Context, f AgendaFilter, p core.Page) (core.List[Agenda], error)

	// OpenAgenda reads one with the days on which the company is closed.
	OpenAgenda(ctx context.Context, id core.ID[Agenda]) (OpenAgenda, error)

	// Holidays are all, by their day; SetHolidays replaces them, and says what they were. Others who do so wait
	// for the transaction to end.
	Holidays(ctx context.Context) ([]Holiday, error)
	SetHolidays(ctx context.Context, days []Holiday) (was []Holiday, err error)
}

// AppointmentStore keeps appointments.
type AppointmentStore interface {
	// InsertAppointments adds appointments that take the numbered seats with each of their
	// members. [core.ErrExists]: a member's time is taken.
	InsertAppointments(ctx context.Context, list ...Seated) error

	// Appointment reads one.
	Appointment(ctx context.Context, id core.ID[Appointment]) (Appointment, error)

	// ReplaceAppointment writes all of a if the row's version is still was, else
	// [core.ErrConflict]. With seats, the time that it takes is written anew, as by
	// InsertAppointments; without, it stays, or is given back if a does not take any.
	ReplaceAppointment(ctx context.Context, a Appointment, was int64, seats []int) error

	// ListAppointments lists what the filter lets through.
	ListAppointments(ctx context.Context, f AppointmentFilter, p core.Page) (core.List[Appointment], error)

	// ExpiredHolds reads up to limit of the holds that are over at now, the oldest first.
	ExpiredHolds(ctx context.Context, now time.Time, limit int) ([]Appointment, error)
}

// SeriesStore keeps series, and shows an actor with OwnRows those that they made and those of which
// they take all appointments.
type SeriesStore interface {
	// InsertSeries adds a series.
	InsertSeries(ctx context.Context, s Series) error

	// Series reads one.
	Series(ctx context.Context, id core.ID[Series]) (Series, error)

	// ReplaceSeries writes all of s if the row's version is still was, else [core.ErrConflict].
	ReplaceSeries(ctx context.Context, s Series, was int64) error

	// SeriesAppointments are all appointments of a series, by their recurrence dates.
	SeriesAppointments(ctx context.Context, id core.ID[Series]) ([]Appointment, error)
}

// TimeStore tells what of members' time is taken, whoever asks.
type TimeStore interface {
	// LockAgenda is OpenAgenda that keeps all others from booking the agenda until the transaction
	// ends.
	LockAgenda(ctx context.Context, id core.ID[Agenda]) (OpenAgenda, error)

	// LockMembers keeps all others from booking the members until the transaction ends.
	LockMembers(ctx context.Context, members []core.UserID) error

	// TakenTime is the time of the members that is taken and overlaps one of the spans at least, of
	// each by its start. Holds that are over are there too.
	TakenTime(ctx context.Context, members []core.UserID, spans ...slots.Interval) ([]TakenTime, error)

	// BusyTime is what of the members' time is taken, of each in their place and by its start.
	BusyTime(ctx context.Context, b BusyQuery) ([][]slots.Busy, error)

	// ReleaseTime gives back the time that holds take which are over. They stay held until they
	// are replaced.
	ReleaseTime(ctx context.Context, holds []core.ID[Appointment]) error

	// BookedIn are the appointments of an agenda that take time and begin in [from, before), by
	// their start.
	BookedIn(ctx context.Context, agenda core.ID[Agenda], from, before time.Time) ([]Booked, error)

	// Turns are how often and when last each member was booked in the agenda since a time, without
	// holds that are over at now.
	Turns(ctx context.Context, agenda core.ID[Agenda], since, now time.Time) ([]Turn, error)
}

// ClientStore tells of a client's rows beside their appointments, whoever asks.
type ClientStore interface {
	// SeriesOf are all series of a client, the oldest first.
	SeriesOf(ctx context.Context, client core.ID[Client]) ([]Series, error)

	// WaitsOf is all waiting of a client, the oldest first; DeleteWaitsOf removes it.
	WaitsOf(ctx context.Context, client core.ID[Client]) ([]WaitlistEntry, error)
	DeleteWaitsOf(ctx context.Context, client core.ID[Client]) error
}

// ReminderStore keeps the reminders of appointments, of which the caller may see the appointment.
type ReminderStore interface {
	// PlanReminders adds reminders. One that there is of the same appointment, start, time and
	// channel is left as it is.
	PlanReminders(ctx context.Context, list []PlannedReminder) error

	// DropReminders removes those of an appointment that are planned only.
	DropReminders(ctx context.Context, id core.ID[Appointment]) error

	// Reminders are those of an appointment, by when they are due.
	Reminders(ctx context.Context, id core.ID[Appointment]) ([]PlannedReminder, error)

	// Reminder reads one.
	Reminder(ctx context.Context, id core.ID[PlannedReminder]) (PlannedReminder, error)

	// NoteReminder writes what became of a planned one. [core.ErrNotFound]: it is none any more.
	NoteReminder(ctx context.Context, r PlannedReminder) error
}

// WaitlistStore keeps those who wait.
type WaitlistStore interface {
	// InsertEntry adds one. [core.ErrExists]: the client waits for the same time already.
	InsertEntry(ctx context.Context, e WaitlistEntry) error

	// Entry reads one; EntryOffered, the one that was offered an appointment.
	Entry(ctx context.Context, id core.ID[WaitlistEntry]) (WaitlistEntry, error)
	EntryOffered(ctx context.Context, id core.ID[Appointment]) (WaitlistEntry, error)

	// ReplaceEntry writes all of e if the row's version is still was, else [core.ErrConflict].
	ReplaceEntry(ctx context.Context, e WaitlistEntry, was int64) error

	// ListEntries lists what the filter lets through, the first in line first.
	ListEntries(ctx context.Context, f WaitlistFilter, p core.Page) (core.List[WaitlistEntry], error)

	// Line reads a part of a line, the first first.
	Line(ctx context.Context, l Line) ([]WaitlistEntry, error)

	// WaitsOver reads up to limit of those who wait for what is past at now, the oldest first.
	WaitsOver(ctx context.Context, now time.Time, limit int) ([]WaitlistEntry, error)
}

// OpenAgenda is an agenda with the company's holidays.
type OpenAgenda struct {
	Agenda
	Closed []slots.Date // in any order
}

// Seated is an appointment with the numbers of its seats.
type Seated struct {
	Appointment
	Seats []int
}

// Line is those who wait for a time of an agenda, not all of which is over, in [From, Until).
type Line struct {
	Agenda      core.ID[Agenda]
	From, Until time.Time
	Now         time.Time
	After       *WaitlistEntry // nil: from the beginning
	Limit       int
}

// BusyQuery asks for the time of members that is taken and overlaps [From, Until).
type BusyQuery struct {
	Members     []core.UserID   // none is there twice
	Agenda      core.ID[Agenda] // of its appointments, each takes one seat; beside others nobody sits
	From, Until time.Time
	Now         time.Time              // holds that are over then do not count
	Except      []core.ID[Appointment] // nor do these
}

// TakenTime is a seat that an appointment takes with a member.
type TakenTime struct {
	MemberID      core.UserID
	AppointmentID core.ID[Appointment]
	AgendaID      core.ID[Agenda]
	SessionID     uuid.UUID // of those who sit together
	Seat          int
	StartDate     time.Time
	EndDate       time.Time
	BufferBefore  slots.Minutes
	BufferAfter   slots.Minutes
	Buffers       slots.Policy
	HoldUntil     *time.Time
}

// Booked is when an appointment of an agenda is.
type Booked struct {
	ID                 core.ID[Appointment]
	StartDate, EndDate time.Time
	HoldUntil          *time.Time
}

// Turn is a member's part of an agenda's appointments.
type Turn struct {
	MemberID core.UserID
	Count    int
	Last     time.Time
}

// Clients are whom appointments are for: contacts, or whatever the embedder has. It is in the
// scope and the transaction of the Tx that has it.
type Clients interface {
	// Check is [core.ErrNotFound] if there is no such client, or the actor may not see them.
	Check(ctx context.Context, id core.ID[Client]) error

	// Receive finds the client who has one of the addresses, or makes one.
	Receive(ctx context.Context, p Person) (core.ID[Client], error)

	// Person is who a client is.
	Person(ctx context.Context, id core.ID[Client]) (Person, error)
}

// Members are those who can take appointments: the company's people, or whatever the embedder has. It
// is in the scope and the transaction of the Tx that has it, and asks for no permission.
//
// Who is not active is passed over by the round robin, has no slots, and is not put into an appointment or
// an agenda. Appointments that they have stay, and are told by [Appointments.OutOfHours]. All of this is as
// it is now: who comes back can be booked again, and nobody has to be told.
type Members interface {
	// Active are those of the users who are with the company now.
	Active(ctx context.Context, users []core.UserID) ([]core.UserID, error)
}

// Person is what a client says of themselves when they book.
type Person struct {
	Name  string `json:"name"`
	Email string `json:"email"`
	Phone string `json:"phone"`
}

// Tx is what this package's services work with: its store and the outbox, in one scope and
// perhaps in one transaction.
type Tx struct {
	Store     Store
	Events    core.Outbox
	Clients   Clients       // nil: any id is a client's
	Members   Members       // nil: any id is a member's, who never leaves
	Calendars Calendars     // nil: members keep none elsewhere
	Jobs      jobs.Enqueuer // nil: reminders are planned, and nobody sends them
	Scope     core.Scope
	Env       core.Env
	Joined    bool // inside a transaction
}
