package assessment

// Validate is [core.ErrInvalid] with a JSON pointer and a reason for everything that is wrong with
// a definition, up to a hundred things; nil: it can be published. It proves that every id
// exists, that the least and the most that can be earned are within bounds, that ladders
// are total, that ties are settled, and that a contact's fields hold the profile.
func Validate(d Definition) error {
	s, err := Compile(d)
	if err != nil {
		return err
	}
	var f faults
	s.checkProfileFits(&f)
	return f.Err()
}

// checkQuestions notes what is wrong with the questions alone.
func checkQuestions(f *faults, d *Definition) {
	if d.Kind != Assessment && d.Kind != Questionnaire {
		f.add("/kind", "enum", "has to be assessment or questionnaire")
	}
	if len(d.Questions) == 0 {
		f.add("/questions", "required", "has no questions")
	}
	f.count("/questions", len(d.Questions), maxQuestions)
	seen := map[QuestionID]int{}
	options := 0
	for i := range d.Questions[:min(len(d.Questions), maxQuestions)] {
		q, pointer := &d.Questions[i], at("/questions", i)
		f.id(pointer+"/id", string(q.ID))
		if _, twice := seen[q.ID]; twice {
			f.add(pointer+"/id", "unique", "another question has the id %.64q", q.ID)
		}
		f.text(pointer+"/question", q.Text, maxQuestionText, true)
		f.text(pointer+"/helpText", q.HelpText, maxHelpText, false)
		checkType(f, pointer, d.Kind, q)
		checkOptions(f, pointer, q)
		checkScale(f, pointer, q)
		if q.ShowIf != nil {
			c := conditionCheck{faults: f, seen: seen, questions: d.Questions}
			c.check(pointer+"/showIf", q.ShowIf, 1)
		}
		options += len(q.Options)
		seen[q.ID] = i
	}
	f.count("/questions", options, maxAllOptions)
}

func checkType(f *faults, pointer string, kind Kind, q *Question) {
	ok := false
	switch q.Type {
	case MultipleChoice, RatingScale:
		ok = true
	case TrueFalse, Subjective:
		ok = kind == Assessment
	case Text, YesNo, Checkbox:
		ok = kind == Questionnaire
	}
	if !ok {
		f.add(pointer+"/type", "enum", "has to be multiple_choice, rating_scale or, in an assessment, true_false or subjective, in a questionnaire text, yes_no or checkbox")
	}
	if f.number(pointer+"/points", q.Points, maxPoints) && q.Points.Cmp(Int(0)) < 0 {
		f.add(pointer+"/points", "range", "has to be 0 or more")
	}
	if kind != Questionnaire {
		if q.Promoter {
			f.add(pointer+"/netPromoter", "kind", "is for questionnaires only")
		}
		return
	}
	if q.Points != Int(0) {
		f.add(pointer+"/points", "kind", "a questionnaire has no points")
	}
	if q.Promoter && (q.Type != RatingScale || q.scale().Min != 0 || q.scale().Max != 10) {
		f.add(pointer+"/netPromoter", "promoter", "has to be a rating_scale from 0 to 10")
	}
}

func checkOptions(f *faults, pointer string, q *Question) {
	switch n := len(q.Options); {
	case !q.chooses() && n > 0:
		f.add(pointer+"/options", "type", "this type has no options")
		return
	case (q.Type == TrueFalse || q.Type == YesNo) && n != 2:
		f.add(pointer+"/options", "count", "this type has exactly two options")
	case q.chooses() && n < 1:
		f.add(pointer+"/options", "required", "has no options")
	}
	if !f.count(pointer+"/options", len(q.Options), maxOptions) {
		return
	}
	seen := map[OptionID]bool{}
	for i := range q.Options {
		o, pointer := &q.Options[i], at(pointer+"/options", i)
		f.id(pointer+"/id", string(o.ID))
		if seen[o.ID] {
			f.add(pointer+"/id", "unique", "another option has the id %.64q", o.ID)
		}
		seen[o.ID] = true
		f.text(pointer+"/text", o.Text, maxOptionText, true)
		f.number(pointer+"/points", o.Points, maxPoints)
	}
}

