package assessment

// Scorer is a definition made ready to score answers: in a microsecond, and from many
// goroutines at once.
type Scorer struct {
	definition Definition
	items      []item // one for each question
	place      map[QuestionID]int
	dimensions []dimension
	conditions bool // some question has one
	marks      bool // some question is marked by a person

	unit     int64 // points are counted in 1/unit
	weight   int64 // weights in 1/weight
	floor    int64 // of the total, in 1/(unit·weight)
	pass     *Percent
	percents Percents
	bands    []Band
	typeRule typeRule
	full     []sums // if every question is answered: of the total, then of each dimension
	lanes    []lane // of the same
	words    int    // that the lanes take
	low      int64  // the least and the most of the total, in 1/(unit·weight)
	high     int64
}

type dimension struct {
	*Dimension
	minAnswered int
	mean        bool
	norms       []Norm
}

// Compile validates a definition and makes it ready to score. The error is [core.ErrInvalid]; see
// [Validate]. The definition must not change afterwards.
func Compile(d Definition) (*Scorer, error) {
	var f faults
	checkQuestions(&f, &d)
	if err := f.Err(); err != nil {
		return nil, err // the rest looks the questions up
	}
	c := compiler{faults: &f, scoring: d.Scoring, Scorer: &Scorer{definition: d, place: map[QuestionID]int{}, unit: 1, weight: 1}}
	if c.scoring == nil {
		c.scoring = &Scoring{}
	}
	if d.Kind == Questionnaire && d.Scoring != nil {
		f.add("/scoringLogic", "kind", "a questionnaire is not scored")
	}
	for i := range d.Questions {
		c.place[d.Questions[i].ID] = i
		c.conditions = c.conditions || d.Questions[i].ShowIf != nil
	}
	c.checkDimensions()
	byQuestion := c.checkItems()
	c.units(byQuestion)
	if err := f.Err(); err != nil {
		return nil, err
	}
	for i := range d.Questions {
		c.items = append(c.items, c.item(i, byQuestion[d.Questions[i].ID]))
		c.marks = c.marks || c.items[i].kind == ManualItem
	}
	c.checkResults()
	if err := f.Err(); err != nil {
		return nil, err
	}
	c.bound()
	c.lay()
	return c.Scorer, nil
}

// compiler makes a scorer of a definition whose questions are right.
type compiler struct {
	*faults
	*Scorer
	scoring *Scoring
}

const scoringAt = "/scoringLogic"

// units finds the common denominators of all points and of all weights.
func (c *compiler) units(items map[QuestionID]*Item) {
	for i := range c.definition.Questions {
		q := &c.definition.Questions[i]
		c.unit = lcm(c.unit, q.Points.Den())
		for j := range q.Options {
			c.unit = lcm(c.unit, q.Options[j].Points.Den())
		}
		if q.Type == Subjective {
			c.unit = lcm(c.unit, markUnit)
		}
		it := items[q.ID]
		if it == nil {
			continue
		}
		for _, n := range it.Points {
			c.unit = lcm(c.unit, n.Den())
		}
		for _, n := range []*Number{it.Default, it.Floor, it.Cap} {
			c.unit = lcm(c.unit, orInt(n, 0).Den())
		}
		c.weight = lcm(c.weight, orInt(it.Weight, 1).Den())
		for _, n := range it.Weights {
			c.weight = lcm(c.weight, n.Den())
		}
	}
	if t := c.scoring.Total; t != nil && t.Floor != nil {
		c.unit = lcm(c.unit, t.Floor.Den())
	}
	if c.unit > maxDenominator || c.weight > maxDenominator || c.unit*c.weight > maxDenominator {
		c.add(scoringAt, "denominator", "the fractions among the points and weights have no common denominator of at most %d", maxDenominator)
	}
}

// lcm is the least common multiple, or more than maxDenominator if that is.
func lcm(a, b int64) int64 {
	if a > maxDenominator || b > maxDenominator {
		return maxDenominator + 1
	}
	return a / gcd(a, b) * b
}

func orInt(n *Number, otherwise int64) Number {
	if n == nil {
		return Int(otherwise)
	}
	return *n
}

// scaled is a number in 1/unit, which the number's denominator divides.
func scaled(n Number, unit int64) int64 { return n.num * (unit / n.Den()) }

// bound finds the bounds of a full set of answers, and the least and the most of the total
// over all answers and all that they hide.
func (c *compiler) bound() {
	c.full = make([]sums, 1+len(c.dimensions))
	for i := range c.items {
		it := &c.items[i]
		for j := range it.shares {
			c.full[it.shares[j].to].with(&it.shares[j], it.required)
		}
		low, high := it.shares[0].bounds(it.required && it.showIf == nil)
		c.low += low
		c.high += high
	}
	c.low, c.high = max(c.low, c.floor), max(c.high, c.floor)
}

// Range is the least and the most that the total can be, whatever is answered and hidden, as
// long as what is required is answered.
func (s *Scorer) Range() (low, high Number) {
	return Fraction(s.low, s.unit*s.weight), Fraction(s.high, s.unit*s.weight)
}

// Definition is what the scorer was made of.
func (s *Scorer) Definition() Definition { return s.definition }
