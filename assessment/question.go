package assessment

// Definition is all that the scoring of a form depends on: its questions and its rules.
type Definition struct {
	Kind      Kind       `json:"kind"`      // of the form
	Questions []Question `json:"questions"` // in their order
	Scoring   *Scoring   `json:"scoringLogic,omitempty"`
}

// Kind tells the two kinds of forms apart.
type Kind string

// The kinds of forms.
const (
	Assessment    Kind = "assessment"
	Questionnaire Kind = "questionnaire"
)

// QuestionID names a question within its form. The author chooses it ("q1"), or gets a UUID.
// It stays the same through all versions.
type QuestionID string

// OptionID names an option within its question, as QuestionID does a question.
type OptionID string

// Question is one thing that is asked.
type Question struct {
	ID       QuestionID   `json:"id"`                 // 1 to 64 of a-z, A-Z, 0-9, ".", "_" and "-"
	Text     string       `json:"question"`           // 1 to 2000 characters
	Type     QuestionType `json:"type"`               // what kind of answer it wants
	HelpText string       `json:"helpText,omitempty"` // up to 1000 characters
	Required bool         `json:"isRequired"`         // nobody can submit without, unless it is hidden

	Points  Number   `json:"points"`            // what the right answer earns, or the most that a person may give
	Options []Option `json:"options,omitempty"` // of the types that have a choice; two of true_false and yes_no
	Scale   *Scale   `json:"scale,omitempty"`   // of rating_scale; nil: 1 to 5

	Promoter bool       `json:"netPromoter,omitempty"` // a 0 to 10 rating that the net promoter score counts
	ShowIf   *Condition `json:"showIf,omitempty"`      // hidden where it does not hold
}

// QuestionType is what kind of answer a question wants.
type QuestionType string

// The types of questions. Assessments have the first four, questionnaires multiple_choice,
// rating_scale and the last three.
const (
	MultipleChoice QuestionType = "multiple_choice" // one option; several where its item says kind multi
	RatingScale    QuestionType = "rating_scale"    // a whole number
	TrueFalse      QuestionType = "true_false"      // one of two options
	Subjective     QuestionType = "subjective"      // a text that a person marks
	Text           QuestionType = "text"            // a text
	YesNo          QuestionType = "yes_no"          // one of two options
	Checkbox       QuestionType = "checkbox"        // any number of options
)

// Option is an answer to choose.
type Option struct {
	ID      OptionID `json:"id"`
	Text    string   `json:"text"` // 1 to 500 characters
	Points  Number   `json:"points"`
	Correct bool     `json:"isCorrect"` // it earns the question's points, where no option has points of its own
}

// Scale is the whole numbers that a rating may be.
type Scale struct {
	Min      int64  `json:"min"`                // -1000 to 1000
	Max      int64  `json:"max"`                // more than Min, by 100 at most
	MinLabel string `json:"minLabel,omitempty"` // what the least means
	MaxLabel string `json:"maxLabel,omitempty"` // what the most means
}

// scale is that of a rating with its default.
func (q *Question) scale() Scale {
	if q.Scale == nil {
		return Scale{Min: 1, Max: 5}
	}
	return *q.Scale
}

// chooses reports whether the answer is of options.
func (q *Question) chooses() bool {
	switch q.Type {
	case MultipleChoice, TrueFalse, YesNo, Checkbox:
		return true
	}
	return false
}

// Answer is what somebody said to one question.
type Answer struct {
	QuestionID QuestionID `json:"questionId"`           // the question
	OptionIDs  []OptionID `json:"optionIds,omitempty"`  // of a choice
	Value      *int64     `json:"value,omitempty"`      // of a rating
	Text       string     `json:"answerText,omitempty"` // of a text; with a choice or a rating, a remark
}

// Empty reports whether nothing was said.
func (a *Answer) Empty() bool { return len(a.OptionIDs) == 0 && a.Value == nil && a.Text == "" }

// Mark is what a person gives for a subjective answer.
type Mark struct {
	QuestionID QuestionID `json:"questionId"`        // a subjective one
	Points     Number     `json:"points"`            // 0 to the question's points
	Comment    string     `json:"comment,omitempty"` // up to 2000 characters
}
