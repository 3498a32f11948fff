package assessment

import (
	"fmt"
	"math"
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
	var total sums
	for i := range s.items {
		if err := s.scoreItem(i, said, marks, &r, &total, parts); err != nil {
			return Result{}, err
		}
	}
	s.sumUp(&r, total, parts)
	return r, nil
}

// sums is what a dimension or the total has come to, in 1/(unit·weight).
type sums struct {
	score, low, high int64
	weight           int64 // of what was answered, in 1/weight
	answered         int

	meanLow, meanHigh int64 // of what was answered
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

// scoreItem adds one question to the sums.
func (s *Scorer) scoreItem(i int, said []*Answer, marks []Mark, r *Result, total *sums, parts []sums) error {
	it, score := &s.items[i], &r.Items[i]
	score.QuestionID = it.id
	if s.conditions && it.question.ShowIf != nil && !s.shown(it, said) {
		said[i] = nil // for those behind it
		score.State = Hidden
		return nil
	}
	a := said[i]
	var earned int64
	switch {
	case a == nil && it.question.Required:
		score.State = Missing
	case a == nil:
		score.State = Skipped
	case it.kind == NoItem:
		if !it.fits(a) {
			return s.refuse(*a, nil)
		}
		score.State = Unscored
		return nil
	default:
		var ok bool
		if earned, score.State, ok = s.earned(it, a, marks); !ok {
			return s.refuse(*a, marks)
		}
		score.Points = fraction(earned, s.unit)
		if score.State == Pending {
			r.Pending++
		}
	}
	if it.kind == NoItem {
		return nil
	}
	answered := score.State == Scored
	total.add(&it.total, earned, it.question.Required, answered)
	for j := range it.shares {
		parts[it.shares[j].to].add(&it.shares[j], earned, it.question.Required, answered)
	}
	return nil
}

func (t *sums) add(s *share, earned int64, required, answered bool) {
	if !answered {
		t.low += s.skipLow
		t.high += s.skipHigh
		return
	}
	low, high := s.bounds(required)
	t.low += low
	t.high += high
	t.score += earned * s.weight
	t.weight += s.weight
	t.answered++
	t.meanLow += s.low
	t.meanHigh += s.high
}

// shown reports whether a question is asked, of the answers to those before it.
func (s *Scorer) shown(it *item, said []*Answer) bool {
	return it.question.ShowIf.holds(func(id QuestionID) *Answer { return said[s.place[id]] })
}

// earned is what an answer earns; not ok: it is no answer to the question.
func (s *Scorer) earned(it *item, a *Answer, marks []Mark) (points int64, state ItemState, ok bool) {
	switch it.kind {
	case LikertItem:
		if a.Value == nil || len(a.OptionIDs) > 0 {
			return 0, 0, false
		}
		i := *a.Value - it.first
		if i < 0 || i >= int64(len(it.earns)) {
			return 0, 0, false
		}
		return it.clamp(it.earns[i]), Scored, true
	case ManualItem:
		if !it.fits(a) {
			return 0, 0, false
		}
		return s.marked(it, marks)
	case MultiItem:
		return it.several(a)
	}
	if len(a.OptionIDs) != 1 || a.Value != nil {
		return 0, 0, false
	}
	for i := range it.options {
		if it.options[i] == a.OptionIDs[0] {
			return it.clamp(it.earns[i]), Scored, true
		}
	}
	return 0, 0, false
}

func (s *Scorer) marked(it *item, marks []Mark) (int64, ItemState, bool) {
	for i := range marks {
		if marks[i].QuestionID != it.id {
			continue
		}
		p := marks[i].Points
		if s.unit%p.Den() != 0 || p.num < 0 || p.Cmp(it.question.Points) > 0 {
			return 0, 0, false
		}
		return it.clamp(scaled(p, s.unit)), Scored, true
	}
	return 0, Pending, true
}

// several is what a choice of several options earns.
func (it *item) several(a *Answer) (points int64, state ItemState, ok bool) {
	if a.Value != nil || len(a.OptionIDs) == 0 || len(a.OptionIDs) > len(it.options) {
		return 0, 0, false
	}
	var chosen [2]uint64 // by the option's place: maxOptions fit
	for _, id := range a.OptionIDs {
		place := -1
		for i := range it.options {
			if it.options[i] == id {
				place = i
				break
			}
		}
		if place < 0 || chosen[place/64]&(1<<(place%64)) != 0 {
			return 0, 0, false
		}
		chosen[place/64] |= 1 << (place % 64)
		points += it.earns[place]
	}
	if it.all {
		points = 0
		for i, e := range it.earns {
			if (e > 0) != (chosen[i/64]&(1<<(i%64)) != 0) {
				return max(0, it.clamp(math.MinInt64)), Scored, true
			}
			points += max(e, 0)
		}
	}
	return it.clamp(points), Scored, true
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
