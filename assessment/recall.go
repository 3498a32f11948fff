package assessment

import (
	"context"
	"strconv"
	"strings"

	"github.com/clientele-crm/clientele/core"
)

// recall makes answers of what a tally says was chosen. It is for scoring: a text that was
// written is there, but not its words.
type recall struct {
	items   []item
	options [][]OptionID // of each question
	ratings [][]int64    // of each rating scale
	buffer  []Answer
}

// recall is that of a version that was answered.
func (tx Tx) recall(ctx context.Context, answered core.ID[Version]) (*recall, error) {
	v, err := tx.version(ctx, answered)
	if err != nil {
		return nil, err
	}
	return v.recall(), nil
}

func (s *Scorer) recall() *recall {
	r := &recall{
		items: s.items, options: make([][]OptionID, len(s.items)), ratings: make([][]int64, len(s.items)),
		buffer: make([]Answer, 0, len(s.items)),
	}
	for i := range s.items {
		for _, o := range s.items[i].question.Options {
			r.options[i] = append(r.options[i], o.ID)
		}
		if q := s.items[i].question; q.Type == RatingScale {
			for v := q.scale().Min; v <= q.scale().Max; v++ {
				r.ratings[i] = append(r.ratings[i], v)
			}
		}
	}
	return r
}

// answers are those of [Scorer.choices], good until the next call.
func (r *recall) answers(choices string) []Answer {
	all := r.buffer[:0]
	for i := range r.items {
		choice, rest, _ := strings.Cut(choices, ",")
		choices = rest
		if choice == "" {
			continue
		}
		a := Answer{QuestionID: r.items[i].question.ID}
		switch {
		case choice == "t":
			a.Text = choice
		case len(r.ratings[i]) > 0:
			a.Value = r.rating(i, choice)
		default:
			a.OptionIDs = chosen(r.options[i], choice)
		}
		all = append(all, a)
	}
	return all
}

// chosen are the options at the places.
func chosen(options []OptionID, places string) (ids []OptionID) {
	for one := range strings.SplitSeq(places, "|") {
		place, err := strconv.Atoi(one)
		switch {
		case err != nil || place < 0 || place >= len(options):
		case len(one) == len(places):
			return options[place : place+1 : place+1]
		default:
			ids = append(ids, options[place])
		}
	}
	return ids
}

// rating is a rating of the scale; nil: there is no such one.
func (r *recall) rating(i int, choice string) *int64 {
	value, err := strconv.ParseInt(choice, 10, 64)
	place := value - r.items[i].question.scale().Min
	if err != nil || place < 0 || place >= int64(len(r.ratings[i])) {
		return nil
	}
	return &r.ratings[i][place]
}
