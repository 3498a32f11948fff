package assessment

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
)

// quiz is a definition of one choice, one rating and one essay, with the scoring document.
func quiz(scoring string) string {
	return `{"kind": "assessment", "scoringLogic": ` + scoring + `, "questions": [
		{"id": "c", "question": "?", "type": "multiple_choice", "isRequired": true, "points": 1, "options": [{"id": "a", "text": "A", "isCorrect": true}, {"id": "b", "text": "B"}]},
		{"id": "r", "question": "?", "type": "rating_scale", "isRequired": true, "points": 0},
		{"id": "e", "question": "?", "type": "subjective", "isRequired": false, "points": 5}]}`
}

func TestFaultsOfAScoringDocument(t *testing.T) {
	t.Parallel()
	dim := `"items": [{"question": "r", "kind": "likert", "weights": {"d": 1}}], "dimensions": [{"key": "d"}]`
	two := `"items": [{"question": "r", "kind": "likert", "weights": {"d": 1, "e": 2}}], "dimensions": [{"key": "d"}, {"key": "e"}]`
	for _, c := range []struct{ scoring, pointer, rule string }{
		{`{"items": [{"question": "x", "kind": "single"}]}`, "/items/0/question", "exists"},
		{`{"items": [{"question": "c", "kind": "single"}, {"question": "c", "kind": "none"}]}`, "/items/1/question", "unique"},
		{`{"items": [{"question": "c", "kind": "likert"}]}`, "/items/0/kind", "kind"},
		{`{"items": [{"question": "c", "kind": "guess"}]}`, "/items/0/kind", "enum"},
		{`{"items": [{"question": "c", "kind": "single", "points": {"z": 1}}]}`, "/items/0/points/z", "exists"},
		{`{"items": [{"question": "c", "kind": "single", "points": {"a/b": 1}}]}`, "/items/0/points/a~1b", "exists"},
		{`{"items": [{"question": "c", "kind": "single", "points": {"a": 1000001}}]}`, "/items/0/points/a", "range"},
		{`{"items": [{"question": "r", "kind": "likert", "points": {"6": 1}}]}`, "/items/0/points/6", "exists"},
		{`{"items": [{"question": "r", "kind": "likert", "points": {"01": 1}}]}`, "/items/0/points/01", "exists"},
		{`{"items": [{"question": "c", "kind": "single", "reverse": true}]}`, "/items/0/reverse", "kind"},
		{`{"items": [{"question": "c", "kind": "single", "credit": "all"}]}`, "/items/0/credit", "kind"},
		{`{"items": [{"question": "c", "kind": "single", "floor": 2, "cap": 1}]}`, "/items/0/cap", "range"},
		{`{"items": [{"question": "c", "kind": "single", "default": 2}]}`, "/items/0/default", "kind"},
		{`{"items": [{"question": "c", "kind": "single", "weights": {"d": 1}}]}`, "/items/0/weights/d", "exists"},
		{`{"items": [{"question": "c", "kind": "single", "weight": 1001}]}`, "/items/0/weight", "range"},
		{`{"items": [{"question": "c", "kind": "single", "points": {"a": "1/999983", "b": "1/7"}}]}`, "", "denominator"},
		{`{"dimensions": [{"key": "d"}]}`, "/dimensions/0", "measured"},
		{`{"items": [{"question": "r", "kind": "likert", "weights": {"d": 0}}], "dimensions": [{"key": "d"}]}`, "/dimensions/0", "measured"},
		{`{"items": [{"question": "r", "kind": "likert", "weights": {"d": -1}}], "dimensions": [{"key": "d", "method": "mean"}]}`, "/items/0/weights/d", "range"},
		{`{"items": [{"question": "r", "kind": "likert", "weights": {"d": 1}}], "dimensions": [{"key": "d", "minAnswered": 2}]}`, "/dimensions/0/minAnswered", "range"},
		{`{"items": [{"question": "r", "kind": "likert", "weights": {"d": 1}}], "dimensions": [{"key": "d", "norms": [{"from": 2, "is": 1}]}]}`, "/dimensions/0/norms/0/from", "total"},
		{`{"dimensions": [{"key": "d"}, {"key": "d"}]}`, "/dimensions/1/key", "unique"},
		{`{"bands": [{"from": 1, "key": "a"}]}`, "/bands/0/from", "total"},
		{`{"bands": [{"from": 0, "key": "a"}, {"from": 0, "key": "b"}]}`, "/bands/1/from", "ascending"},
		{`{"bands": [{"from": 0, "key": "a"}, {"from": 50, "key": "a"}]}`, "/bands/1/key", "unique"},
		{`{"bands": [{"from": 0, "key": "a"}, {"from": 101, "key": "b"}]}`, "/bands/1/from", "range"},
		{`{"total": {"pass": 100.01}}`, "/total/pass", "range"},
		{`{"type": {}}`, "/type", "one_of"},
		{`{` + dim + `, "type": {"axes": [{"dimension": "x", "cut": 50, "low": "I", "high": "E", "tie": "low"}]}}`, "/type/axes/0/dimension", "exists"},
		{`{` + dim + `, "type": {"axes": [{"dimension": "d", "cut": 50, "low": "I", "high": "E"}]}}`, "/type/axes/0/tie", "tie"},
		{`{` + dim + `, "type": {"axes": [{"dimension": "d", "cut": 50, "low": "I", "high": "I", "tie": "low"}]}}`, "/type/axes/0/high", "other"},
		{`{` + two + `, "type": {"highest": {"among": ["d", "e"]}}}`, "/type/highest/tie", "required"},
		{`{` + two + `, "type": {"highest": {"among": ["d"], "tie": "first"}}}`, "/type/highest/among", "min_items"},
		{`{` + two + `, "type": {"nearest": [{"type": "A", "at": {"d": 1}}, {"type": "B", "at": {"e": 1}}]}}`, "/type/nearest/1/at/d", "range"},
		{`{"ranking": {"by": "band"}}`, "/ranking/by", "exists"},
		{`{"ranking": {"by": "luck"}}`, "/ranking/by", "enum"},
		{`{"profile": {"personalityType": true}}`, "/profile/personalityType", "exists"},
		{`{"profile": {"traits": ["d"]}}`, "/profile/traits/0", "exists"},
	} {
		d, err := Parse([]byte(quiz(c.scoring)))
		require.NoError(t, err, c.scoring)
		requireFault(t, Validate(d), scoringAt+c.pointer, c.rule, c.scoring)
	}
}

