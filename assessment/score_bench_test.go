package assessment

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// fifty is 50 items on 5 dimensions: each counts in as many of them.
func fifty(tb testing.TB, each int) (*Scorer, []Answer) {
	d := Definition{Kind: Assessment, Scoring: &Scoring{Bands: []Band{{0, "low", ""}, {4000, "mid", ""}, {7000, "high", ""}}}}
	highest := &HighestRule{Tie: "first"}
	key := func(i int) string { return fmt.Sprintf("d%d", i%5) }
	for i := range 5 {
		key := key(i)
		d.Scoring.Dimensions = append(d.Scoring.Dimensions, Dimension{Key: key, Percent: OfRange, Bands: d.Scoring.Bands})
		highest.Among = append(highest.Among, key)
	}
	d.Scoring.Type = &TypeRule{Highest: highest}
	var answers []Answer
	for i := range 50 {
		q := Question{ID: QuestionID(fmt.Sprintf("q%02d", i)), Text: "?", Type: RatingScale, Required: true}
		it := Item{Question: q.ID, Kind: LikertItem, Reverse: i%2 == 0, Weights: map[string]Number{}}
		for j := range each {
			it.Weights[key(i+j)] = Int(int64(j + 1))
		}
		a := Answer{QuestionID: QuestionID(strings.Clone(string(q.ID)))} // as if it was read
		if i%2 == 0 {
			a.Value = new(int64(1 + i%5))
		} else {
			q.Type, it.Kind, it.Points = MultipleChoice, SingleItem, map[string]Number{}
			for j := range 4 {
				q.Options = append(q.Options, Option{ID: OptionID(fmt.Sprintf("o%d", j)), Text: "!"})
				it.Points[fmt.Sprintf("o%d", j)] = Fraction(int64(j), 2)
			}
			a.OptionIDs = []OptionID{OptionID(strings.Clone(string(q.Options[i%4].ID)))}
		}
		d.Questions, d.Scoring.Items, answers = append(d.Questions, q), append(d.Scoring.Items, it), append(answers, a)
	}
	s, err := Compile(d)
	require.NoError(tb, err)
	return s, answers
}

func TestScoringAllocatesNothingButTheResult(t *testing.T) {
	s, answers := fifty(t, 5)
	require.LessOrEqual(t, testing.AllocsPerRun(100, func() {
		if _, err := s.Score(answers, nil); err != nil {
			t.Fatal(err)
		}
	}), 2.0)
}

// BenchmarkScore50Items5Dimensions has ten items on each dimension, as instruments of five scales
// mostly do, and every item on all of them.
func BenchmarkScore50Items5Dimensions(b *testing.B) {
	for _, each := range []int{1, 5} {
		b.Run(fmt.Sprintf("item in %d", each), func(b *testing.B) {
			s, answers := fifty(b, each)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.Score(answers, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkCompile50Items5Dimensions(b *testing.B) {
	s, _ := fifty(b, 5)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Compile(s.Definition()); err != nil {
			b.Fatal(err)
		}
	}
}
