package assessment

import (
	"fmt"
)

// Score is what the answers, and the marks given for the subjective ones, come to under the
// definition. To score many, [Compile] it once. The error is [core.ErrInvalid]: a definition or
// an answer that is wrong. What is required and not answered is no error, but [Missing].
func Score(d Definition, answers []Answer, marks []Mark) (Result, error) {
	s, err := Compile(d)
	if err != nil {
		return Result{}, err
	}
	return s.Score(answers, marks)
}

// Score is [Score] under the scorer's definition.
func (s *Scorer) Score(answers []Answer, marks []Mark) (Result, error) {
	r := Result{
		Items:      make([]ItemScore, len(s.items)),
		Dimensions: make([]DimensionScore, len(s.dimensions)),
	}
	rest, err := s.score(&r, answers, marks)
	if err == nil && rest > 0 { // they did not come in the order of the questions
		if answers, err = s.sorted(answers); err == nil {
			clear(r.Items)
			_, err = s.score(&r, answers, marks)
		}
	}
	if err != nil {
		return Result{}, err
	}
	return r, nil
}

// score fills in an empty result. Rest is how many answers were not come to: they are not in the
// order of the questions, and the result means nothing.
func (s *Scorer) score(r *Result, answers []Answer, marks []Mark) (rest int, err error) {
	var few [8]uint64
	words := few[:]
	if s.words > len(few) {
		words = make([]uint64, s.words)
	}
	said := s.sheet()
	given := 0
	for i := 0; i < len(s.items); i++ {
		if said == nil {
			n := straight(s.items[i:], answers, r.Items[i:], words)
			i, given, answers = i+n, given+n, answers[n:]
			if i == len(s.items) {
				break
			}
		}
		it := &s.items[i]
		var a *Answer
		if len(answers) > 0 && answers[0].QuestionID == it.question.ID {
			a, answers = &answers[0], answers[1:]
		}
		switch {
		case said != nil && s.hides(i, a, said):
			r.Items[i] = itemScore(Hidden, Number{})
		case a == nil || a.Empty():
			r.Items[i] = it.unanswered()
		default:
			if r.Items[i], err = s.answered(words, it, a, marks); err != nil {
				return 0, err
			}
			if r.Items[i].State() != Pending {
				given++
			}
		}
	}
	if len(answers) == 0 {
		s.sum(r, words, given)
	}
	return len(answers), nil
}

// unanswered is the score of a question that was asked in vain.
func (it *item) unanswered() ItemScore {
	if it.required {
		return itemScore(Missing, Number{})
	}
	return ItemScore{}
}

// answered scores an answer, and adds what it gives.
func (s *Scorer) answered(words []uint64, it *item, a *Answer, marks []Mark) (ItemScore, error) {
	score, earned, ok := s.scoreRule(it, a, marks)
	if !ok {
		return ItemScore{}, s.refuse(*a, marks)
	}
	if score.State() != Pending {
		s.give(words, it, earned)
	}
	return score, nil
}

// sheet is where the answers are looked up that conditions ask for; nil: there are none.
func (s *Scorer) sheet() []*Answer {
	if !s.conditions {
		return nil
	}
	return make([]*Answer, len(s.items))
}

// hides reports whether question i is not asked, and notes what was said to it for those behind.
func (s *Scorer) hides(i int, a *Answer, said []*Answer) bool {
	it := &s.items[i]
	if it.showIf != nil && !s.shown(it, said) {
		return true
	}
	if a != nil && !a.Empty() {
		said[i] = a
	}
	return false
}

// arrange puts each answer at the place of its question, and refuses what cannot be an answer.
func (s *Scorer) arrange(answers []Answer, said []*Answer) error {
	next := 0 // mostly they come in order
	for i := range answers {
		a := &answers[i]
		if next >= len(s.items) || s.items[next].question.ID != a.QuestionID {
			place, ok := s.place[a.QuestionID]
			if !ok {
				return s.CheckAnswers(answers)
			}
			next = place
		}
		if said[next] != nil {
			return s.CheckAnswers(answers)
		}
		if !a.Empty() {
			said[next] = a
		}
		next++
	}
	return nil
}

// sorted are the answers in the order of their questions.
func (s *Scorer) sorted(answers []Answer) ([]Answer, error) {
	said := make([]*Answer, len(s.items))
	if err := s.arrange(answers, said); err != nil {
		return nil, err
	}
	sorted := make([]Answer, 0, len(answers))
	for _, a := range said {
		if a != nil {
			sorted = append(sorted, *a)
		}
	}
	return sorted, nil
}

// shown reports whether a question is asked, of the answers to those before it.
func (s *Scorer) shown(it *item, said []*Answer) bool {
	return it.showIf.holds(func(id QuestionID) *Answer { return said[s.place[id]] })
}

// refuse says what is wrong with an answer, or with the mark given for it.
func (s *Scorer) refuse(a Answer, marks []Mark) error {
	if err := s.CheckAnswers([]Answer{a}); err != nil {
		return err
	}
	if err := s.CheckMarks(marks); err != nil {
		return err
	}
	return malformed(fmt.Sprintf("has no answer to %.64q that can be scored", a.QuestionID))
}
