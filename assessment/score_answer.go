package assessment

import "slices"

// scoreRule notes what an answer earns that is not one choice; not ok: it is no answer to the
// question.
func (s *Scorer) scoreRule(it *item, a *Answer, marks []Mark, score *ItemScore) (earned int64, ok bool) {
	switch it.kind {
	case NoItem:
		score.State = Unscored
		return 0, it.fits(a)
	case ManualItem:
		if it.fits(a) {
			earned, score.State, ok = s.marked(it, marks)
		}
	case MultiItem:
		earned, ok = it.several(a)
		score.State = Scored
	}
	score.Points = fraction(earned, s.unit)
	return earned, ok
}

// chosen is the place of an answer among the choices, or -1.
func (it *item) chosen(a *Answer) int {
	if it.found == byRating {
		return it.rating(a)
	}
	return it.only(a)
}

// rating is the place of a rating, or -1.
func (it *item) rating(a *Answer) int {
	if a.Value == nil || len(a.OptionIDs) > 0 || uint64(*a.Value-it.first) >= uint64(len(it.choices)) {
		return -1
	}
	return int(*a.Value - it.first)
}

// only is the place of the only option of an answer, or -1.
func (it *item) only(a *Answer) int {
	if it.found != byOption || a.Value != nil || len(a.OptionIDs) != 1 {
		return -1
	}
	return it.option(a.OptionIDs[0])
}

// option is the place of an option, or -1.
func (it *item) option(id OptionID) int {
	k := keyOf(string(id))
	if k == 0 {
		return slices.Index(it.options, id)
	}
	for i := range it.choices {
		if it.choices[i].key == k {
			return i
		}
	}
	return -1
}

// keyOf is an id of up to seven bytes as a number, which is compared much faster; 0: it is
// longer.
func keyOf(id string) uint64 {
	if len(id) > 7 {
		return 0
	}
	key := uint64(1) // so that ids of two lengths differ
	for i := range len(id) {
		key = key<<8 | uint64(id[i])
	}
	return key
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
func (it *item) several(a *Answer) (points int64, ok bool) {
	if a.Value != nil || len(a.OptionIDs) == 0 || len(a.OptionIDs) > len(it.options) {
		return 0, false
	}
	var chosen [2]uint64 // by the option's place: maxOptions fit
	for _, id := range a.OptionIDs {
		place := it.option(id)
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
