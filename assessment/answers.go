package assessment

import "slices"

// CheckAnswers is [core.ErrInvalid] unless each answer is one to a question of the definition,
// and no question has two. What is not answered is fine: see [Scorer.CheckComplete]. A pointer
// is "/answers/" and the question's id.
func (s *Scorer) CheckAnswers(answers []Answer) error {
	var f faults
	seen := map[QuestionID]bool{}
	for i := range answers {
		a := &answers[i]
		pointer := in("/answers", string(a.QuestionID))
		place, ok := s.place[a.QuestionID]
		switch {
		case !ok:
			f.add(at("/answers", i)+"/questionId", "exists", "there is no question %.64q", a.QuestionID)
		case seen[a.QuestionID]:
			f.add(pointer, "unique", "the question is answered twice")
		case !a.Empty():
			s.items[place].check(&f, pointer, a)
		}
		seen[a.QuestionID] = true
	}
	return f.Err()
}

// fits reports whether a is an answer to the item's question.
func (it *item) fits(a *Answer) bool {
	var f faults
	it.check(&f, "", a)
	return len(f.Faults) == 0
}

// check notes why a is no answer to the item's question.
func (it *item) check(f *faults, pointer string, a *Answer) {
	q := it.question
	switch {
	case q.Type == RatingScale:
		scale := q.scale()
		if a.Value == nil || *a.Value < scale.Min || *a.Value > scale.Max || len(a.OptionIDs) > 0 {
			f.add(pointer, "range", "has to be a whole number from %d to %d", scale.Min, scale.Max)
		}
	case q.chooses():
		if len(a.OptionIDs) == 0 || a.Value != nil {
			f.add(pointer, "option", "has to be of the options")
		}
		if len(a.OptionIDs) > 1 && !it.many() {
			f.add(pointer, "max_items", "has more than one option")
		}
		for i, id := range a.OptionIDs[:min(len(a.OptionIDs), maxOptions+1)] {
			if !q.has(id) {
				f.add(pointer, "exists", "there is no option %.64q", id)
			} else if slices.Contains(a.OptionIDs[:i], id) {
				f.add(pointer, "unique", "has the option %.64q twice", id)
			}
		}
	default:
		if len(a.OptionIDs) > 0 || a.Value != nil {
			f.add(pointer, "text", "has to be a text")
		}
	}
	f.text(pointer, a.Text, maxAnswerText, false)
}

// many reports whether several options may be chosen.
func (it *item) many() bool { return it.kind == MultiItem || it.question.Type == Checkbox }

// CheckComplete is [core.ErrInvalid] naming the required questions that are asked and not
// answered. What is hidden, in view of the other answers, does not have to be.
func (s *Scorer) CheckComplete(answers []Answer) error {
	said := make([]*Answer, len(s.items))
	if err := s.arrange(answers, said); err != nil {
		return err
	}
	var f faults
	for i := range s.items {
		it := &s.items[i]
		switch {
		case it.showIf != nil && !s.shown(it, said):
			said[i] = nil
		case said[i] == nil && it.required:
			f.add(in("/answers", string(it.question.ID)), "required", "is not answered")
		}
	}
	return f.Err()
}

// Visible are the answers to questions that are asked: what is hidden, in view of the answers
// before it, is left out, and so is what is empty. They come in the order of the questions.
func (s *Scorer) Visible(answers []Answer) ([]Answer, error) {
	said := make([]*Answer, len(s.items))
	if err := s.arrange(answers, said); err != nil {
		return nil, err
	}
	visible := make([]Answer, 0, len(answers))
	for i := range s.items {
		it := &s.items[i]
		if it.showIf != nil && !s.shown(it, said) {
			said[i] = nil
		}
		if said[i] != nil {
			visible = append(visible, *said[i])
		}
	}
	return visible, nil
}

// CheckMarks is [core.ErrInvalid] unless each mark is one for a subjective question, of 0 to its
// points, in steps that the scorer counts in. A pointer is "/marks/" and the question's id.
func (s *Scorer) CheckMarks(marks []Mark) error {
	var f faults
	seen := map[QuestionID]bool{}
	for i := range marks {
		m := &marks[i]
		place, ok := s.place[m.QuestionID]
		pointer := in("/marks", string(m.QuestionID))
		switch {
		case !ok || s.items[place].kind != ManualItem:
			f.add(at("/marks", i)+"/questionId", "exists", "there is no subjective question %.64q", m.QuestionID)
			continue
		case seen[m.QuestionID]:
			f.add(pointer, "unique", "the question is marked twice")
		case m.Points.num < 0 || m.Points.Cmp(s.items[place].question.Points) > 0:
			f.add(pointer, "range", "has to be from 0 to %s points", s.items[place].question.Points)
		case s.unit%m.Points.Den() != 0:
			f.add(pointer, "unit", "has to be a multiple of 1/%d", s.unit)
		}
		f.text(pointer+"/comment", m.Comment, maxComment, false)
		seen[m.QuestionID] = true
	}
	return f.Err()
}
