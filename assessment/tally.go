package assessment

import (
	"strconv"
	"strings"

	"github.com/clientele-crm/clientele/core"
)

// Tally is the little of a response that statistics, rankings and scoring again read of it.
type Tally struct {
	ResponseID core.ID[Response]
	VersionID  core.ID[Version] // that was answered
	Choices    string           // what was chosen, by question: places of options, or ratings
	Marks      []Mark           // where they were asked for; they are the response's

	// Of an assessment, about the current outcome:
	KeyID      core.ID[Version] // by whose key
	Units      int64            // the total, in units of the key
	Percentage Percent
	Pending    int    // answers that wait for a mark
	Points     string // of the items, in units of the key
	IsRanked   bool   // a percentile is of it and its like
}

// tally is that of a response and its first outcome, if it is scored.
func (c *compiled) tally(r *Sheet, o *Outcome) Tally {
	return c.retally(Tally{ResponseID: r.ID, VersionID: r.VersionID, Choices: c.choices(r.Answers)}, o)
}

// retally is a tally with another outcome, by the key c.
func (c *compiled) retally(t Tally, o *Outcome) Tally {
	if o != nil {
		t.KeyID, t.Percentage, t.Pending = o.VersionID, o.Percentage, o.Pending
		t.Units = scaled(o.TotalScore, c.unit*c.weight)
		t.Points, t.IsRanked = c.itemPoints(&o.Result), c.ByPercentile() && o.Pending == 0
	}
	return t
}

// choices writes down what was chosen: for each question the places of the options ("0", or
// "0|2"), the rating, or "t" for a text; between commas.
func (s *Scorer) choices(answers []Answer) string {
	said := make([]*Answer, len(s.items))
	_ = s.arrange(answers, said) // they were checked
	var b strings.Builder
	for i := range s.items {
		if i > 0 {
			b.WriteByte(',')
		}
		a := said[i]
		switch {
		case a == nil:
		case a.Value != nil:
			b.WriteString(strconv.FormatInt(*a.Value, 10))
		case len(a.OptionIDs) > 0:
			for j, id := range a.OptionIDs {
				if j > 0 {
					b.WriteByte('|')
				}
				b.WriteString(strconv.Itoa(s.items[i].question.option(id)))
			}
		default:
			b.WriteByte('t')
		}
	}
	return b.String()
}

// itemPoints writes down the points of the items in units, between commas: nothing for what is
// not scored, and "h" for what was hidden.
func (s *Scorer) itemPoints(r *Result) string {
	text := make([]byte, 0, 4*len(r.Items))
	for i := range r.Items {
		if i > 0 {
			text = append(text, ',')
		}
		switch r.Items[i].State() {
		case Scored:
			text = strconv.AppendInt(text, scaled(r.Items[i].Points(), s.unit), 10)
		case Hidden:
			text = append(text, 'h')
		}
	}
	return string(text)
}
