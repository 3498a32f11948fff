package assessment

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func drawNumber(t *rapid.T, name string, low, high int64) Number {
	return Fraction(rapid.Int64Range(low*12, high*12).Draw(t, name), rapid.SampledFrom([]int64{12, 12, 24, 36, 60}).Draw(t, name+" of"))
}

// drawDefinition is any valid assessment without subjective questions.
func drawDefinition(t *rapid.T) Definition {
	d := Definition{Kind: Assessment, Scoring: &Scoring{}}
	dimensions := rapid.SampledFrom([]int{0, 1, 2, 3, 3, 6}).Draw(t, "dimensions")
	for k := range dimensions {
		d.Scoring.Dimensions = append(d.Scoring.Dimensions, Dimension{
			Key:         fmt.Sprintf("d%d", k),
			Method:      rapid.SampledFrom([]Method{"", SumMethod, MeanMethod}).Draw(t, "method"),
			MinAnswered: rapid.IntRange(0, 1).Draw(t, "minAnswered"),
			Percent:     rapid.SampledFrom([]Percents{"", OfMax, OfRange}).Draw(t, "percent"),
		})
	}
	n := rapid.IntRange(1, 7).Draw(t, "questions")
	for i := range n {
		q := drawQuestion(t, d, i)
		d.Questions = append(d.Questions, q)
		if i == 0 || rapid.Bool().Draw(t, "has item") {
			d.Scoring.Items = append(d.Scoring.Items, drawItem(t, d, &q, i == 0))
		}
	}
	if rapid.Bool().Draw(t, "has total") {
		d.Scoring.Total = &Total{Percent: rapid.SampledFrom([]Percents{OfMax, OfRange}).Draw(t, "percent")}
		if rapid.Bool().Draw(t, "has floor") {
			floor := drawNumber(t, "floor", -5, 5)
			d.Scoring.Total.Floor = &floor
		}
	}
	from := Percent(0)
	for i := range rapid.IntRange(0, 5).Draw(t, "bands") {
		d.Scoring.Bands = append(d.Scoring.Bands, Band{From: from, Key: fmt.Sprintf("b%d", i)})
		from += Percent(rapid.IntRange(1, 2000).Draw(t, "step"))
	}
	return d
}

func drawQuestion(t *rapid.T, d Definition, i int) Question {
	end := rapid.SampledFrom([]string{"", "-with-the-same-end"}).Draw(t, "end of ids")
	q := Question{
		ID: QuestionID(fmt.Sprint("q", i, end)), Text: "?", Required: rapid.Bool().Draw(t, "required"),
		Type:   rapid.SampledFrom([]QuestionType{MultipleChoice, RatingScale, TrueFalse}).Draw(t, "type"),
		Points: drawNumber(t, "points", 0, 9),
	}
	options := 2
	switch q.Type {
	case RatingScale:
		low := rapid.Int64Range(-5, 5).Draw(t, "min")
		q.Scale = &Scale{Min: low, Max: low + rapid.Int64Range(1, 6).Draw(t, "ratings")}
		options = 0
	case MultipleChoice:
		options = rapid.IntRange(1, 5).Draw(t, "options")
	}
	pointed := rapid.Bool().Draw(t, "options have points")
	for j := range options {
		o := Option{ID: OptionID(fmt.Sprint("o", j, end)), Text: "!", Correct: rapid.Bool().Draw(t, "correct")}
		if pointed {
			o.Points = drawNumber(t, "option", -5, 5)
		}
		q.Options = append(q.Options, o)
	}
	if i > 0 && rapid.Bool().Draw(t, "conditional") {
		q.ShowIf = drawCondition(t, d.Questions, 2)
	}
	return q
}

func drawCondition(t *rapid.T, earlier []Question, depth int) *Condition {
	if depth > 0 {
		switch rapid.IntRange(0, 5).Draw(t, "condition") {
		case 0:
			return &Condition{Not: drawCondition(t, earlier, depth-1)}
		case 1:
			return &Condition{All: []Condition{*drawCondition(t, earlier, depth-1), *drawCondition(t, earlier, depth-1)}}
		case 2:
			return &Condition{Any: []Condition{*drawCondition(t, earlier, depth-1), *drawCondition(t, earlier, depth-1)}}
		}
	}
	q := &earlier[rapid.IntRange(0, len(earlier)-1).Draw(t, "of")]
	c := &Condition{Question: q.ID}
	switch {
	case rapid.Bool().Draw(t, "answered"):
		c.Answered = new(rapid.Bool().Draw(t, "is"))
	case q.Type == RatingScale && rapid.Bool().Draw(t, "gte"):
		c.Gte = new(q.Scale.Min + 1)
	case q.Type == RatingScale:
		c.In = []Operand{{Value: new(q.Scale.Min)}, {Value: new(q.Scale.Max)}}
	default:
		c.Eq = &Operand{Option: q.Options[0].ID}
	}
	return c
}

