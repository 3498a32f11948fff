package assessment

import (
	"math"
	"strconv"
	"strings"
)

// tallies is what has been counted.
type tallies struct {
	v            *compiled
	responses    int
	finals       int
	percentages  int64
	distribution []int
	counts       []map[string]int // by question, by what was chosen
	answered     []int

	// Of every item: how often it was scored, and its points in units.
	scored []int
	sum    []float64

	// Of the complete responses: of each item and of the total the sums that the variances and
	// covariances are made of.
	scoring       []int // the items that are scored at all
	complete      int
	each, each2   []float64
	withTotal     []float64
	total, total2 float64
	points        []float64 // of the response at hand
}

func newTallies(v *compiled) *tallies {
	n := len(v.items)
	t := &tallies{
		v: v, distribution: make([]int, 10), counts: make([]map[string]int, n), answered: make([]int, n),
		scored: make([]int, n), sum: make([]float64, n),
		each: make([]float64, n), each2: make([]float64, n), withTotal: make([]float64, n), points: make([]float64, n),
	}
	for i := range v.items {
		t.counts[i] = map[string]int{}
		if v.items[i].kind != NoItem {
			t.scoring = append(t.scoring, i)
		}
	}
	return t
}

func (t *tallies) add(row *Tally) {
	t.responses++
	i := 0
	for choice := range strings.SplitSeq(row.Choices, ",") {
		if i >= len(t.counts) {
			break
		}
		if choice != "" {
			t.answered[i]++
			for one := range strings.SplitSeq(choice, "|") {
				t.counts[i][one]++
			}
		}
		i++
	}
	if row.Points == "" || !row.Final {
		return
	}
	t.finals++
	t.percentages += int64(row.Percentage)
	t.distribution[min(int(row.Percentage)/1000, 9)]++
	t.addPoints(row.Points)
}

func (t *tallies) addPoints(points string) {
	i, scored := 0, 0
	total := 0.0
	for text := range strings.SplitSeq(points, ",") {
		if i >= len(t.points) {
			return
		}
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			p := float64(n) / float64(t.v.unit)
			t.points[i] = p
			t.scored[i]++
			t.sum[i] += p
			total += p
			scored++
		}
		i++
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
	q := QuestionStatistics{QuestionID: it.id, Question: it.question.Text, Answered: t.answered[i]}
	for j, o := range it.question.Options {
		q.Counts = append(q.Counts, ChoiceCount{OptionID: o.ID, Text: o.Text, Count: t.counts[i][strconv.Itoa(j)]})
	}
	if it.question.Type == RatingScale {
		for v := it.question.scale().Min; v <= it.question.scale().Max; v++ {
			q.Counts = append(q.Counts, ChoiceCount{Value: &v, Count: t.counts[i][strconv.FormatInt(v, 10)]})
		}
	}
	if most := float64(it.high) / float64(t.v.unit); it.kind != NoItem && most > 0 && t.scored[i] >= minStatistics {
		q.Facility = rounded(t.sum[i] / float64(t.scored[i]) / most)
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
	p := &PromoterScore{QuestionID: t.v.items[i].id}
	for text, n := range t.counts[i] {
		switch v, err := strconv.Atoi(text); {
		case err != nil:
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