func TestAProfileThatTheContactsFieldsDoNotHold(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", maxLabel)
	for _, c := range []struct {
		dimensions int
		fits       bool
	}{{19, true}, {20, false}} { // 203 characters a line, with its end
		s := Scoring{Items: []Item{{Question: "r", Kind: LikertItem, Weights: map[string]Number{}}}, Profile: &Profile{}}
		for i := range c.dimensions {
			key := fmt.Sprint("d", i)
			s.Items[0].Weights[key] = Int(1)
			s.Dimensions = append(s.Dimensions, Dimension{Key: key, Label: long, Bands: []Band{{Key: "all", Label: long}}})
			s.Profile.InnerDrives = append(s.Profile.InnerDrives, key)
		}
		d, err := Parse([]byte(quiz(`{}`)))
		require.NoError(t, err)
		d.Scoring = &s
		scorer, err := Compile(d)
		require.NoError(t, err, "what is published stays readable")
		r, err := scorer.Score([]Answer{{QuestionID: "r", Value: new(int64(1))}}, nil)
		require.NoError(t, err)
		written := len([]rune(*scorer.ProfileOf(&r).InnerDrives))
		require.Equal(t, c.fits, written <= maxProfile, written)
		if c.fits {
			require.NoError(t, Validate(d))
		} else {
			requireFault(t, Validate(d), scoringAt+"/profile/innerDrives", "max_length", "too long")
		}
	}
}

