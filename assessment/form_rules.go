package assessment

import (
	"reflect"
	"slices"

	"github.com/clientele-crm/clientele/core"
)

// The limits of a form's values.
const (
	maxTitle       = 200
	maxDescription = 4000
	maxAttempts    = 1000
	maxTimeLimit   = 7 * 24 * 60 // minutes
	maxGrace       = 3600        // seconds
)

// check brings a form into shape, or is [core.ErrInvalid]; was is nil for a new one.
func (f *Form) check(tx Tx, was *Form) error {
	if was == nil {
		was = &Form{}
	}
	var faults faults
	f.checkValues(&faults)
	f.giveIDs(tx)
	d := f.definition()
	switch {
	case len(f.Questions) == 0:
		if f.Scoring != nil && len(f.Scoring.Items)+len(f.Scoring.Dimensions) > 0 && !reflect.DeepEqual(f.Scoring, was.Scoring) {
			faults.add(scoringAt, "exists", "there are no questions yet")
		}
	case !reflect.DeepEqual(f.Scoring, was.Scoring) && f.Scoring != nil:
		faults.take(Validate(d))
	case !reflect.DeepEqual(f.Questions, was.Questions):
		checkQuestions(&faults, &d)
	}
	return faults.Err()
}

// take adds the faults of err.
func (f *faults) take(err error) {
	if e, ok := err.(*core.Error); ok {
		f.Faults = append(f.Faults, e.Fields...)
	}
}

func (f *Form) definition() Definition {
	return Definition{Kind: f.Kind, Questions: f.Questions, Scoring: f.Scoring}
}

func (f *Form) checkValues(faults *faults) {
	if f.Title = faults.Line("/title", f.Title, maxTitle); f.Title == "" {
		faults.add("/title", "required", "is missing")
	}
	f.Description = faults.Text("/description", f.Description, maxDescription)
	switch {
	case f.Kind == Questionnaire && f.Trait != "":
		faults.add("/trait", "kind", "a questionnaire has none")
	case f.Kind == Assessment && !slices.Contains(Traits(), f.Trait):
		faults.add("/trait", "enum", "has to be one of %v", Traits())
	}
	if f.Kind == Questionnaire && f.Scoring != nil {
		faults.add(scoringAt, "kind", "a questionnaire is not scored")
	}
	if f.AskWho == "" {
		f.AskWho = AskOptional
	}
	if f.AskWho != AskNot && f.AskWho != AskOptional && f.AskWho != AskRequired {
		faults.add("/askWho", "enum", "has to be no, optional or required")
	}
	for _, n := range []struct {
		field string
		value int64
		limit int64
	}{{"/maxAttempts", f.MaxAttempts, maxAttempts}, {"/timeLimitMinutes", f.TimeLimit, maxTimeLimit}, {"/graceSeconds", f.Grace, maxGrace}} {
		if n.value < 0 || n.value > n.limit {
			faults.add(n.field, "range", "has to be from 0 to %d", n.limit)
		}
	}
	f.OpensAt, f.ClosesAt = inUTC(f.OpensAt), inUTC(f.ClosesAt)
	if f.OpensAt != nil && f.ClosesAt != nil && !f.OpensAt.Before(*f.ClosesAt) {
		faults.add("/closesAt", "range", "has to be after opensAt")
	}
}

// giveIDs gives ids to questions and options that have none.
func (f *Form) giveIDs(tx Tx) {
	f.definition().WithDefaults()
	for i := range f.Questions[:min(len(f.Questions), maxQuestions)] {
		q := &f.Questions[i]
		if q.ID == "" {
			q.ID = QuestionID(tx.Env.UUID().String())
		}
		for j := range q.Options[:min(len(q.Options), maxOptions)] {
			if q.Options[j].ID == "" {
				q.Options[j].ID = OptionID(tx.Env.UUID().String())
			}
		}
	}
}

// WithDefaults is the definition, in whose questions of true_false and yes_no that have no options
// the two that go without saying are written.
func (d Definition) WithDefaults() Definition {
	for i := range d.Questions {
		q := &d.Questions[i]
		switch {
		case len(q.Options) > 0:
		case q.Type == TrueFalse:
			q.Options = []Option{{ID: "true", Text: "True"}, {ID: "false", Text: "False"}}
		case q.Type == YesNo:
			q.Options = []Option{{ID: "yes", Text: "Yes"}, {ID: "no", Text: "No"}}
		}
	}
	return d
}
