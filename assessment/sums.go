package assessment

import "math/bits"

// sums are the bounds of a dimension or of the total, in 1/(unit·weight). They begin with all
// that would be there if every question was answered, and lose what is not.
type sums struct {
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

// sum makes the result of what so many items have given to the lanes: the others are hidden, skipped
// or not marked.
func (s *Scorer) sum(r *Result, words []uint64, given int) {
	if given == len(s.items) {
		s.sumUp(r, words, s.full)
		return
	}
	var few [8]sums
	of := append(few[:0], s.full...)
	for i := 0; given < len(s.items); i++ {
		if state := r.Items[i].State(); state < Unscored {
			s.items[i].withhold(of, state == Hidden)
			given++
			if state == Pending {
				r.Pending++
			}
		}
	}
	s.sumUp(r, words, of)
}

// withhold takes an item that earns nothing out of the sums.
func (it *item) withhold(of []sums, hidden bool) {
	for i := range it.shares {
		of[it.shares[i].to].without(&it.shares[i], hidden, it.required)
	}
}

// sumUp makes the result of the sums.
func (s *Scorer) sumUp(r *Result, words []uint64, of []sums) {
	total, whole := &of[0], s.unit*s.weight
	score := max(total.meanLow+s.lanes[0].in(words), s.floor)
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
	if band := bandOf(s.bands, r.Percentage); band != nil {
		r.Band = band.Key
		if rk := s.definition.Scoring.Ranking; rk != nil && rk.By == "band" {
			r.Ranking = band.name()
		}
	}
	for i := range s.dimensions {
		part := &of[1+i]
		s.sumDimension(&s.dimensions[i], &r.Dimensions[i], part, part.meanLow+s.lanes[1+i].in(words))
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

func (s *Scorer) sumDimension(d *dimension, score *DimensionScore, t *sums, sum int64) {
	score.Key, score.Label, score.Answered = d.Key, d.Label, t.answered
	if t.answered < d.minAnswered {
		return
	}
	score.Scored = true
	low, high := t.low, t.high
	if d.mean {
		low, high = t.meanLow, t.meanHigh
		score.Value = fraction(sum, s.unit*t.weight)
	} else {
		score.Value = fraction(sum, s.unit*s.weight)
	}
	if d.Percent == OfRange {
		score.Percentage = percentOf(sum-low, high-low)
	} else {
		score.Percentage = percentOf(sum, high)
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

// fraction is [Fraction], which needs no division for integers, halves and quarters.
func fraction(num, den int64) Number {
	twos := min(bits.TrailingZeros64(uint64(num)), bits.TrailingZeros64(uint64(den)))
	num, den = num>>twos, den>>twos
	if den&(den-1) == 0 {
		return Number{num, den - 1}
	}
	return Fraction(num, den)
}
