package assessment

import (
	"fmt"
	"strings"
)

// ProfileOf is what a result says of a contact's personality fields, by the profile of the
// definition; nil fields are left as they are. A dimension without a value is not named.
func (s *Scorer) ProfileOf(r *Result) ProfileChange {
	var p ProfileChange
	if s.definition.Scoring == nil || s.definition.Scoring.Profile == nil {
		return p
	}
	rule := s.definition.Scoring.Profile
	if rule.PersonalityType && r.PersonalityType != "" {
		p.PersonalityType = &r.PersonalityType
	}
	p.Traits = s.lines(r, rule.Traits)
	p.InnerDrives = s.lines(r, rule.InnerDrives)
	p.Baselines = s.lines(r, rule.Baselines)
	return p
}

// ProfileChange is what to write into a contact's personality fields. Nil: left as it is.
type ProfileChange struct {
	PersonalityType, Traits, InnerDrives, Baselines *string
}

// IsZero reports whether there is nothing to write.
func (p ProfileChange) IsZero() bool { return p == ProfileChange{} }

// without is p without the fields that another writes.
func (p ProfileChange) without(other ProfileChange) ProfileChange {
	for _, field := range []struct {
		of    **string
		other *string
	}{
		{&p.PersonalityType, other.PersonalityType}, {&p.Traits, other.Traits}, {&p.InnerDrives, other.InnerDrives}, {&p.Baselines, other.Baselines},
	} {
		if field.other != nil {
			*field.of = nil
		}
	}
	return p
}

// lines are "Label: band" of the dimensions, or their percentage where they have no bands.
func (s *Scorer) lines(r *Result, keys []string) *string {
	var lines []string
	for i := range r.Dimensions {
		d := &r.Dimensions[i]
		for _, key := range keys {
			if key == d.Key && d.Scored {
				lines = append(lines, s.dimensions[i].name()+": "+s.display(i, d))
			}
		}
	}
	if lines == nil {
		return nil
	}
	text := strings.Join(lines, "\n")
	return &text
}

// display is a dimension's band, or its percentage.
func (s *Scorer) display(place int, d *DimensionScore) string {
	if b := bandOf(s.dimensions[place].Bands, d.Percentage); b != nil {
		return b.name()
	}
	return d.Percentage.String() + " %"
}

// Traits is one line about every dimension that has a value: "Openness: high, Drive: 66.67 %".
func (s *Scorer) Traits(r *Result) string {
	var parts []string
	for i := range r.Dimensions {
		if d := &r.Dimensions[i]; d.Scored {
			parts = append(parts, s.dimensions[i].name()+": "+s.display(i, d))
		}
	}
	return strings.Join(parts, ", ")
}

// Cohort is where a total stands among the other results of its version.
type Cohort struct {
	Others int // results beside it
	Below  int // of them with a lower total
	Equal  int // and with the same
}

// Rank is the ranking text of a percentile rule: "percentile 87", counting half of those with
// the same total as below, and rounded down; "" while the cohort is smaller than the minimum.
func (s *Scorer) Rank(c Cohort) string {
	if !s.ByPercentile() {
		return ""
	}
	minimum := s.definition.Scoring.Ranking.Minimum
	if minimum == 0 {
		minimum = 30
	}
	n := c.Others + 1
	if n < minimum {
		return ""
	}
	return fmt.Sprintf("percentile %d", 100*(2*c.Below+c.Equal+1)/(2*n))
}

// ByPercentile reports whether results are ranked within their cohort.
func (s *Scorer) ByPercentile() bool {
	return s.definition.Scoring != nil && s.definition.Scoring.Ranking != nil && s.definition.Scoring.Ranking.By == "percentile"
}
