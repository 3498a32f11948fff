package assessment

import "unicode/utf8"

// checkResults notes what is wrong with what is said of the sums, and compiles it.
func (c *compiler) checkResults() {
	c.bands = c.scoring.Bands
	c.checkBands(scoringAt+"/bands", c.bands)
	c.checkTotal()
	for i := range c.dimensions {
		c.checkMeasured(i)
		c.checkNorms(i)
	}
	if c.scoring.Type != nil {
		c.checkType(scoringAt+"/type", c.scoring.Type)
	}
	c.checkRanking()
	c.checkProfile()
}

func (c *compiler) checkTotal() {
	c.percents, c.floor = OfMax, minTotal
	t := c.scoring.Total
	if t == nil {
		return
	}
	c.checkPercents(scoringAt+"/total/percent", t.Percent)
	if t.Percent != "" {
		c.percents = t.Percent
	}
	if t.Floor != nil && c.number(scoringAt+"/total/floor", *t.Floor, maxPoints) {
		c.floor = scaled(*t.Floor, c.unit) * c.weight
	}
	if c.pass = t.Pass; c.pass != nil && (*c.pass < 0 || *c.pass > Full) {
		c.add(scoringAt+"/total/pass", "range", "has to be a percentage from 0 to 100")
	}
}

// minTotal is less than any total: no floor.
const minTotal = -1 << 62

// checkMeasured notes a dimension that never can have a value, or that says nothing.
func (c *compiler) checkMeasured(place int) {
	n := 0
	var low, high int64
	for i := range c.items {
		for _, s := range c.items[i].shares {
			if s.to == 1+place {
				n++
				low, high = low+s.low, high+s.high
			}
		}
	}
	d, pointer := c.dimensions[place], at(scoringAt+"/dimensions", place)
	switch {
	case n == 0:
		c.add(pointer, "measured", "no item has a weight in it")
	case n < d.minAnswered:
		c.add(pointer+"/minAnswered", "range", "only %d items have a weight in it", n)
	case high <= low && !d.mean:
		c.add(pointer, "measured", "whatever is answered, its value is the same")
	}
}

// checkNorms notes what keeps a table of norms from holding every value of the dimension.
func (c *compiler) checkNorms(place int) {
	d, pointer := c.dimensions[place], at(scoringAt+"/dimensions", place)+"/norms"
	if len(d.norms) == 0 || !c.count(pointer, len(d.norms), maxNorms) {
		return
	}
	least := c.least(place)
	for i, n := range d.norms {
		pointer := at(pointer, i)
		ok := c.number(pointer+"/from", n.From, maxTotalPoints)
		c.number(pointer+"/is", n.Is, maxTotalPoints)
		switch {
		case !ok:
		case i == 0 && n.From.Cmp(least) > 0:
			c.add(pointer+"/from", "total", "the dimension can be as little as %s: the first norm has to begin there or below", least)
		case i > 0 && n.From.Cmp(d.norms[i-1].From) <= 0:
			c.add(pointer+"/from", "ascending", "has to be more than that of the norm before")
		}
	}
}

// maxTotalPoints bounds what a norm is compared with.
const maxTotalPoints = 1_000_000_000_000

// least is the least that a dimension can be.
func (c *compiler) least(place int) Number {
	var sum int64
	var mean Number
	first := true
	for i := range c.items {
		it := &c.items[i]
		for _, s := range it.shares {
			if s.to != 1+place {
				continue
			}
			low, _ := s.bounds(it.required && it.showIf == nil)
			sum += low
			// A mean is no less than its lowest item.
			if n := Fraction(it.low, c.unit); first || n.Cmp(mean) < 0 {
				mean, first = n, false
			}
		}
	}
	if c.dimensions[place].mean {
		return mean
	}
	return Fraction(sum, c.unit*c.weight)
}

func (c *compiler) checkRanking() {
	r := c.scoring.Ranking
	if r == nil {
		return
	}
	switch {
	case r.By != "band" && r.By != "percentile":
		c.add(scoringAt+"/ranking/by", "enum", "has to be band or percentile")
	case r.By == "band" && len(c.bands) == 0:
		c.add(scoringAt+"/ranking/by", "exists", "there are no bands")
	case r.By == "band" && r.Minimum != 0:
		c.add(scoringAt+"/ranking/minimum", "kind", "is for a percentile")
	case r.Minimum < 0 || r.Minimum == 1 || r.Minimum > 1_000_000:
		c.add(scoringAt+"/ranking/minimum", "range", "has to be from 2 to 1000000")
	}
}

func (c *compiler) checkProfile() {
	p := c.scoring.Profile
	if p == nil {
		return
	}
	if p.PersonalityType && c.scoring.Type == nil {
		c.add(scoringAt+"/profile/personalityType", "exists", "there is no rule for the type")
	}
	for _, field := range []struct {
		name string
		keys []string
	}{{"/traits", p.Traits}, {"/innerDrives", p.InnerDrives}, {"/baselines", p.Baselines}} {
		if c.count(scoringAt+"/profile"+field.name, len(field.keys), maxDimensions) {
			for i, key := range field.keys {
				c.known(at(scoringAt+"/profile"+field.name, i), key)
			}
		}
	}
}

// maxProfile is how many characters a contact's personality fields hold.
const maxProfile = 4000

// checkProfileFits notes where the lines of a profile may be more than the contact's field holds: the
// response could not be submitted. It is for what is to be published; a version stays as it is.
func (s *Scorer) checkProfileFits(f *faults) {
	if s.definition.Scoring == nil || s.definition.Scoring.Profile == nil {
		return
	}
	p := s.definition.Scoring.Profile
	for _, field := range []struct {
		name string
		keys []string
	}{{"/traits", p.Traits}, {"/innerDrives", p.InnerDrives}, {"/baselines", p.Baselines}} {
		characters := -1 // of the lines, with the ends between them
		for i := range s.dimensions {
			for _, key := range field.keys {
				if key == s.dimensions[i].Key {
					characters += s.dimensions[i].longestLine() + 1
				}
			}
		}
		if characters > maxProfile {
			f.add(scoringAt+"/profile"+field.name, "max_length", "its lines can be longer than %d characters together", maxProfile)
		}
	}
}

// longestLine is how many characters the longest line has that a profile says of the dimension.
func (d *dimension) longestLine() int {
	longest := len("100.00 %")
	if len(d.Bands) > 0 {
		longest = 0
	}
	for i := range d.Bands {
		longest = max(longest, utf8.RuneCountInString(d.Bands[i].name()))
	}
	return utf8.RuneCountInString(d.name()+": ") + longest
}

// known notes that there is no such dimension; -1.
func (c *compiler) known(pointer, key string) int {
	place := c.dimension(key)
	if place < 0 {
		c.add(pointer, "exists", "there is no dimension %.64q", key)
	}
	return place
}
