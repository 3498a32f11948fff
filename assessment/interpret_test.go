package assessment

import (
	"math/big"
	"strconv"
)

// interpreted is what an interpreter of scoring documents comes to: written from the
// documentation, over arbitrary fractions, without regard to speed. Compiled scoring has to
// agree with it.
type interpreted struct {
	total, low, high *big.Rat
	percentage       int64
	dimensions       map[string]interpretedDimension
	states           []ItemState
}

type interpretedDimension struct {
	scored     bool
	value      *big.Rat
	percentage int64
}

func ratOf(n Number) *big.Rat { return big.NewRat(n.Num(), n.Den()) }

func ratOr(n *Number, otherwise int64) *big.Rat {
	if n == nil {
		return big.NewRat(otherwise, 1)
	}
	return ratOf(*n)
}

// earning is what an answer to an item earns, and the least and the most that one can.
func earning(q *Question, rule *Item, a *Answer) (got, low, high *big.Rat) {
	clamp := func(r *big.Rat) *big.Rat {
		if rule.Floor != nil && r.Cmp(ratOf(*rule.Floor)) < 0 {
			return ratOf(*rule.Floor)
		}
		if rule.Cap != nil && r.Cmp(ratOf(*rule.Cap)) > 0 {
			return ratOf(*rule.Cap)
		}
		return r
	}
	worth := map[string]*big.Rat{}
	if q.Type == RatingScale {
		for v := q.scale().Min; v <= q.scale().Max; v++ {
			x := v
			if rule.Reverse {
				x = q.scale().Min + q.scale().Max - v
			}
			worth[strconv.FormatInt(v, 10)] = big.NewRat(x, 1)
			if rule.Points != nil {
				n, ok := rule.Points[strconv.FormatInt(x, 10)]
				if !ok {
					n = orInt(rule.Default, 0)
				}
				worth[strconv.FormatInt(v, 10)] = ratOf(n)
			}
		}
	}
	anyPoints := false
	for _, o := range q.Options {
		anyPoints = anyPoints || o.Points != Int(0)
	}
	for _, o := range q.Options {
		worth[string(o.ID)] = new(big.Rat)
		if n, ok := rule.Points[string(o.ID)]; ok {
			worth[string(o.ID)] = ratOf(n)
		} else if rule.Points != nil {
			worth[string(o.ID)] = ratOr(rule.Default, 0)
		} else if anyPoints {
			worth[string(o.ID)] = ratOf(o.Points)
		} else if o.Correct {
			worth[string(o.ID)] = ratOf(q.Points)
		}
	}
	// Every answer there can be, one after the other.
	var said string
	if a != nil && a.Value != nil {
		said = strconv.FormatInt(*a.Value, 10)
	} else if a != nil {
		for _, o := range q.Options {
			for _, id := range a.OptionIDs {
				if id == o.ID {
					said += string(id) + ","
				}
			}
		}
	}
	consider := func(name string, r *big.Rat) {
		if low == nil || r.Cmp(low) < 0 {
			low = r
		}
		if high == nil || r.Cmp(high) > 0 {
			high = r
		}
		if name == said {
			got = r
		}
	}
	if rule.Kind != MultiItem {
		for name, r := range worth {
			if q.Type != RatingScale {
				name += ","
			}
			consider(name, clamp(r))
		}
		return got, low, high
	}
	full, positives := new(big.Rat), 0
	for _, r := range worth {
		if r.Sign() > 0 {
			full.Add(full, r)
			positives++
		}
	}
	for set := 1; set < 1<<len(q.Options); set++ {
		name, sum, right, wrong := "", new(big.Rat), 0, 0
		for i, o := range q.Options {
			if set&(1<<i) == 0 {
				continue
			}
			name += string(o.ID) + ","
			sum.Add(sum, worth[string(o.ID)])
			if worth[string(o.ID)].Sign() > 0 {
				right++
			} else {
				wrong++
			}
		}
		if rule.Credit == AllCredit {
			sum = ratOr(rule.Floor, 0)
			if sum.Sign() < 0 {
				sum = new(big.Rat)
			}
			if rule.Cap != nil && sum.Cmp(ratOf(*rule.Cap)) > 0 {
				sum = ratOf(*rule.Cap)
			}
			if right == positives && wrong == 0 {
				sum = full
			}
		}
		consider(name, clamp(sum))
	}
	return got, low, high
}

