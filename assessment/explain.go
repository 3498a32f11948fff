package assessment

import (
	"fmt"
	"strings"
)

// Explanation is a result, and how each of its numbers came about.
type Explanation struct {
	Result
	Questions []ItemExplanation `json:"questions"` // in their order
	Steps     []string          `json:"steps"`     // from the items to the total, the dimensions and the type
}

// ItemExplanation is how the points of one question came about.
type ItemExplanation struct {
	QuestionID QuestionID `json:"questionId"` // the question
	Question   string     `json:"question"`   // its text
	State      ItemState  `json:"state"`      // whether it is scored, and why not
	Points     Number     `json:"points"`
	Least      Number     `json:"least"` // that an answer can earn
	Most       Number     `json:"most"`
	Why        string     `json:"why"`   // in words
	Gives      []Given    `json:"gives"` // to the total, and to each dimension that it counts in
}

// Given is what a question gives to a sum.
type Given struct {
	To     string `json:"to"` // a dimension's key; "": the total
	Weight Number `json:"weight"`
	Points Number `json:"points"` // times the weight
}

// Explain scores as [Scorer.Score] does, and says how each number came about.
func (s *Scorer) Explain(answers []Answer, marks []Mark) (Explanation, error) {
	r, err := s.Score(answers, marks)
	if err != nil {
		return Explanation{}, err
	}
	said := make([]*Answer, len(s.items))
	if err := s.arrange(answers, said); err != nil {
		return Explanation{}, err
	}
	e := Explanation{Result: r, Questions: make([]ItemExplanation, len(s.items))}
	for i := range s.items {
		it, score := &s.items[i], r.Items[i]
		q := ItemExplanation{
			QuestionID: it.question.ID, Question: it.question.Text, State: score.State(), Points: score.Points(),
			Least: Fraction(it.low, s.unit), Most: Fraction(it.high, s.unit), Gives: []Given{},
			Why: it.why(said[i], score),
		}
		if score.State() == Scored {
			earned := scaled(score.Points(), s.unit)
			for _, of := range it.shares {
				q.Gives = append(q.Gives, s.given(of.to, of.weight, earned))
			}
		}
		e.Questions[i] = q
	}
	e.Steps = s.steps(&r)
	return e, nil
}

// given is what goes to the total, which is sum 0, or to a dimension.
func (s *Scorer) given(to int, weight, earned int64) Given {
	key := ""
	if to > 0 {
		key = s.dimensions[to-1].Key
	}
	return Given{To: key, Weight: Fraction(weight, s.weight), Points: Fraction(weight*earned, s.weight*s.unit)}
}

// why says in words where an item's points come from.
func (it *item) why(a *Answer, score ItemScore) string {
	switch score.State() {
	case Skipped:
		return "Not answered: no points, and what it could earn stays in the maximum."
	case Missing:
		return "Required and not answered: no points."
	case Hidden:
		return "Not asked: in neither the score nor the maximum."
	case Pending:
		return "Waits for a mark."
	case Unscored:
		return "Not scored."
	}
	points := score.Points().String() + " points"
	switch it.kind {
	case LikertItem:
		return fmt.Sprintf("The rating %d earns %s.", *a.Value, points)
	case ManualItem:
		return "Marked with " + points + "."
	case MultiItem:
		if it.all && score.Points().num == 0 {
			return fmt.Sprintf("%s: not exactly the right options: %s.", it.texts(a), points)
		}
		return fmt.Sprintf("%s: together %s.", it.texts(a), points)
	}
	return fmt.Sprintf("%s earns %s.", it.texts(a), points)
}

// texts are the chosen options, quoted.
func (it *item) texts(a *Answer) string {
	var texts []string
	for i := range it.question.Options {
		for _, id := range a.OptionIDs {
			if o := &it.question.Options[i]; o.ID == id {
				texts = append(texts, fmt.Sprintf("“%s”", o.Text))
			}
		}
	}
	return strings.Join(texts, ", ")
}

// steps says in words how the sums became a result.
func (s *Scorer) steps(r *Result) []string {
	steps := []string{fmt.Sprintf("The total is %s of %s, at least %s: %s %%.", r.TotalScore, r.MaxScore, r.MinScore, r.Percentage)}
	if r.Pending > 0 {
		steps = append(steps, fmt.Sprintf("%d answers wait for a mark: the result is not final.", r.Pending))
	}
	if r.Passed != nil {
		word := "not passed"
		if *r.Passed {
			word = "passed"
		}
		steps = append(steps, fmt.Sprintf("The pass mark is %s %%: %s.", *s.pass, word))
	}
	if b := bandOf(s.bands, r.Percentage); b != nil {
		steps = append(steps, fmt.Sprintf("%s %% is in the band “%s”, which begins at %s %%.", r.Percentage, b.name(), b.From))
	}
	for i := range r.Dimensions {
		steps = append(steps, s.dimensionStep(&s.dimensions[i], &r.Dimensions[i]))
	}
	if s.typeRule != nil {
		if r.PersonalityType == "" {
			return append(steps, "There is no type: a dimension that it looks at has no value.")
		}
		steps = append(steps, s.typeStep(r))
	}
	return steps
}

func (s *Scorer) dimensionStep(d *dimension, score *DimensionScore) string {
	if !score.Scored {
		return fmt.Sprintf("%s has no value: %d of its items are answered, and it takes %d.", d.name(), score.Answered, d.minAnswered)
	}
	how := "sum"
	if d.mean {
		how = "mean"
	}
	step := fmt.Sprintf("%s is the %s of %d items: %s, which is %s %%", d.name(), how, score.Answered, score.Value, score.Percentage)
	if score.Norm != nil {
		step += fmt.Sprintf("; the norm is %s", score.Norm)
	}
	if b := bandOf(d.Bands, score.Percentage); b != nil {
		step += fmt.Sprintf("; the band is “%s”", b.name())
	}
	return step + "."
}

func (s *Scorer) typeStep(r *Result) string {
	var parts []string
	rule := s.definition.Scoring.Type
	how := ""
	switch {
	case rule.Axes != nil:
		how = "each axis gives its letter"
		for _, a := range rule.Axes {
			parts = append(parts, fmt.Sprintf("%s cut at %s %%", a.Dimension, a.Cut))
		}
	case rule.Highest != nil:
		how = "the highest percentage decides, a tie goes to " + rule.Highest.Tie
		parts = rule.Highest.Among
	default:
		how = fmt.Sprintf("the nearest of %d profiles", len(rule.Nearest))
	}
	if len(parts) > 0 {
		how += " (" + strings.Join(parts, ", ") + ")"
	}
	return fmt.Sprintf("The type is %s: %s.", r.PersonalityType, how)
}
