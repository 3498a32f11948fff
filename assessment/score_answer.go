package assessment

// scoreAnswer notes what an answer earns; not ok: it is no answer to the question.
func (s *Scorer) scoreAnswer(it *item, a *Answer, marks []Mark, score *ItemScore) (earned int64, ok bool) {
	place := -1
	switch it.kind {
	case LikertItem:
		if a.Value != nil && len(a.OptionIDs) == 0 {
			if i := *a.Value - it.first; i >= 0 && i < int64(len(it.earns)) {
				place = int(i)
			}
		}
	case SingleItem, TrueFalseItem:
		if len(a.OptionIDs) == 1 && a.Value == nil {
			place = it.chosen(a.OptionIDs[0])
		}
	case NoItem:
		score.State = Unscored
		return 0, it.fits(a)
	case ManualItem:
		if it.fits(a) {
			earned, score.State, ok = s.marked(it, marks)
		}
		score.Points = fraction(earned, s.unit)
		return earned, ok
	case MultiItem:
		earned, ok = it.several(a)
		score.State, score.Points = Scored, fraction(earned, s.unit)
		return earned, ok
	}
	if place < 0 {
		return 0, false
	}
	score.State, score.Points = Scored, it.points[place]
	return it.earns[place], true
}

// chosen is the place of an option, or -1.
func (it *item) chosen(id OptionID) int {
	for i := range it.options {
		if it.options[i] == id {
			return i
		}
	}
	return -1
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
		place := it.chosen(id)
		if place < 0 || chosen[place/64]&(1<<(place%64)) != 0 {
			return 0, false
		}
		chosen[place/64] |= 1 << (place % 64)
		points += it.earns[place]
	}
	if it.all {
		points = 0
		for i, e := range it.earns {
			if (e > 0) != (chosen[i/64]&(1<<(i%64)) != 0) {
				return it.clamp(0), true
			}
			points += max(e, 0)
		}
	}
	return it.clamp(points), true
}
