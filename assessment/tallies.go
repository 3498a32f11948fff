package assessment

import (
	"context"
	"math"
	"strconv"
	"strings"

	"github.com/clientele-crm/clientele/core"
)

// tallies is what has been counted.
type tallies struct {
	v            *compiled
	keys         map[core.ID[Version]]*tallyKey
	responses    int
	finals       int
	percentages  int64
	distribution []int
	counts       [][]int // by question: of each option, or of each rating
	answered     []int

	// Of every item: how often it was scored, and its part of the most.
	scored []int
	parts  []float64

	// Of the complete responses: of each item and of the total the sums that the variances and
	// covariances are made of.
	scoring       []int // the items that are scored at all
	complete      int
	each, each2   []float64
	withTotal     []float64
	total, total2 float64
	points        []float64 // of the response at hand
}

// tallyKey is how the points of a key are read.
type tallyKey struct {
	place []int // among the questions of the version that was answered
	unit  float64
	most  []float64 // of each item
}

func newTallies(v *compiled) *tallies {
	n := len(v.items)
	t := &tallies{
		v: v, keys: map[core.ID[Version]]*tallyKey{}, distribution: make([]int, 10), counts: make([][]int, n), answered: make([]int, n),
		scored: make([]int, n), parts: make([]float64, n),
		each: make([]float64, n), each2: make([]float64, n), withTotal: make([]float64, n), points: make([]float64, n),
	}
	for i := range v.items {
		q := v.items[i].question
		t.counts[i] = make([]int, len(q.Options))
		if q.Type == RatingScale {
			t.counts[i] = make([]int, q.scale().Max-q.scale().Min+1)
		}
		if v.items[i].kind != NoItem {
			t.scoring = append(t.scoring, i)
		}
	}
	return t
}

// key is how to read the points of a version.
func (t *tallies) key(ctx context.Context, tx Tx, id core.ID[Version]) (*tallyKey, error) {
	if k := t.keys[id]; k != nil {
		return k, nil
	}
	key, err := tx.version(ctx, id)
	if err != nil {
		return nil, err
	}
	k := &tallyKey{unit: float64(key.unit)}
	for i := range key.items {
		k.place = append(k.place, t.v.place[key.items[i].question.ID])
		k.most = append(k.most, float64(key.items[i].high)/k.unit)
	}
	t.keys[id] = k
	return k, nil
}

func (t *tallies) add(ctx context.Context, tx Tx, row *Tally) error {
	t.responses++
	t.addChoices(row.Choices)
	if row.KeyID.IsZero() || row.Pending > 0 {
		return nil
	}
	t.finals++
	t.percentages += int64(row.Percentage)
	t.distribution[min(int(row.Percentage)/1000, 9)]++
	key, err := t.key(ctx, tx, row.KeyID)
	if err == nil {
		t.addPoints(key, row.Points)
	}
	return err
}

func (t *tallies) addChoices(choices string) {
	for i := range t.counts {
		choice, rest, _ := strings.Cut(choices, ",")
		choices = rest
		if choice == "" {
			continue
		}
		t.answered[i]++
		first := 0
		if q := t.v.items[i].question; q.Type == RatingScale {
			first = int(q.scale().Min)
		}
		for choice != "" {
			one, rest, _ := strings.Cut(choice, "|")
			choice = rest
			if n, err := strconv.Atoi(one); err == nil && n >= first && n-first < len(t.counts[i]) {
				t.counts[i][n-first]++
			}
		}
	}
}

func (t *tallies) addPoints(key *tallyKey, points string) {
	scored, total := 0, 0.0
	for at, i := range key.place {
		text, rest, _ := strings.Cut(points, ",")
		points = rest
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			continue
		}
		p := float64(n) / key.unit
		t.points[i] = p
		t.scored[i]++
		if key.most[at] > 0 {
			t.parts[i] += p / key.most[at]
		}
		total += p
		scored++
	}
	if scored < len(t.scoring) {
		return
	}
	t.complete++
	t.total += total
	t.total2 += total * total
	for _, i := range t.scoring {
		p := t.points[i]
		t.each[i] += p
		t.each2[i] += p * p
		t.withTotal[i] += p * total
	}
}

