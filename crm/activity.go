package crm

import (
	"time"

	"github.com/clientele-crm/clientele/core"
)

// Activity is something done with a contact, or to be done.
type Activity struct {
	ID        core.ID[Activity] `json:"id"`
	ContactID core.ID[Contact]  `json:"contactId"` // whom it is about
	NewActivity
	CompletedAt *time.Time `json:"completedAt,omitzero"` // when IsCompleted was said
	Stamp
}

// NewActivity is what a person may say of an activity.
type NewActivity struct {
	Type        ActivityType `json:"type"`                 // reminder, todo, meeting, call, email or other
	Title       string       `json:"title"`                // 1 to 200 characters
	Description string       `json:"description"`          // up to 4000 characters
	ScheduledAt *time.Time   `json:"scheduledAt,omitzero"` // from the year 1900 up to 2199
	IsCompleted bool         `json:"isCompleted"`          // whether it is done
}

// ActivityType is what kind of thing is to be done.
type ActivityType string

// The types of activities.
const (
	Reminder      ActivityType = "reminder"
	Todo          ActivityType = "todo"
	Meeting       ActivityType = "meeting"
	Call          ActivityType = "call"
	EmailActivity ActivityType = "email"
	OtherActivity ActivityType = "other"
)

// ActivityFilter says which activities a list has, the newest first. Several conditions are
// met all at once.
type ActivityFilter struct {
	Type      ActivityType
	Completed *bool
}

// The events of an activity.
var (
	ActivityCreated = core.EventType[Activity]{Name: "activity.created", Kind: "activity"}
	ActivityUpdated = core.EventType[Activity]{Name: "activity.updated", Kind: "activity"}
	ActivityDeleted = core.EventType[Activity]{Name: "activity.deleted", Kind: "activity"}
)

// check brings the activity into its canonical form, or says what is wrong with it.
func (a *Activity) check(was *Activity, now time.Time) error {
	var f core.Faults
	checkActivityType(&f, a.Type)
	if a.Type == "" {
		f.Add("/type", "required", "an activity has to have a type")
	}
	a.Title = f.Line("/title", a.Title, maxName)
	if a.Title == "" {
		f.Add("/title", "required", "an activity has to have a title")
	}
	a.Description = f.Text("/description", a.Description, maxText)
	a.ScheduledAt = schedule(&f, was.ScheduledAt, a.ScheduledAt)
	switch a.CompletedAt = was.CompletedAt; {
	case !a.IsCompleted:
		a.CompletedAt = nil
	case a.CompletedAt == nil:
		a.CompletedAt = &now
	}
	return f.Err()
}

func checkActivityType(f *core.Faults, t ActivityType) {
	switch t {
	case "", Reminder, Todo, Meeting, Call, EmailActivity, OtherActivity:
	default:
		f.Add("/type", "enum", "has to be reminder, todo, meeting, call, email or other")
	}
}

// schedule is the instant as it is kept: in UTC, to the microsecond.
func schedule(f *core.Faults, was, at *time.Time) *time.Time {
	if at == nil || was != nil && at.Equal(*was) {
		if at != nil {
			return was
		}
		return nil
	}
	kept := at.UTC().Truncate(time.Microsecond)
	if y := kept.Year(); y < 1900 || y > 2199 {
		f.Add("/scheduledAt", "range", "has to be in the years from 1900 to 2199")
	}
	return &kept
}
