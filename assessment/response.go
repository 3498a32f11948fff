package assessment

import (
	"time"

	"github.com/clientele-crm/clientele/core"
)

// Attempt is answers on their way: started, saved as often as one likes, submitted once. Who
// has its token may go on, from any device. It is nobody's business before it is submitted,
// so it has no events.
type Attempt struct {
	ID         core.ID[Attempt]  `json:"id"`
	FormID     core.ID[Form]     `json:"formId"`
	VersionID  core.ID[Version]  `json:"versionId"`
	ContactID  ContactID         `json:"contactId,omitzero"`
	Seed       int64             `json:"-"` // of the order of questions and options; 0: as they are
	Name       string            `json:"name"`
	Email      core.Email        `json:"email"`
	Answers    []Answer          `json:"answers"`
	Deadline   *time.Time        `json:"deadline,omitzero"`
	Grace      int64             `json:"-"` // seconds
	ResponseID core.ID[Response] `json:"responseId,omitzero"`
	Version    int64             `json:"version"`
	CreatedAt  time.Time         `json:"createdAt"`
	UpdatedAt  time.Time         `json:"updatedAt"`
}

// late reports whether it is too late to answer.
func (a *Attempt) late(now time.Time) bool {
	return a.Deadline != nil && now.After(a.Deadline.Add(time.Duration(a.Grace)*time.Second))
}

// Response is what somebody answered and, of an assessment, what it came to.
type Response struct {
	Sheet
	Outcome *Outcome `json:"outcome,omitempty"` // the current one; none of a questionnaire
}

// Sheet is what somebody answered.
type Sheet struct {
	ID        core.ID[Response] `json:"id"`
	Kind      Kind              `json:"kind"`               // of the form
	FormID    core.ID[Form]     `json:"formId"`             // what was answered
	VersionID core.ID[Version]  `json:"versionId"`          // the version that was answered, for good
	ContactID ContactID         `json:"contactId,omitzero"` // who answered; none: nobody knows
	AttemptID core.ID[Attempt]  `json:"attemptId,omitzero"` // none: it was recorded at once
	Ordinal   int64             `json:"ordinal"`            // the how many-th of the contact to this form
	Status    Status            `json:"status"`             // whether answers wait for a mark

	Answers     []Answer `json:"answers"`     // of the questions that were asked
	LateAnswers []Answer `json:"lateAnswers"` // that came after the time was over: kept, and not counted
	Marks       []Mark   `json:"marks"`       // for subjective answers
	Late        bool     `json:"late"`        // submitted after the time was over

	StartedAt *time.Time `json:"startedAt,omitzero"` // when the attempt began
	Stamp                // CreatedAt is when it was submitted
}

// Status is whether a response is done.
type Status string

// The statuses.
const (
	PendingReview Status = "pending_review" // answers wait for a mark
	Final         Status = "final"
)

// Outcome is a scoring of a response, by the key of a version. Scoring again keeps those before.
type Outcome struct {
	ID         core.ID[Outcome]  `json:"id"`
	ResponseID core.ID[Response] `json:"responseId"` // what was scored
	VersionID  core.ID[Version]  `json:"versionId"`  // the version by whose key
	AnsweredID core.ID[Version]  `json:"answeredId"` // the version that was answered
	Reason     Reason            `json:"reason"`     // why it was scored
	Result
	Traits    string    `json:"traits"` // a line about every dimension
	CreatedAt time.Time `json:"createdAt"`
}

// Reason is why a response was scored.
type Reason string

// The reasons.
const (
	Submitted Reason = "submitted"
	Marked    Reason = "marked"
	Rescored  Reason = "rescored"
)

// The events of a response.
var (
	ResponseSubmitted = core.EventType[Response]{Name: "response.submitted", Kind: "response"}
	ResponseMarked    = core.EventType[Response]{Name: "response.marked", Kind: "response"}
	ResponseDeleted   = core.EventType[Response]{Name: "response.deleted", Kind: "response"}
)

// ResponseFilter narrows a list of responses. They come newest first, or oldest first.
type ResponseFilter struct {
	Form        core.ID[Form]
	Version     core.ID[Version]
	Contact     ContactID
	Status      Status
	OldestFirst bool
}

// Settings is what a company has decided.
type Settings struct {
	Profiling bool      `json:"profiling"` // results are written into contacts' personality fields; true at first
	Version   int64     `json:"version"`   // counts the decisions; 0: none was made
	UpdatedAt time.Time `json:"updatedAt"`
}

// SettingsUpdated is the event of a company's settings; its subject is the company.
var SettingsUpdated = core.EventType[Settings]{Name: "assessment_settings.updated", Kind: "assessment_settings"}

// Rescore is what scoring the responses of one version by the key of another has done.
type Rescore struct {
	Version   int64 `json:"version"`   // that was answered
	Key       int64 `json:"key"`       // by whose key they are scored now
	Responses int   `json:"responses"` // all that there are
	Changed   int   `json:"changed"`   // those scored by another key before
	Skipped   int   `json:"skipped"`   // whose answers or marks the key does not take
}
