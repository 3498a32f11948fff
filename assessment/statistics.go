package assessment

import (
	"context"

	"github.com/clientele-crm/clientele/core"
)

// minStatistics is how many responses there have to be before anything but their number is told:
// fewer would tell of persons.
const minStatistics = 5

// minReliability is how many complete responses a reliability or discrimination takes: of fewer
// it would be noise.
const minReliability = 10

// Statistics are about the responses to one version.
type Statistics struct {
	Version   int64 `json:"version"`   // its number
	Responses int   `json:"responses"` // all that the caller may see
	Minimum   int   `json:"minimum"`   // with fewer responses than this, nothing else is told

	// Of an assessment, of the final responses:
	MeanPercent  *Percent `json:"meanPercentage,omitempty"`
	Distribution []int    `json:"distribution,omitempty"` // of percentages: ten steps of 10, 100 in the last
	Complete     int      `json:"complete"`               // responses with every item scored: of these alpha and discrimination are
	Alpha        *float64 `json:"alpha,omitempty"`        // Cronbach's; from 10 complete responses on, and two items

	// Of a questionnaire:
	Promoter *PromoterScore `json:"netPromoter,omitempty"`

	Questions []QuestionStatistics `json:"questions,omitempty"` // in their order
}

// QuestionStatistics are about one question.
type QuestionStatistics struct {
	QuestionID QuestionID    `json:"questionId"`       // the question
	Question   string        `json:"question"`         // its text
	Answered   int           `json:"answered"`         // responses with an answer
	Counts     []ChoiceCount `json:"counts,omitempty"` // of options, or of ratings

	// Facility is the mean of the points, of the most that there are: from 0 (nobody) to 1
	// (everybody). Discrimination is the correlation with the points of the other items.
	Facility       *float64 `json:"facility,omitempty"`
	Discrimination *float64 `json:"discrimination,omitempty"` // the correlation with the points of the other items
}

// ChoiceCount is how often something was chosen.
type ChoiceCount struct {
	OptionID OptionID `json:"optionId,omitempty"` // of an option
	Value    *int64   `json:"value,omitempty"`    // of a rating
	Text     string   `json:"text,omitempty"`     // of the option
	Count    int      `json:"count"`              // answers
}

// PromoterScore counts the answers to a 0 to 10 rating: 9 and 10 promote, 0 to 6 detract. Skipped
// ones are not in it.
type PromoterScore struct {
	QuestionID QuestionID `json:"questionId"` // the question
	Promoters  int        `json:"promoters"`  // who said 9 or 10
	Passives   int        `json:"passives"`   // who said 7 or 8
	Detractors int        `json:"detractors"` // who said 0 to 6
	Score      int        `json:"score"`      // -100 to 100, rounded half away from 0
}

// Statistics are about all responses to a version that the actor may see; number 0 is the
// latest. They read every response once, with bounded memory.
func (s *Responses) Statistics(ctx context.Context, form core.ID[Form], number int64) (Statistics, error) {
	if err := allowed(s.work, s.kind.rights().readResponses); err != nil {
		return Statistics{}, err
	}
	tx := s.work.Plain()
	v, err := tx.numbered(ctx, s.kind, form, number)
	if err != nil {
		return Statistics{}, err
	}
	t := newTallies(v)
	err = tx.Store.EachTally(ctx, v.Version.ID, func(row *Tally) error { return t.add(ctx, tx, row) })
	if err != nil {
		return Statistics{}, err
	}
	return t.statistics(), nil
}

// numbered is a form's version of the number, compiled; 0: the latest.
func (tx Tx) numbered(ctx context.Context, kind Kind, form core.ID[Form], number int64) (*compiled, error) {
	f, err := tx.Store.Form(ctx, kind, form)
	if err != nil {
		return nil, err
	}
	if number == 0 {
		if number = f.Published; number == 0 {
			return nil, errUnpublished
		}
	}
	v, err := tx.Store.NumberedVersion(ctx, form, number)
	if err != nil {
		return nil, err
	}
	return tx.version(ctx, v.ID)
}