func interpret(d Definition, answers []Answer) interpreted {
	said := map[QuestionID]*Answer{}
	for i := range answers {
		if !answers[i].Empty() {
			said[answers[i].QuestionID] = &answers[i]
		}
	}
	out := interpreted{total: new(big.Rat), low: new(big.Rat), high: new(big.Rat), dimensions: map[string]interpretedDimension{}}
	type sum struct{ score, low, high, weight, answeredLow, answeredHigh *big.Rat }
	newSum := func() *sum {
		return &sum{new(big.Rat), new(big.Rat), new(big.Rat), new(big.Rat), new(big.Rat), new(big.Rat)}
	}
	dims, answered := map[string]*sum{}, map[string]int{}
	for _, dim := range d.Scoring.Dimensions {
		dims[dim.Key] = newSum()
	}
	total := newSum()
	for i := range d.Questions {
		q := &d.Questions[i]
		if q.ShowIf != nil && !q.ShowIf.holds(func(id QuestionID) *Answer { return said[id] }) {
			delete(said, q.ID)
			out.states = append(out.states, Hidden)
			continue
		}
		rule := &Item{Kind: plainKind(q)}
		for j := range d.Scoring.Items {
			if d.Scoring.Items[j].Question == q.ID {
				rule = &d.Scoring.Items[j]
			}
		}
		a := said[q.ID]
		state := Scored
		switch {
		case a == nil && q.Required:
			state = Missing
		case a == nil:
			state = Skipped
		case rule.Kind == NoItem:
			state = Unscored
		}
		out.states = append(out.states, state)
		if rule.Kind == NoItem {
			continue
		}
		got, low, high := earning(q, rule, a)
		give := func(t *sum, w *big.Rat) {
			mul := func(r *big.Rat) *big.Rat { return new(big.Rat).Mul(r, w) }
			l, h := mul(low), mul(high)
			if l.Cmp(h) > 0 {
				l, h = h, l
			}
			if state == Scored {
				t.score.Add(t.score, mul(got))
				t.weight.Add(t.weight, w)
				t.answeredLow.Add(t.answeredLow, l)
				t.answeredHigh.Add(t.answeredHigh, h)
			}
			if !q.Required || state != Scored {
				if l.Sign() > 0 {
					l = new(big.Rat)
				}
				if h.Sign() < 0 {
					h = new(big.Rat)
				}
			}
			t.low.Add(t.low, l)
			t.high.Add(t.high, h)
		}
		give(total, ratOr(rule.Weight, 1))
		for key, w := range rule.Weights {
			give(dims[key], ratOf(w))
			if state == Scored {
				answered[key]++
			}
		}
	}
	floor := func(r *big.Rat) *big.Rat {
		if t := d.Scoring.Total; t != nil && t.Floor != nil && r.Cmp(ratOf(*t.Floor)) < 0 {
			return ratOf(*t.Floor)
		}
		return r
	}
	out.total, out.low, out.high = floor(total.score), floor(total.low), floor(total.high)
	of := OfMax
	if d.Scoring.Total != nil {
		of = d.Scoring.Total.Percent
	}
	out.percentage = percentage(out.total, out.low, out.high, of)
	for _, dim := range d.Scoring.Dimensions {
		t := dims[dim.Key]
		if answered[dim.Key] < max(dim.MinAnswered, 1) {
			out.dimensions[dim.Key] = interpretedDimension{}
			continue
		}
		is := interpretedDimension{scored: true, value: t.score, percentage: percentage(t.score, t.low, t.high, dim.Percent)}
		if dim.Method == MeanMethod {
			is.value = new(big.Rat).Quo(t.score, t.weight)
			is.percentage = percentage(t.score, t.answeredLow, t.answeredHigh, dim.Percent)
		}
		out.dimensions[dim.Key] = is
	}
	return out
}

// percentage is in hundredths, rounded half up.
func percentage(score, low, high *big.Rat, of Percents) int64 {
	part, whole := score, high
	if of == OfRange {
		part, whole = new(big.Rat).Sub(score, low), new(big.Rat).Sub(high, low)
	}
	if part.Sign() <= 0 || whole.Sign() <= 0 {
		return 0
	}
	share := new(big.Rat).Quo(part, whole)
	share.Mul(share, big.NewRat(10_000, 1))
	share.Add(share, big.NewRat(1, 2))
	down := new(big.Int).Quo(share.Num(), share.Denom()).Int64()
	return min(down, 10_000)
}