func (t *tallies) statistics() Statistics {
	out := Statistics{Version: t.v.Number, Responses: t.responses, Minimum: minStatistics, Complete: t.complete}
	if t.responses < minStatistics {
		out.Complete = 0
		return out
	}
	if t.finals >= minStatistics {
		mean := percentOf(t.percentages, int64(t.finals)*int64(Full))
		out.MeanPercent, out.Distribution = &mean, t.distribution
		out.Alpha = t.alpha()
	}
	for i := range t.v.items {
		q := t.question(i)
		out.Questions = append(out.Questions, q)
		if t.v.items[i].question.Promoter && out.Promoter == nil {
			out.Promoter = t.promoter(i)
		}
	}
	return out
}

// variance of n numbers by their sum and sum of squares; of a sample.
func variance(n int, sum, squares float64) float64 {
	return (squares - sum*sum/float64(n)) / float64(n-1)
}

// alpha is Cronbach's, over the complete responses.
func (t *tallies) alpha() *float64 {
	k := float64(len(t.scoring))
	if t.complete < minReliability || k < 2 {
		return nil
	}
	whole := variance(t.complete, t.total, t.total2)
	if whole <= 1e-12 {
		return nil
	}
	parts := 0.0
	for _, i := range t.scoring {
		parts += variance(t.complete, t.each[i], t.each2[i])
	}
	return rounded(k / (k - 1) * (1 - parts/whole))
}

func (t *tallies) question(i int) QuestionStatistics {
	it := &t.v.items[i]
	q := QuestionStatistics{QuestionID: it.question.ID, Question: it.question.Text, Answered: t.answered[i]}
	for j, count := range t.counts[i] {
		if it.question.Type == RatingScale {
			q.Counts = append(q.Counts, ChoiceCount{Value: new(it.question.scale().Min + int64(j)), Count: count})
		} else {
			o := it.question.Options[j]
			q.Counts = append(q.Counts, ChoiceCount{OptionID: o.ID, Text: o.Text, Count: count})
		}
	}
	if it.kind != NoItem && it.high > 0 && t.scored[i] >= minStatistics {
		q.Facility = rounded(t.parts[i] / float64(t.scored[i]))
	}
	if it.kind != NoItem && t.complete >= minReliability {
		q.Discrimination = t.discrimination(i)
	}
	return q
}

// discrimination is the correlation of an item with the rest of the total.
func (t *tallies) discrimination(i int) *float64 {
	n := float64(t.complete)
	of := variance(t.complete, t.each[i], t.each2[i])
	rest := t.total - t.each[i]
	rest2 := t.total2 - 2*t.withTotal[i] + t.each2[i]
	ofRest := variance(t.complete, rest, rest2)
	if of <= 1e-12 || ofRest <= 1e-12 {
		return nil
	}
	covariance := (t.withTotal[i] - t.each2[i] - t.each[i]*rest/n) / (n - 1)
	return rounded(covariance / math.Sqrt(of*ofRest))
}

// rounded is at four decimals: more would claim what is not known.
func rounded(x float64) *float64 {
	x = math.Round(x*10_000) / 10_000
	return &x
}

func (t *tallies) promoter(i int) *PromoterScore {
	p := &PromoterScore{QuestionID: t.v.items[i].question.ID}
	for v, n := range t.counts[i] { // the scale begins at 0
		switch {
		case v >= 9:
			p.Promoters += n
		case v >= 7:
			p.Passives += n
		default:
			p.Detractors += n
		}
	}
	all := p.Promoters + p.Passives + p.Detractors
	if all == 0 {
		return nil
	}
	difference := 100 * (p.Promoters - p.Detractors)
	half := all / 2
	if difference < 0 {
		half = -half
	}
	p.Score = (difference + half) / all
	return p
}
