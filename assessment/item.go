package assessment

import (
	"math"
	"slices"
)

// item is a question as it is scored: what every answer needs, close together.
type item struct {
	key      uint64 // see keyOf
	found    lookup
	required bool
	long     bool       // some id is longer than its key
	first    int64      // the rating of the first choice
	choices  []choice   // by option, or by rating from first on
	showIf   *Condition // nil: it is always asked
	*itemRule
}

// itemRule is the rest of an item.
type itemRule struct {
	kind     ItemKind
	question *Question
	options  []OptionID
	all      bool  // AllCredit
	floor    int64 // in units, as those below
	cap      int64
	low      int64 // of what an answer can earn
	high     int64
	shares   []share // to the total, then to dimensions
}

// lookup is how an answer is found among the choices.
type lookup uint8

const (
	byRule   lookup = iota // it is not one choice
	byRating               // by its value
	byOption               // by its only option
)

// choice is an option or a rating.
type choice struct {
	key   uint64 // of the option
	score ItemScore
	gives uint64   // to the first word of the lanes
	more  []uint64 // and to the others
	earns int64    // in units
}

// share is what an item gives to a sum: the total or a dimension.
type share struct {
	to     int   // the sum's place: 0 is the total, 1 the first dimension
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
	it := item{
		key: keyOf(string(q.ID)), long: len(q.ID) > 7, showIf: q.ShowIf, required: q.Required,
		itemRule: &itemRule{question: q, kind: plainKind(q), floor: math.MinInt64, cap: math.MaxInt64},
	}
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
		for i := range it.choices {
			e := it.clamp(it.choices[i].earns)
			it.choices[i].earns, it.choices[i].score = e, itemScore(Scored, Fraction(e, c.unit))
		}
	}
	it.reach()
	if it.all && it.best() <= 0 {
		c.add(at("/questions", i), "credit", "no option earns points, so that no choice earns all of them")
	}
	if limit := maxPoints * c.unit; it.kind != NoItem && (it.low < -limit || it.high > limit) {
		c.add(at("/questions", i), "range", "can earn more than %d points, or less than -%d", maxPoints, maxPoints)
		return it
	}
	it.shares = append(it.shares, c.share(&it, 0, orInt(rule.Weight, 1)))
	for place := range c.dimensions {
		if w, ok := rule.Weights[c.dimensions[place].Key]; ok {
			it.shares = append(it.shares, c.share(&it, 1+place, w))
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
		it.choices = []choice{{}, {earns: scaled(q.Points, c.unit)}}
		return
	case LikertItem:
		it.found = byRating
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
			it.choices = append(it.choices, choice{earns: scaled(n, c.unit)})
		}
		return
	case SingleItem, TrueFalseItem:
		it.found = byOption
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
		key := keyOf(string(o.ID))
		it.long = it.long || key >= longKey
		it.choices = append(it.choices, choice{key: key, earns: scaled(n, c.unit)})
	}
}

// reach finds the least and the most that an answer can earn.
func (it *item) reach() {
	switch it.kind {
	case NoItem:
		return
	case MultiItem:
		for _, c := range it.choices {
			it.low += min(c.earns, 0)
			it.high += max(c.earns, 0)
		}
		if it.low == 0 {
			it.low = it.worst() // at least one is chosen
		}
		if it.high == 0 {
			it.high = it.best()
		}
		if it.all && len(it.choices) > 1 {
			it.low = 0
		}
	default:
		it.low, it.high = it.worst(), it.best()
	}
	it.low, it.high = it.clamp(it.low), it.clamp(it.high)
}

// worst and best are the least and the most that one choice earns.
func (it *item) worst() int64 { return slices.MinFunc(it.choices, byEarnings).earns }
func (it *item) best() int64  { return slices.MaxFunc(it.choices, byEarnings).earns }

func byEarnings(a, b choice) int { return compare(a.earns, b.earns) }

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
