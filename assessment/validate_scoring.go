package assessment

// checkItems notes what is wrong with the items, and finds each by its question.
func (c *compiler) checkItems() map[QuestionID]*Item {
	items := map[QuestionID]*Item{}
	if !c.count(scoringAt+"/items", len(c.scoring.Items), maxQuestions) {
		return items
	}
	for i := range c.scoring.Items {
		it, pointer := &c.scoring.Items[i], at(scoringAt+"/items", i)
		place, ok := c.place[it.Question]
		if !ok {
			c.add(pointer+"/question", "exists", "there is no question %.64q", it.Question)
			continue
		}
		if items[it.Question] != nil {
			c.add(pointer+"/question", "unique", "the question %.64q has an item already", it.Question)
		}
		items[it.Question] = it
		q := &c.definition.Questions[place]
		c.checkKind(pointer, it, q)
		c.checkPoints(pointer, it, q)
		c.checkWeights(pointer, it)
	}
	return items
}

func (c *compiler) checkKind(pointer string, it *Item, q *Question) {
	ok := false
	switch it.Kind {
	case SingleItem:
		ok = q.Type == MultipleChoice || q.Type == TrueFalse
	case MultiItem:
		ok = q.Type == MultipleChoice
	case LikertItem:
		ok = q.Type == RatingScale
	case TrueFalseItem:
		ok = q.Type == TrueFalse
	case ManualItem:
		ok = q.Type == Subjective
	case NoItem:
		ok = true
	default:
		c.add(pointer+"/kind", "enum", "has to be single, multi, likert, true_false, manual or none")
		return
	}
	if !ok {
		c.add(pointer+"/kind", "kind", "a question of type %s is not scored as %s", q.Type, it.Kind)
	}
	if it.Reverse && it.Kind != LikertItem {
		c.add(pointer+"/reverse", "kind", "only a likert item is reversed")
	}
	switch {
	case it.Credit != "" && it.Kind != MultiItem:
		c.add(pointer+"/credit", "kind", "only a multi item has one")
	case it.Credit != "" && it.Credit != PartialCredit && it.Credit != AllCredit:
		c.add(pointer+"/credit", "enum", "has to be partial or all")
	}
}

func (c *compiler) checkPoints(pointer string, it *Item, q *Question) {
	if (it.Kind == ManualItem || it.Kind == NoItem) && len(it.Points) > 0 {
		c.add(pointer+"/points", "kind", "a %s item has none", it.Kind)
		return
	}
	if c.count(pointer+"/points", len(it.Points), max(maxOptions, maxRatings)) {
		for key, n := range it.Points {
			c.number(in(pointer+"/points", key), n, maxPoints)
			if !q.knows(key) {
				c.add(in(pointer+"/points", key), "exists", "is not an option or a rating of the question")
			}
		}
	}
	if it.Default != nil && len(it.Points) == 0 {
		c.add(pointer+"/default", "kind", "is for what points leaves out, and there are no points")
	}
	for _, n := range []struct {
		name  string
		value *Number
	}{{"/default", it.Default}, {"/floor", it.Floor}, {"/cap", it.Cap}} {
		if n.value != nil {
			c.number(pointer+n.name, *n.value, maxPoints)
		}
	}
	if it.Floor != nil && it.Cap != nil && it.Floor.Cmp(*it.Cap) > 0 {
		c.add(pointer+"/cap", "range", "has to be floor or more")
	}
}

// knows reports whether key is an option of the question, or a rating.
func (q *Question) knows(key string) bool {
	if q.Type != RatingScale {
		return q.has(OptionID(key))
	}
	n, err := ParseNumber(key)
	return err == nil && n.Den() == 1 && n.String() == key && n.num >= q.scale().Min && n.num <= q.scale().Max
}

func (c *compiler) checkWeights(pointer string, it *Item) {
	if it.Weight != nil {
		c.number(pointer+"/weight", *it.Weight, maxWeight)
	}
	if !c.count(pointer+"/weights", len(it.Weights), maxDimensions) {
		return
	}
	for key, w := range it.Weights {
		pointer := in(pointer+"/weights", key)
		c.number(pointer, w, maxWeight)
		place := c.dimension(key)
		switch {
		case place < 0:
			c.add(pointer, "exists", "there is no dimension %.64q", key)
		case c.dimensions[place].mean && w.Cmp(Int(0)) <= 0:
			c.add(pointer, "range", "a weight in a mean has to be more than 0")
		case it.Kind == NoItem:
			c.add(pointer, "kind", "an item of kind none counts nowhere")
		}
	}
}

// dimension is the place of a dimension, or -1.
func (c *compiler) dimension(key string) int {
	for i := range c.dimensions {
		if c.dimensions[i].Key == key {
			return i
		}
	}
	return -1
}

// checkDimensions notes what is wrong with the dimensions alone.
func (c *compiler) checkDimensions() {
	if !c.count(scoringAt+"/dimensions", len(c.scoring.Dimensions), maxDimensions) {
		return
	}
	for i := range c.scoring.Dimensions {
		d, pointer := &c.scoring.Dimensions[i], at(scoringAt+"/dimensions", i)
		c.id(pointer+"/key", d.Key)
		if c.dimension(d.Key) >= 0 {
			c.add(pointer+"/key", "unique", "another dimension has the key %.64q", d.Key)
		}
		c.text(pointer+"/label", d.Label, maxLabel, false)
		if d.Method != "" && d.Method != SumMethod && d.Method != MeanMethod {
			c.add(pointer+"/method", "enum", "has to be sum or mean")
		}
		if d.MinAnswered < 0 {
			c.add(pointer+"/minAnswered", "range", "has to be 0 or more")
		}
		c.checkPercents(pointer+"/percent", d.Percent)
		c.checkBands(pointer+"/bands", d.Bands)
		c.dimensions = append(c.dimensions, dimension{Dimension: d, minAnswered: max(d.MinAnswered, 1), mean: d.Method == MeanMethod, norms: d.Norms})
	}
}

func (c *compiler) checkPercents(pointer string, p Percents) {
	if p != "" && p != OfMax && p != OfRange {
		c.add(pointer, "enum", "has to be of_max or of_range")
	}
}

// checkBands notes what keeps a ladder from being total.
func (c *compiler) checkBands(pointer string, bands []Band) {
	if !c.count(pointer, len(bands), maxBands) {
		return
	}
	seen := map[string]bool{}
	for i, b := range bands {
		pointer := at(pointer, i)
		c.id(pointer+"/key", b.Key)
		if seen[b.Key] {
			c.add(pointer+"/key", "unique", "another band has the key %.64q", b.Key)
		}
		seen[b.Key] = true
		c.text(pointer+"/label", b.Label, maxLabel, false)
		switch {
		case i == 0 && b.From != 0:
			c.add(pointer+"/from", "total", "the first band has to begin at 0")
		case i > 0 && b.From <= bands[i-1].From:
			c.add(pointer+"/from", "ascending", "has to be more than that of the band before")
		case b.From > Full:
			c.add(pointer+"/from", "range", "has to be 100 or less")
		}
	}
}