func TestFaultsOfQuestions(t *testing.T) {
	t.Parallel()
	ok := `{"id": "a", "question": "?", "type": "rating_scale", "isRequired": true, "points": 0}`
	for _, c := range []struct{ kind, questions, pointer, rule string }{
		{"assessment", ``, "/questions", "required"},
		{"quiz", ok, "/kind", "enum"},
		{"assessment", ok + "," + ok, "/questions/1/id", "unique"},
		{"assessment", `{"id": "a b", "question": "?", "type": "subjective", "isRequired": true, "points": 0}`, "/questions/0/id", "id"},
		{"assessment", `{"id": "a", "question": " ", "type": "subjective", "isRequired": true, "points": 0}`, "/questions/0/question", "required"},
		{"assessment", `{"id": "a", "question": "?", "type": "text", "isRequired": true, "points": 0}`, "/questions/0/type", "enum"},
		{"questionnaire", `{"id": "a", "question": "?", "type": "subjective", "isRequired": true, "points": 0}`, "/questions/0/type", "enum"},
		{"questionnaire", `{"id": "a", "question": "?", "type": "text", "isRequired": true, "points": 1}`, "/questions/0/points", "kind"},
		{"questionnaire", `{"id": "a", "question": "?", "type": "rating_scale", "isRequired": true, "points": 0, "netPromoter": true}`, "/questions/0/netPromoter", "promoter"},
		{"assessment", `{"id": "a", "question": "?", "type": "multiple_choice", "isRequired": true, "points": 0}`, "/questions/0/options", "required"},
		{"assessment", `{"id": "a", "question": "?", "type": "true_false", "isRequired": true, "points": 0, "options": [{"id": "x", "text": "X"}]}`, "/questions/0/options", "count"},
		{"assessment", `{"id": "a", "question": "?", "type": "subjective", "isRequired": true, "points": 0, "options": [{"id": "x", "text": "X"}]}`, "/questions/0/options", "type"},
		{"assessment", `{"id": "a", "question": "?", "type": "multiple_choice", "isRequired": true, "points": 0, "options": [{"id": "x", "text": "X"}, {"id": "x", "text": "Y"}]}`, "/questions/0/options/1/id", "unique"},
		{"assessment", `{"id": "a", "question": "?", "type": "rating_scale", "isRequired": true, "points": 0, "scale": {"min": 5, "max": 1}}`, "/questions/0/scale", "range"},
		{"assessment", `{"id": "a", "question": "?", "type": "rating_scale", "isRequired": true, "points": 0, "scale": {"min": -9000000000000000000, "max": 9000000000000000000}}`, "/questions/0/scale", "range"},
		{"assessment", `{"id": "b", "question": "?", "type": "rating_scale", "isRequired": true, "points": 0, "showIf": {"question": "a", "gte": 1}},` + ok, "/questions/0/showIf/question", "earlier"},
		{"assessment", `{"id": "b", "question": "?", "type": "rating_scale", "isRequired": true, "points": 0, "showIf": {"question": "b", "gte": 1}}`, "/questions/0/showIf/question", "earlier"},
		{"assessment", ok + `,{"id": "b", "question": "?", "type": "rating_scale", "isRequired": true, "points": 0, "showIf": {"question": "a", "eq": "x"}}`, "/questions/1/showIf/eq", "range"},
		{"assessment", ok + `,{"id": "b", "question": "?", "type": "rating_scale", "isRequired": true, "points": 0, "showIf": {"not": {}}}`, "/questions/1/showIf/not", "one_of"},
		{"assessment", ok + `,{"id": "b", "question": "?", "type": "rating_scale", "isRequired": true, "points": 0, "showIf": {"question": "a", "gte": 1, "lte": 2}}`, "/questions/1/showIf", "one_of"},
	} {
		d, err := Parse([]byte(fmt.Sprintf(`{"kind": %q, "questions": [%s]}`, c.kind, c.questions)))
		require.NoError(t, err, c.questions)
		requireFault(t, Validate(d), c.pointer, c.rule, c.questions)
	}
}