// drawItem is an item; measured: it has a weight in every dimension, so that none is empty.
func drawItem(t *rapid.T, d Definition, q *Question, measured bool) Item {
	it := Item{Question: q.ID, Kind: plainKind(q)}
	if q.Type == MultipleChoice && rapid.Bool().Draw(t, "multi") {
		it.Kind = MultiItem
		it.Credit = rapid.SampledFrom([]Credit{"", PartialCredit, AllCredit}).Draw(t, "credit")
	}
	it.Reverse = it.Kind == LikertItem && rapid.Bool().Draw(t, "reverse")
	if rapid.Bool().Draw(t, "has points") {
		it.Points = map[string]Number{}
		for _, o := range q.Options {
			it.Points[string(o.ID)] = drawNumber(t, "points", -4, 4)
		}
		if q.Type == RatingScale {
			it.Points[Int(q.Scale.Min).String()] = drawNumber(t, "points", -4, 4)
		}
		if rapid.Bool().Draw(t, "has default") {
			it.Default = new(drawNumber(t, "default", -4, 4))
		}
	}
	if rapid.Bool().Draw(t, "has floor") {
		it.Floor = new(drawNumber(t, "floor", -3, 0))
	}
	if rapid.Bool().Draw(t, "has cap") {
		it.Cap = new(drawNumber(t, "cap", 1, 4))
	}
	if rapid.Bool().Draw(t, "has weight") {
		it.Weight = new(Fraction(rapid.Int64Range(-6, 6).Draw(t, "weight"), 2))
	}
	it.Weights = map[string]Number{}
	heavy := rapid.SampledFrom([]int64{1, 1, 500}).Draw(t, "heavy")
	for _, dim := range d.Scoring.Dimensions {
		if !measured && rapid.Bool().Draw(t, "not measured") {
			continue
		}
		low := int64(-4)
		if dim.Method == MeanMethod {
			low = 1
		}
		it.Weights[dim.Key] = Fraction(heavy*rapid.Int64Range(low, 4).Draw(t, "weight"), 2)
	}
	return it
}

func drawAnswers(t *rapid.T, d Definition) []Answer {
	var answers []Answer
	for i := range d.Questions {
		q := &d.Questions[i]
		if rapid.IntRange(0, 4).Draw(t, "skip") == 0 {
			continue
		}
		a := Answer{QuestionID: q.ID}
		many := false
		for _, it := range d.Scoring.Items {
			many = many || it.Question == q.ID && it.Kind == MultiItem
		}
		switch {
		case q.Type == RatingScale:
			a.Value = new(rapid.Int64Range(q.Scale.Min, q.Scale.Max).Draw(t, "rating"))
		case many:
			for _, o := range q.Options {
				if rapid.Bool().Draw(t, "chosen") {
					a.OptionIDs = append(a.OptionIDs, o.ID)
				}
			}
		default:
			a.OptionIDs = []OptionID{q.Options[rapid.IntRange(0, len(q.Options)-1).Draw(t, "option")].ID}
		}
		answers = append(answers, a)
	}
	return answers
}

// drawScored is a definition, its scorer, answers and their result. What the generator makes is
// valid but for what never changes, and that is drawn again.
func drawScored(t *rapid.T) (Definition, *Scorer, []Answer, Result) {
	d := drawDefinition(t)
	s, err := Compile(d)
	if err != nil {
		require.Regexp(t, "its value is the same|no option earns points", err)
		t.Skip("measures nothing")
	}
	answers := drawAnswers(t, d)
	r, err := s.Score(answers, nil)
	require.NoError(t, err)
	return d, s, answers, r
}