func checkScale(f *faults, pointer string, q *Question) {
	if q.Scale == nil {
		return
	}
	s := q.scale()
	switch {
	case q.Type != RatingScale:
		f.add(pointer+"/scale", "type", "only a rating_scale has one")
	case s.Min < -maxRating || s.Max > maxRating || s.Max <= s.Min || s.Max-s.Min >= maxRatings:
		f.add(pointer+"/scale", "range", "has to be from %d to %d, max more than min by at most %d", -maxRating, maxRating, maxRatings-1)
	}
	f.text(pointer+"/scale/minLabel", s.MinLabel, maxLabel, false)
	f.text(pointer+"/scale/maxLabel", s.MaxLabel, maxLabel, false)
}

// conditionCheck checks the condition of one question.
type conditionCheck struct {
	*faults
	seen      map[QuestionID]int // the earlier questions
	questions []Question
	parts     int
}

func (c *conditionCheck) check(pointer string, cond *Condition, depth int) {
	if c.parts++; c.parts > maxConditions || depth > maxNesting {
		c.add(pointer, "max_items", "the condition has more than %d parts, or more than %d levels", maxConditions, maxNesting)
		return
	}
	ways := 0
	for _, is := range []bool{cond.All != nil, cond.Any != nil, cond.Not != nil, cond.Question != ""} {
		if is {
			ways++
		}
	}
	if ways != 1 {
		c.add(pointer, "one_of", "has to have exactly one of all, any, not and question")
		return
	}
	if cond.All != nil && len(cond.All) == 0 || cond.Any != nil && len(cond.Any) == 0 {
		c.add(pointer, "min_items", "all and any take at least one condition")
	}
	for i := range cond.All {
		if c.parts <= maxConditions {
			c.check(at(pointer+"/all", i), &cond.All[i], depth+1)
		}
	}
	for i := range cond.Any {
		if c.parts <= maxConditions {
			c.check(at(pointer+"/any", i), &cond.Any[i], depth+1)
		}
	}
	if cond.Not != nil {
		c.check(pointer+"/not", cond.Not, depth+1)
	}
	if cond.Question != "" {
		c.comparison(pointer, cond)
	}
}

func (c *conditionCheck) comparison(pointer string, cond *Condition) {
	i, ok := c.seen[cond.Question]
	if !ok {
		c.add(pointer+"/question", "earlier", "there is no earlier question %.64q", cond.Question)
		return
	}
	ways := 0
	for _, is := range []bool{cond.Answered != nil, cond.Eq != nil, cond.In != nil, cond.Gte != nil, cond.Lte != nil} {
		if is {
			ways++
		}
	}
	if ways != 1 {
		c.add(pointer, "one_of", "has to have exactly one of answered, eq, in, gte and lte")
		return
	}
	q := &c.questions[i]
	if cond.Eq != nil {
		c.operand(pointer+"/eq", q, *cond.Eq)
	}
	if cond.In != nil && len(cond.In) == 0 {
		c.add(pointer+"/in", "min_items", "has nothing in it")
	}
	if c.count(pointer+"/in", len(cond.In), maxOptions) {
		for i, o := range cond.In {
			c.operand(at(pointer+"/in", i), q, o)
		}
	}
	if (cond.Gte != nil || cond.Lte != nil) && q.Type != RatingScale {
		c.add(pointer, "type", "gte and lte compare ratings, and %.64q is none", q.ID)
	}
}

func (c *conditionCheck) operand(pointer string, q *Question, o Operand) {
	if q.Type == RatingScale {
		if o.Value == nil || *o.Value < q.scale().Min || *o.Value > q.scale().Max {
			c.add(pointer, "range", "has to be a rating of %.64q", q.ID)
		}
		return
	}
	if o.Value != nil || !q.has(o.Option) {
		c.add(pointer, "exists", "has to be an option of %.64q", q.ID)
	}
}

// has reports whether the question has the option.
func (q *Question) has(id OptionID) bool { return q.option(id) >= 0 }

// option is the place of an option, or -1.
func (q *Question) option(id OptionID) int {
	for i := range q.Options {
		if q.Options[i].ID == id {
			return i
		}
	}
	return -1
}
