package assessment

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

// sum sums up what the items have earned, of which so many are given: the others are hidden,
// skipped or not marked.
func (s *Scorer) sum(r *Result, earned []int64, given int) {
	var few [8]sums
	parts := few[:]
	if len(s.dimensions) > len(few) {
		parts = make([]sums, len(s.dimensions))
	}
	total := s.fullTotal
	for i, w := range s.weights {
		total.score += earned[i] * w
	}
	for k := range s.dimensions {
		parts[k] = s.fullParts[k]
		score := int64(0)
		for _, of := range s.dimensions[k].gives {
			score += earned[of.item] * of.weight
		}
		parts[k].score = score
	}
	r.Pending = 0
	for i := 0; given < len(s.items); i++ {
		if state := r.Items[i].State; state < Unscored {
			s.items[i].withhold(&total, parts, state == Hidden)
			given++
			if state == Pending {
				r.Pending++
			}
		}
	}
	s.sumUp(r, total, parts)
}

// withhold takes an item that earns nothing out of the sums.
func (it *item) withhold(total *sums, parts []sums, hidden bool) {
	total.without(&it.total, hidden, it.required)
	for i := range it.shares {
		parts[it.shares[i].to].without(&it.shares[i], hidden, it.required)
	}
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