func TestCompiledScoringAgreesWithInterpreted(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d, _, answers, r := drawScored(t)
		want := interpret(d, answers)
		require.Equal(t, want.total.RatString(), ratOf(r.TotalScore).RatString())
		require.Equal(t, want.low.RatString(), ratOf(r.MinScore).RatString())
		require.Equal(t, want.high.RatString(), ratOf(r.MaxScore).RatString())
		require.EqualValues(t, want.percentage, r.Percentage)
		for i, item := range r.Items {
			require.Equal(t, want.states[i], item.State())
		}
		for _, dim := range r.Dimensions {
			is := want.dimensions[dim.Key]
			require.Equal(t, is.scored, dim.Scored)
			if dim.Scored {
				require.Equal(t, is.value.RatString(), ratOf(dim.Value).RatString())
				require.EqualValues(t, is.percentage, dim.Percentage)
			}
		}
	})
}

func TestTheScoreLiesBetweenTheProvenBounds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		_, s, answers, r := drawScored(t)
		require.LessOrEqual(t, r.MinScore.Cmp(r.TotalScore), 0, "at least the least")
		require.LessOrEqual(t, r.TotalScore.Cmp(r.MaxScore), 0, "at most the most")
		require.True(t, 0 <= r.Percentage && r.Percentage <= Full)
		if s.CheckComplete(answers) == nil {
			low, high := s.Range()
			require.LessOrEqual(t, low.Cmp(r.MinScore), 0)
			require.LessOrEqual(t, r.MaxScore.Cmp(high), 0)
		}
	})
}

func TestTheOrderOfAnswersDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		_, s, answers, r := drawScored(t)
		shuffle := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		shuffle.Shuffle(len(answers), func(i, j int) { answers[i], answers[j] = answers[j], answers[i] })
		for i := range answers {
			ids := answers[i].OptionIDs
			shuffle.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
		}
		again, err := s.Score(answers, nil)
		require.NoError(t, err)
		require.Equal(t, r, again)
	})
}

func TestTheOrderOfQuestionsDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d, _, answers, r := drawScored(t)
		for _, q := range d.Questions {
			if q.ShowIf != nil {
				t.Skip("conditions look at earlier questions")
			}
		}
		shuffle := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		shuffle.Shuffle(len(d.Questions), func(i, j int) { d.Questions[i], d.Questions[j] = d.Questions[j], d.Questions[i] })
		again, err := Score(d, answers, nil)
		require.NoError(t, err)
		again.Items, r.Items = nil, nil
		require.Equal(t, r, again)
	})
}

func TestEveryPercentageFallsInExactlyOneBand(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := drawDefinition(t)
		bands := d.Scoring.Bands
		if len(bands) == 0 {
			t.Skip("no bands")
		}
		p := Percent(rapid.Int64Range(0, int64(Full)).Draw(t, "percentage"))
		in := 0
		for i, b := range bands {
			if p >= b.From && (i == len(bands)-1 || p < bands[i+1].From) {
				in++
				require.Equal(t, b.Key, bandOf(bands, p).Key)
			}
		}
		require.Equal(t, 1, in)
	})
}

// Scoring again reads what a tally says was chosen, and not the answers.
func TestScoringAgainWithTheSameKeyChangesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		_, s, answers, r := drawScored(t)
		kept, err := s.Visible(answers)
		require.NoError(t, err)
		again, err := s.Score(s.recall().answers(s.choices(kept)), nil)
		require.NoError(t, err)
		require.Equal(t, r, again)
		require.Equal(t, s.itemPoints(&r), s.itemPoints(&again))
		require.Equal(t, s.ProfileOf(&r), s.ProfileOf(&again))
	})
}

func TestAResultIsTheSameAfterJSON(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d, _, answers, r := drawScored(t)
		data, err := json.Marshal(d)
		require.NoError(t, err)
		read, err := Parse(data)
		require.NoError(t, err)
		again, err := Score(read, answers, nil)
		require.NoError(t, err)
		require.Equal(t, r, again)
		data, err = json.Marshal(r)
		require.NoError(t, err)
		var back Result
		require.NoError(t, json.Unmarshal(data, &back))
		require.Equal(t, r, back)
	})
}

func TestNumbersAreReadBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := Fraction(rapid.Int64Range(-1<<60, 1<<60).Draw(t, "num"), rapid.Int64Range(1, 1<<40).Draw(t, "den"))
		data, err := json.Marshal(n)
		require.NoError(t, err)
		var back Number
		require.NoError(t, json.Unmarshal(data, &back), string(data))
		require.Equal(t, n, back)
		m := Fraction(rapid.Int64Range(-1<<60, 1<<60).Draw(t, "num"), rapid.Int64Range(1, 1<<40).Draw(t, "den"))
		require.Equal(t, ratOf(n).Cmp(ratOf(m)), n.Cmp(m))
	})
}
