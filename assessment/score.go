package assessment

import (
	"fmt"
)

// Score is what the answers, and the marks given for the subjective ones, come to under the
// definition. To score many, [Compile] it once. The error is [core.ErrInvalid]: a definition or
// an answer that is wrong. What is required and not answered is no error, but [Missing].
func Score(d Definition, answers []Answer, marks []Mark) (Result, error) {
	s, err := Compile(d)
	if err != nil {
		return Result{}, err
	}
	return s.Score(answers, marks)
}

// Score is [Score] under the scorer's definition.
func (s *Scorer) Score(answers []Answer, marks []Mark) (Result, error) {
	var small [64]*Answer
	said := small[:]
	if len(s.items) > len(small) {
		said = make([]*Answer, len(s.items))
	}
	said = said[:len(s.items)]
	if err := s.arrange(answers, said); err != nil {
		return Result{}, err
	}
	r := Result{
		Items:      make([]ItemScore, len(s.items)),
		Dimensions: make([]DimensionScore, len(s.dimensions)),
	}
	var few [8]sums
	parts := few[:]
	if len(s.dimensions) > len(few) {
		parts = make([]sums, len(s.dimensions))
	}
	copy(parts, s.fullParts)
	total := s.fullTotal
	for i := range s.items {
		it, a, score := &s.items[i], said[i], &r.Items[i]
		earned := int64(0)
		switch {
		case it.question.ShowIf != nil && !s.shown(it, said):
			score.State, said[i] = Hidden, nil // nil for those behind it
		case a == nil && it.question.Required:
			score.State = Missing
		case a == nil:
			score.State = Skipped
		default:
			var ok bool
			if earned, ok = s.scoreAnswer(it, a, marks, score); !ok {
				return Result{}, s.refuse(*a, marks)
			}
		}
		switch score.State {
		case Scored:
			total.score += earned * it.total.weight
			for _, g := range it.gives {
				parts[g.to].score += earned * g.weight
			}
		case Unscored: // it gives nothing anyway
		case Pending:
			r.Pending++
			fallthrough
		default:
			total.without(&it.total, score.State == Hidden, it.question.Required)
			for j := range it.shares {
				parts[it.shares[j].to].without(&it.shares[j], score.State == Hidden, it.question.Required)
			}
		}
	}
	s.sumUp(&r, total, parts)
	return r, nil
}

// sums is what a dimension or the total has come to, in 1/(unit·weight). It begins with all
// that would be there if every question was answered, and loses what is not.
type sums struct {
	score             int64
	low, high         int64
	meanLow, meanHigh int64 // of what was answered
	weight            int64 // of what was answered, in 1/weight
	answered          int
}

// with counts a share in.
func (t *sums) with(s *share, required bool) {
	low, high := s.bounds(required)
	t.low += low
	t.high += high
	t.meanLow += s.low
	t.meanHigh += s.high
	t.weight += s.weight
	t.answered++
}

// without takes out the share of what was not answered: what was asked stays in the bounds.
func (t *sums) without(s *share, hidden, required bool) {
	low, high := s.bounds(required)
	t.low -= low
	t.high -= high
	if !hidden {
		t.low += s.skipLow
		t.high += s.skipHigh
	}
	t.meanLow -= s.low
	t.meanHigh -= s.high
	t.weight -= s.weight
	t.answered--
}

// arrange puts each answer at the place of its question, and refuses what cannot be an answer.
func (s *Scorer) arrange(answers []Answer, said []*Answer) error {
	for i := range answers {
		a := &answers[i]
		place := i
		if i >= len(s.items) || s.items[i].id != a.QuestionID { // mostly they come in order
			p, ok := s.place[a.QuestionID]
			if !ok {
				return s.CheckAnswers(answers)
			}
			place = p
		}
		if said[place] != nil {
			return s.CheckAnswers(answers)
		}
		if !a.Empty() {
			said[place] = a
		}
	}
	return nil
}

// shown reports whether a question is asked, of the answers to those before it.
func (s *Scorer) shown(it *item, said []*Answer) bool {
	return it.question.ShowIf.holds(func(id QuestionID) *Answer { return said[s.place[id]] })
}

// sumUp makes the result of the sums.
func (s *Scorer) sumUp(r *Result, total sums, parts []sums) {
	whole := s.unit * s.weight
	score := max(total.score, s.floor)
	low, high := max(total.low, s.floor), max(total.high, s.floor)
	r.TotalScore, r.MinScore, r.MaxScore = fraction(score, whole), fraction(low, whole), fraction(high, whole)
	if s.percents == OfRange {
		r.Percentage = percentOf(score-low, high-low)
	} else {
		r.Percentage = percentOf(score, high)
	}
	if s.pass != nil {
		r.Passed = passed(r.Percentage >= *s.pass)
	}
	band := bandOf(s.bands, r.Percentage)
	if band != nil {
		r.Band = band.Key
		if rk := s.definition.Scoring.Ranking; rk != nil && rk.By == "band" {
			r.Ranking = band.name()
		}
	}
	for i := range s.dimensions {
		s.sumDimension(&s.dimensions[i], &r.Dimensions[i], parts[i])
	}
	if s.typeRule != nil {
		r.PersonalityType = s.typeRule.typeOf(r.Dimensions)
	}
}

var yes, no = true, false

// passed is a pointer that costs no allocation.
func passed(is bool) *bool {
	if is {
		return &yes
	}
	return &no
}

func (s *Scorer) sumDimension(d *dimension, score *DimensionScore, t sums) {
	score.Key, score.Label, score.Answered = d.Key, d.Label, t.answered
	if t.answered < d.minAnswered {
		return
	}
	score.Scored = true
	low, high := t.low, t.high
	if d.mean {
		low, high = t.meanLow, t.meanHigh
		score.Value = Fraction(t.score, s.unit*t.weight)
	} else {
		score.Value = fraction(t.score, s.unit*s.weight)
	}
	if d.Percent == OfRange {
		score.Percentage = percentOf(t.score-low, high-low)
	} else {
		score.Percentage = percentOf(t.score, high)
	}
	for i := len(d.norms) - 1; i >= 0; i-- {
		if score.Value.Cmp(d.norms[i].From) >= 0 {
			score.Norm = &d.norms[i].Is
			break
		}
	}
	if b := bandOf(d.Bands, score.Percentage); b != nil {
		score.Band = b.Key
	}
}

// fraction is [Fraction], quick where it is an integer.
func fraction(num, den int64) Number {
	if den == 1 {
		return Number{num: num}
	}
	return Fraction(num, den)
}

// refuse says what is wrong with an answer, or with the mark given for it.
func (s *Scorer) refuse(a Answer, marks []Mark) error {
	if err := s.CheckAnswers([]Answer{a}); err != nil {
		return err
	}
	if err := s.CheckMarks(marks); err != nil {
		return err
	}
	return malformed(fmt.Sprintf("has no answer to %.64q that can be scored", a.QuestionID))
}