func requireFault(t *testing.T, err error, pointer, rule, of string) {
	t.Helper()
	var e *core.Error
	require.ErrorAs(t, err, &e, of)
	require.ErrorIs(t, err, core.ErrInvalid)
	for _, f := range e.Fields {
		if f.Field == pointer && f.Rule == rule {
			require.NotEmpty(t, f.Message)
			return
		}
	}
	t.Fatalf("%s: no %s at %s: %v", of, rule, pointer, e.Fields)
}

func TestHostileDocumentsAreRefusedInBoundedTime(t *testing.T) {
	t.Parallel()
	question := func(i int) string {
		return fmt.Sprintf(`{"id":"q%d","question":"?","type":"rating_scale","isRequired":true,"points":0}`, i)
	}
	many := func(n int) string {
		var all []string
		for i := range n {
			all = append(all, question(i))
		}
		return strings.Join(all, ",")
	}
	for _, c := range []struct{ name, document string }{
		{"ten megabytes", `{"kind": "` + strings.Repeat("x", 10<<20) + `"}`},
		{"ten megabytes of brackets", strings.Repeat("[", 10<<20)},
		{"deep nesting", `{"questions": [{"showIf": ` + strings.Repeat(`{"not":`, 100_000) + `1` + strings.Repeat(`}`, 100_000) + `}]}`},
		{"deep nesting that ends", `{"scoringLogic": ` + strings.Repeat(`[`, 400_000) + strings.Repeat(`]`, 400_000) + `}`},
		{"ten thousand questions", `{"kind": "assessment", "questions": [` + many(10_000) + `]}`},
		{"a question twice", `{"kind": "assessment", "questions": [` + question(1) + "," + question(1) + `]}`},
		{"a field twice", `{"kind": "questionnaire", "kind": "assessment", "questions": [` + question(1) + `]}`},
		{"a nested field twice", `{"kind": "assessment", "questions": [{"id": "a", "id": "b"}]}`},
		{"an unknown field", `{"kind": "assessment", "script": "rm -rf"}`},
		{"points that are not a number", quiz(`{"items": [{"question": "c", "kind": "single", "points": {"a": NaN}}]}`)},
		{"points of 1e308", quiz(`{"items": [{"question": "c", "kind": "single", "points": {"a": 1e308}}]}`)},
		{"points of a million digits", quiz(`{"items": [{"question": "c", "kind": "single", "points": {"a": ` + strings.Repeat("9", 900_000) + `}}]}`)},
		{"points over nothing", quiz(`{"items": [{"question": "c", "kind": "single", "points": {"a": "1/0"}}]}`)},
		{"points of the least integer", quiz(`{"items": [{"question": "c", "kind": "single", "points": {"a": -9223372036854775808}}]}`)},
		{"two documents", quiz(`{}`) + quiz(`{}`)},
		{"nothing", ``},
		{"half a document", quiz(`{}`)[:50]},
	} {
		started := time.Now()
		d, err := Parse([]byte(c.document))
		if err == nil {
			err = Validate(d)
		}
		require.ErrorIs(t, err, core.ErrInvalid, c.name)
		require.Less(t, time.Since(started), 5*time.Second, c.name)
		var e *core.Error
		require.True(t, errors.As(err, &e) && len(e.Fields) <= maxFaults, c.name)
		require.Less(t, len(err.Error()), 100_000, c.name)
	}
}

