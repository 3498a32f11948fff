package assessment

import "slices"

// scoreRule notes what an answer earns that is not one choice; not ok: it is no answer to the
// question.
func (s *Scorer) scoreRule(it *item, a *Answer, marks []Mark) (score ItemScore, earned int64, ok bool) {
	state := Scored
	switch it.kind {
	case LikertItem, SingleItem, TrueFalseItem:
		if c := it.chosen(a); c != nil {
			return c.score, c.earns, true
		}
	case NoItem:
		state, ok = Unscored, it.fits(a)
	case ManualItem:
		if it.fits(a) {
			earned, state, ok = s.marked(it, marks)
		}
	case MultiItem:
		earned, ok = it.several(a)
	}
	return itemScore(state, fraction(earned, s.unit)), earned, ok
}

// chosen is [item.choice] of any answer to the question; nil: it is none.
func (it *item) chosen(a *Answer) *choice {
	if c := it.choice(a); c != nil || !it.long || !it.fits(a) {
		return c
	}
	return &it.choices[it.question.option(a.OptionIDs[0])] // another has the same key
}

func (s *Scorer) marked(it *item, marks []Mark) (int64, ItemState, bool) {
	for i := range marks {
		if marks[i].QuestionID != it.question.ID {
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
func (it *item) several(a *Answer) (points int64, ok bool) {
	if a.Value != nil || len(a.OptionIDs) == 0 || len(a.OptionIDs) > len(it.options) {
		return 0, false
	}
	var chosen [2]uint64 // by the option's place: maxOptions fit
	for _, id := range a.OptionIDs {
		place := slices.Index(it.options, id)
		if place < 0 || chosen[place/64]&(1<<(place%64)) != 0 {
			return 0, false
		}
		chosen[place/64] |= 1 << (place % 64)
		points += it.choices[place].earns
	}
	if it.all {
		points = 0
		for i, c := range it.choices {
			if (c.earns > 0) != (chosen[i/64]&(1<<(i%64)) != 0) {
				return it.clamp(0), true
			}
			points += max(c.earns, 0)
		}
	}
	return it.clamp(points), true
}
