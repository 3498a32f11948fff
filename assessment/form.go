package assessment

import (
	"time"

	"github.com/clientele-crm/clientele/core"
)

// Form is an assessment or a questionnaire. Its questions and rules are a draft, which people
// edit; what they answer is a version, which never changes.
type Form struct {
	ID   core.ID[Form] `json:"id"`
	Kind Kind          `json:"kind"` // which of the two
	FormValues
	Questions []Question `json:"questions"`        // the draft's, in their order
	Published int64      `json:"publishedVersion"` // the number of the latest version; 0: none
	IsPublic  bool       `json:"isPublic"`         // it has a public link
	Stamp
}

// FormValues is what a person may change of a form, beside its questions.
type FormValues struct {
	NewForm
	IsActive bool `json:"isActive"` // an inactive form takes no answers; those that are on their way are kept
}

// NewForm is what a person may say of a form that they make.
type NewForm struct {
	Title       string   `json:"title"`                  // 1 to 200 characters
	Description string   `json:"description"`            // up to 4000 characters
	Trait       Trait    `json:"trait"`                  // of an assessment, which has to have one
	Scoring     *Scoring `json:"scoringLogic,omitempty"` // of an assessment; nil: plain points

	MaxAttempts int64      `json:"maxAttempts"`        // responses of one contact; 0: any number. With a limit, strangers have to say who they are
	TimeLimit   int64      `json:"timeLimitMinutes"`   // from start to submit, by the server's clock; 0: none
	Grace       int64      `json:"graceSeconds"`       // on top of the time limit, for slow networks; up to 3600
	Shuffle     bool       `json:"shuffle"`            // each attempt has the questions and options in an order of its own
	ShowResult  bool       `json:"showResult"`         // who submits sees their result
	AskWho      AskWho     `json:"askWho"`             // of who comes by the public link; "": optional. See MaxAttempts
	OpensAt     *time.Time `json:"opensAt,omitempty"`  // when the public link begins to work; none: at once
	ClosesAt    *time.Time `json:"closesAt,omitempty"` // the public link works until then, and what was begun by it counts until then
}

// Trait is what an assessment is about.
type Trait string

// The traits.
const (
	Sales            Trait = "sales"
	Marketing        Trait = "marketing"
	HRManagement     Trait = "hr_management"
	PeopleManagement Trait = "people_management"
	Leadership       Trait = "leadership"
	Communication    Trait = "communication"
	Technical        Trait = "technical"
	Creativity       Trait = "creativity"
)

// Traits are all of them.
func Traits() []Trait {
	return []Trait{Sales, Marketing, HRManagement, PeopleManagement, Leadership, Communication, Technical, Creativity}
}

// AskWho is whether a stranger is asked for name and e-mail address. Who gives an address becomes
// a contact, or is matched with the one that has it, when they submit.
type AskWho string

// The answers to whether.
const (
	AskNot      AskWho = "no"
	AskOptional AskWho = "optional"
	AskRequired AskWho = "required"
)

// Version is a form as it was published. It never changes.
type Version struct {
	ID          core.ID[Version] `json:"id"`
	FormID      core.ID[Form]    `json:"formId"`      // the form
	Number      int64            `json:"number"`      // from 1, without gaps
	Title       string           `json:"title"`       // as it was
	Description string           `json:"description"` // as it was
	Definition  Definition       `json:"definition"`  // the questions and the rules
	Hash        string           `json:"hash"`        // SHA-256 of the title, description and definition, in hexadecimal
	CreatedByID core.UserID      `json:"createdById,omitzero"`
	CreatedAt   time.Time        `json:"createdAt"`
}

// Link is the public address of a form. Its token is shown once, and kept as a hash.
type Link struct {
	ID          core.ID[Link] `json:"id"`
	FormID      core.ID[Form] `json:"formId"`
	RevokedAt   *time.Time    `json:"revokedAt,omitzero"`
	CreatedByID core.UserID   `json:"createdById,omitzero"`
	CreatedAt   time.Time     `json:"createdAt"`
}

// The events of a form.
var (
	FormCreated   = core.EventType[Form]{Name: "form.created", Kind: "form"}
	FormUpdated   = core.EventType[Form]{Name: "form.updated", Kind: "form"}
	FormPublished = core.EventType[Form]{Name: "form.published", Kind: "form"}
	FormDeleted   = core.EventType[Form]{Name: "form.deleted", Kind: "form"}
	FormRescored  = core.EventType[Rescore]{Name: "form.rescored", Kind: "form"}
	LinkCreated   = core.EventType[Link]{Name: "form_link.created", Kind: "form_link"}
	LinkRevoked   = core.EventType[Link]{Name: "form_link.revoked", Kind: "form_link"}
)

// FormFilter narrows a list of forms. They come in the order of their titles.
type FormFilter struct {
	Active *bool
	Trait  Trait // "": any
}