func TestTheLargestFormCannotOverflow(t *testing.T) {
	t.Parallel()
	weight := Int(maxWeight)
	d := Definition{Kind: Assessment, Scoring: &Scoring{Dimensions: []Dimension{{Key: "d"}}}}
	var answers []Answer
	for i := range maxQuestions {
		q := Question{ID: QuestionID(fmt.Sprintf("q%d", i)), Text: "?", Type: MultipleChoice, Options: []Option{
			{ID: "a", Text: "A", Points: Int(maxPoints)}, {ID: "b", Text: "B", Points: Fraction(1, maxDenominator)},
		}}
		d.Questions = append(d.Questions, q)
		d.Scoring.Items = append(d.Scoring.Items, Item{Question: q.ID, Kind: SingleItem, Weight: &weight, Weights: map[string]Number{"d": weight}})
		answers = append(answers, Answer{QuestionID: q.ID, OptionIDs: []OptionID{"a"}})
	}
	r, err := Score(d, answers, nil)
	require.NoError(t, err)
	require.Equal(t, Int(maxQuestions*maxPoints*maxWeight), r.TotalScore)
	require.Equal(t, Full, r.Percentage)
	require.Equal(t, r.TotalScore, r.Dimensions[0].Value)
}

func TestAnswersThatAreNone(t *testing.T) {
	t.Parallel()
	d, err := Parse([]byte(quiz(`{}`)))
	require.NoError(t, err)
	s, err := Compile(d)
	require.NoError(t, err)
	long := strings.Repeat("x", maxAnswerText+1)
	for _, answers := range [][]Answer{
		{{QuestionID: "z", Value: new(int64(1))}},
		{{QuestionID: "r", Value: new(int64(6))}},
		{{QuestionID: "r", Text: "five"}},
		{{QuestionID: "c", OptionIDs: []OptionID{"z"}}},
		{{QuestionID: "c", OptionIDs: []OptionID{"a", "b"}}},
		{{QuestionID: "c", Value: new(int64(1))}},
		{{QuestionID: "e", OptionIDs: []OptionID{"a"}}},
		{{QuestionID: "e", Text: long}},
		{{QuestionID: "r", Value: new(int64(1))}, {QuestionID: "r", Value: new(int64(2))}},
	} {
		require.ErrorIs(t, s.CheckAnswers(answers), core.ErrInvalid, "%v", answers)
		_, err := s.Score(answers, nil)
		require.ErrorIs(t, err, core.ErrInvalid, "%v", answers)
	}
	require.ErrorIs(t, s.CheckComplete([]Answer{{QuestionID: "r", Value: new(int64(1))}}), core.ErrInvalid, "c is missing")
}

func TestMarks(t *testing.T) {
	t.Parallel()
	d, err := Parse([]byte(quiz(`{}`)))
	require.NoError(t, err)
	s, err := Compile(d)
	require.NoError(t, err)
	answers := []Answer{{QuestionID: "c", OptionIDs: []OptionID{"a"}}, {QuestionID: "r", Value: new(int64(3))}, {QuestionID: "e", Text: "Because."}}
	r, err := s.Score(answers, nil)
	require.NoError(t, err)
	require.Equal(t, 1, r.Pending)
	require.Equal(t, Int(4), r.TotalScore)
	r, err = s.Score(answers, []Mark{{QuestionID: "e", Points: Fraction(1, 3)}})
	require.NoError(t, err)
	require.Zero(t, r.Pending)
	require.Equal(t, Fraction(13, 3), r.TotalScore)
	for _, m := range []Mark{{QuestionID: "e", Points: Int(6)}, {QuestionID: "e", Points: Int(-1)}, {QuestionID: "e", Points: Fraction(1, 7)}, {QuestionID: "c", Points: Int(1)}} {
		require.ErrorIs(t, s.CheckMarks([]Mark{m}), core.ErrInvalid)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(quiz(`{"items": [{"question": "c", "kind": "single", "points": {"a": "1/3"}}], "bands": [{"from": 0, "key": "x"}]}`)))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := Parse(data)
		if err != nil {
			require.ErrorIs(t, err, core.ErrInvalid)
			return
		}
		s, err := Compile(d)
		if err != nil {
			require.ErrorIs(t, err, core.ErrInvalid)
			return
		}
		_, err = s.Score(nil, nil)
		require.NoError(t, err)
	})
}
