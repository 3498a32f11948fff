package assessment

import (
	"strconv"
	"strings"
)

// Tally is the little of a response that statistics are made of.
type Tally struct {
	Choices    string // what was chosen, by question: places of options, or ratings
	Points     string // of the items, in units; "": it is not scored
	Percentage Percent
	Final      bool
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
		switch r.Items[i].State {
		case Scored:
			text = strconv.AppendInt(text, scaled(r.Items[i].Points, s.unit), 10)
		case Hidden:
			text = append(text, 'h')
		}
	}
	return string(text)
}
