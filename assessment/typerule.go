package assessment

import (
	"maps"
	"slices"
)

// typeRule is a rule for the personality type, compiled. Its answers are texts made
// beforehand, so that none is made while scoring.
type typeRule interface {
	// typeOf is "" where a dimension that the rule looks at has no value.
	typeOf(ds []DimensionScore) string
}

// checkType notes what is wrong with a rule for the type, and compiles it.
func (c *compiler) checkType(pointer string, r *TypeRule) {
	ways := 0
	for _, is := range []bool{r.Axes != nil, r.Highest != nil, r.Nearest != nil} {
		if is {
			ways++
		}
	}
	switch {
	case ways != 1:
		c.add(pointer, "one_of", "has to have exactly one of axes, highest and nearest")
	case r.Axes != nil:
		c.checkAxes(pointer+"/axes", r.Axes)
	case r.Highest != nil:
		c.checkHighest(pointer+"/highest", r.Highest)
	default:
		c.checkNearest(pointer+"/nearest", r.Nearest)
	}
}

// axesRule has the type of each combination of sides: bit i says that axis i is high.
type axesRule struct {
	axes  []axis
	types []string
}

type axis struct {
	dimension int
	highFrom  Percent
}

func (r axesRule) typeOf(ds []DimensionScore) string {
	sides := 0
	for i, a := range r.axes {
		d := &ds[a.dimension]
		if !d.Scored {
			return ""
		}
		if d.Percentage >= a.highFrom {
			sides |= 1 << i
		}
	}
	return r.types[sides]
}

func (c *compiler) checkAxes(pointer string, axes []Axis) {
	if len(axes) == 0 {
		c.add(pointer, "required", "has no axes")
	}
	if !c.count(pointer, len(axes), maxAxes) {
		return
	}
	rule := axesRule{types: []string{""}}
	for i, a := range axes {
		pointer := at(pointer, i)
		place := c.known(pointer+"/dimension", a.Dimension)
		c.text(pointer+"/low", a.Low, 20, true)
		c.text(pointer+"/high", a.High, 20, true)
		if a.Low == a.High {
			c.add(pointer+"/high", "other", "has to differ from low")
		}
		if a.Cut < 0 || a.Cut > Full {
			c.add(pointer+"/cut", "range", "has to be a percentage from 0 to 100")
		}
		from := a.Cut
		switch a.Tie {
		case "low":
			from++
		case "high":
		default:
			c.add(pointer+"/tie", "tie", "has to be low or high: the side of the cut itself")
		}
		rule.axes = append(rule.axes, axis{place, from})
		low := slices.Clone(rule.types)
		for j := range low {
			rule.types[j] = low[j] + a.Low
		}
		for j := range low {
			rule.types = append(rule.types, low[j]+a.High)
		}
	}
	c.typeRule = rule
}

type highestRule struct {
	among []int
	types []string // of each
	tie   string   // "": the first
}

func (r highestRule) typeOf(ds []DimensionScore) string {
	best, tied := -1, false
	for i, place := range r.among {
		d := &ds[place]
		if !d.Scored {
			return ""
		}
		switch {
		case best < 0 || d.Percentage > ds[r.among[best]].Percentage:
			best, tied = i, false
		case d.Percentage == ds[r.among[best]].Percentage:
			tied = true
		}
	}
	if tied && r.tie != "" {
		return r.tie
	}
	return r.types[best]
}

func (c *compiler) checkHighest(pointer string, r *HighestRule) {
	if len(r.Among) < 2 {
		c.add(pointer+"/among", "min_items", "has fewer than two dimensions")
	}
	if !c.count(pointer+"/among", len(r.Among), maxDimensions) || !c.count(pointer+"/types", len(r.Types), maxDimensions) {
		return
	}
	rule := highestRule{}
	c.text(pointer+"/tie", r.Tie, maxLabel, true)
	if r.Tie != "first" {
		rule.tie = r.Tie
	}
	for i, key := range r.Among {
		place := c.known(at(pointer+"/among", i), key)
		if slices.Contains(r.Among[:i], key) {
			c.add(at(pointer+"/among", i), "unique", "is there twice")
		}
		name := r.Types[key]
		if name == "" && place >= 0 {
			name = c.dimensions[place].name()
		}
		rule.among, rule.types = append(rule.among, place), append(rule.types, name)
	}
	for key, name := range r.Types {
		if !slices.Contains(r.Among, key) {
			c.add(in(pointer+"/types", key), "exists", "is not among the dimensions")
		}
		c.text(in(pointer+"/types", key), name, maxLabel, true)
	}
	c.typeRule = rule
}

// name is the dimension's label, or its key where it has none.
func (d *Dimension) name() string {
	if d.Label != "" {
		return d.Label
	}
	return d.Key
}

type nearestRule struct {
	dimensions []int
	profiles   []typePlace
}

type typePlace struct {
	name string
	at   []int64 // by the rule's dimensions
}

func (r nearestRule) typeOf(ds []DimensionScore) string {
	best, least := "", int64(-1)
	for _, p := range r.profiles {
		var distance int64
		for i, place := range r.dimensions {
			if !ds[place].Scored {
				return ""
			}
			d := int64(ds[place].Percentage) - p.at[i]
			distance += d * d
		}
		if least < 0 || distance < least {
			best, least = p.name, distance
		}
	}
	return best
}

func (c *compiler) checkNearest(pointer string, profiles []TypeProfile) {
	if len(profiles) < 2 {
		c.add(pointer, "min_items", "has fewer than two profiles")
	}
	if len(profiles) == 0 || !c.count(pointer, len(profiles), maxProfiles) {
		return
	}
	keys := slices.Sorted(maps.Keys(profiles[0].At))
	if len(keys) == 0 {
		c.add(pointer+"/0/at", "required", "names no dimension")
	}
	if !c.count(pointer+"/0/at", len(keys), maxDimensions) {
		return
	}
	rule := nearestRule{}
	for _, key := range keys {
		rule.dimensions = append(rule.dimensions, c.known(in(pointer+"/0/at", key), key))
	}
	seen := map[string]bool{}
	for i, p := range profiles {
		pointer := at(pointer, i)
		c.text(pointer+"/type", p.Type, maxLabel, true)
		if seen[p.Type] {
			c.add(pointer+"/type", "unique", "another profile has this type")
		}
		seen[p.Type] = true
		if len(p.At) != len(keys) {
			c.add(pointer+"/at", "same", "has to name the same dimensions as the first profile")
		}
		place := typePlace{name: p.Type}
		for _, key := range keys {
			value, ok := p.At[key]
			if !ok || value < 0 || value > Full {
				c.add(in(pointer+"/at", key), "range", "has to be a percentage from 0 to 100")
			}
			place.at = append(place.at, int64(value))
		}
		rule.profiles = append(rule.profiles, place)
	}
	c.typeRule = rule
}
