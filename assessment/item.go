package assessment

import (
	"math"
	"slices"
)

// item is a question as it is scored.
type item struct {
	id       QuestionID
	kind     ItemKind
	question *Question

	options []OptionID
	earns   []int64  // by option, or by rating from first on; in units, as all below
	points  []Number // the same as numbers
	first   int64
	all     bool // AllCredit
	floor   int64
	cap     int64
	low     int64 // of what an answer can earn
	high    int64

	gives  []give // to the dimensions
	total  share
	shares []share // gives with their bounds
}

// give is the part of a share that every answer needs.
type give struct {
	to     int
	weight int64
}

// share is what an item gives to a dimension or to the total.
type share struct {
	to     int   // the dimension's place
	weight int64 // in the scorer's units of weight

	// low and high are the least and the most of an answer, weighted. An item that may be
	// skipped can also give nothing.
	low, high         int64
	skipLow, skipHigh int64
}

// bounds are the share's: required items cannot be skipped.
func (s share) bounds(required bool) (low, high int64) {
	if required {
		return s.low, s.high
	}
	return s.skipLow, s.skipHigh
}

// item compiles one question; it is the rule for it, or nil for the plain points.
func (c *compiler) item(i int, rule *Item) item {
	q := &c.definition.Questions[i]
	it := item{id: q.ID, question: q, kind: plainKind(q), floor: math.MinInt64, cap: math.MaxInt64}
	if rule == nil {
		rule = &Item{}
	} else {
		it.kind, it.all = rule.Kind, rule.Credit == AllCredit
	}
	if c.definition.Kind == Questionnaire {
		it.kind = NoItem
	}
	if rule.Floor != nil {
		it.floor = scaled(*rule.Floor, c.unit)
	}
	if rule.Cap != nil {
		it.cap = scaled(*rule.Cap, c.unit)
	}
	c.earnings(&it, rule)
	if it.kind != MultiItem { // whose sum is clamped, not its parts
		for i, e := range it.earns {
			it.earns[i] = it.clamp(e)
			it.points = append(it.points, Fraction(it.earns[i], c.unit))
		}
	}
	it.reach()
	if it.all && slices.Max(it.earns) <= 0 {
		c.add(at("/questions", i), "credit", "no option earns points, so that no choice earns all of them")
	}
	if limit := maxPoints * c.unit; it.kind != NoItem && (it.low < -limit || it.high > limit) {
		c.add(at("/questions", i), "range", "can earn more than %d points, or less than -%d", maxPoints, maxPoints)
		return it
	}
	it.total = c.share(&it, 0, orInt(rule.Weight, 1))
	for place := range c.dimensions {
		if w, ok := rule.Weights[c.dimensions[place].Key]; ok {
			s := c.share(&it, place, w)
			it.gives, it.shares = append(it.gives, give{place, s.weight}), append(it.shares, s)
		}
	}
	return it
}

// plainKind is how a question without an item is scored.
func plainKind(q *Question) ItemKind {
	switch q.Type {
	case RatingScale:
		return LikertItem
	case Subjective:
		return ManualItem
	case TrueFalse:
		return TrueFalseItem
	case Checkbox:
		return MultiItem
	case Text:
		return NoItem
	}
	return SingleItem
}

// earnings fills in what each option or rating earns.
func (c *compiler) earnings(it *item, rule *Item) {
	q := it.question
	otherwise := orInt(rule.Default, 0)
	switch it.kind {
	case NoItem:
		return
	case ManualItem:
		it.earns = []int64{0, scaled(q.Points, c.unit)}
		return
	case LikertItem:
		scale := q.scale()
		it.first = scale.Min
		for v := scale.Min; v <= scale.Max; v++ {
			counts := v
			if rule.Reverse {
				counts = scale.Min + scale.Max - v
			}
			n := Int(counts)
			if len(rule.Points) > 0 {
				n = otherwise
				if p, ok := rule.Points[Int(counts).String()]; ok {
					n = p
				}
			}
			it.earns = append(it.earns, scaled(n, c.unit))
		}
		return
	}
	pointed := slices.ContainsFunc(q.Options, func(o Option) bool { return o.Points != Int(0) })
	for _, o := range q.Options {
		n := otherwise
		p, ok := rule.Points[string(o.ID)]
		switch {
		case ok:
			n = p
		case len(rule.Points) > 0:
		case pointed:
			n = o.Points
		case o.Correct:
			n = q.Points
		}
		it.options = append(it.options, o.ID)
		it.earns = append(it.earns, scaled(n, c.unit))
	}
}

// reach finds the least and the most that an answer can earn.
func (it *item) reach() {
	switch it.kind {
	case NoItem:
		return
	case MultiItem:
		for _, e := range it.earns {
			it.low += min(e, 0)
			it.high += max(e, 0)
		}
		if it.low == 0 {
			it.low = slices.Min(it.earns) // at least one is chosen
		}
		if it.high == 0 {
			it.high = slices.Max(it.earns)
		}
		if it.all && len(it.earns) > 1 {
			it.low = 0
		}
	default:
		it.low, it.high = slices.Min(it.earns), slices.Max(it.earns)
	}
	it.low, it.high = it.clamp(it.low), it.clamp(it.high)
}

func (it *item) clamp(n int64) int64 { return min(max(n, it.floor), it.cap) }

// share is what the item gives at a weight.
func (c *compiler) share(it *item, to int, weight Number) share {
	s := share{to: to, weight: scaled(weight, c.weight)}
	s.low, s.high = it.low*s.weight, it.high*s.weight
	if s.low > s.high {
		s.low, s.high = s.high, s.low
	}
	s.skipLow, s.skipHigh = min(s.low, 0), max(s.high, 0)
	return s
}
