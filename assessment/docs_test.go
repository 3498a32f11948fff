package assessment_test

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/assessment"
)

// instrument is one example of docs/scoring.md.
type instrument struct{ definition, answers, marks, result []byte }

func instruments(t *testing.T) []instrument {
	page, err := os.ReadFile("../docs/scoring.md")
	require.NoError(t, err)
	var all []instrument
	for _, block := range regexp.MustCompile("(?s)```json (\\w+)\n(.*?)```").FindAllSubmatch(page, -1) {
		if string(block[1]) == "definition" {
			all = append(all, instrument{marks: []byte("[]")})
		}
		of := &all[len(all)-1]
		*map[string]*[]byte{"definition": &of.definition, "answers": &of.answers, "marks": &of.marks, "result": &of.result}[string(block[1])] = block[2]
	}
	require.Len(t, all, 6)
	return all
}

func TestTheDocumentationIsRight(t *testing.T) {
	t.Parallel()
	for _, in := range instruments(t) {
		d, err := assessment.Parse(in.definition)
		require.NoError(t, err, "%s", in.definition)
		var answers []assessment.Answer
		require.NoError(t, json.Unmarshal(in.answers, &answers))
		var marks []assessment.Mark
		require.NoError(t, json.Unmarshal(in.marks, &marks))
		scorer, err := assessment.Compile(d)
		require.NoError(t, err)
		require.NoError(t, scorer.CheckComplete(answers))
		result, err := scorer.Score(answers, marks)
		require.NoError(t, err)
		data, err := json.Marshal(result)
		require.NoError(t, err)
		requireContains(t, decoded(t, in.result), decoded(t, data), string(data))

		explanation, err := scorer.Explain(answers, marks)
		require.NoError(t, err)
		require.Equal(t, result, explanation.Result)
		require.Len(t, explanation.Questions, len(d.Questions))
	}
}

func decoded(t *testing.T, data []byte) any {
	var v any
	require.NoError(t, json.Unmarshal(data, &v), string(data))
	return v
}

// requireContains asks that everything of want is in got.
func requireContains(t *testing.T, want, got any, all string) {
	switch want := want.(type) {
	case map[string]any:
		for name, value := range want {
			requireContains(t, value, got.(map[string]any)[name], all)
		}
	case []any:
		require.Len(t, got, len(want), all)
		for i := range want {
			requireContains(t, want[i], got.([]any)[i], all)
		}
	default:
		require.Equal(t, want, got, all)
	}
}

func TestTheSchemaTakesWhatIsValid(t *testing.T) {
	t.Parallel()
	schema := scoringSchema(t)
	for _, in := range instruments(t) {
		var d struct{ ScoringLogic json.RawMessage }
		require.NoError(t, json.Unmarshal(in.definition, &d))
		if d.ScoringLogic == nil {
			continue
		}
		require.NoError(t, schema.Validate(instance(t, d.ScoringLogic)))
		// The same document, as our types write it.
		scoring, err := assessment.ParseScoring(d.ScoringLogic)
		require.NoError(t, err)
		data, err := json.Marshal(scoring)
		require.NoError(t, err)
		require.NoError(t, schema.Validate(instance(t, data)), string(data))
	}
}

func TestTheSchemaRefusesWhatIsNot(t *testing.T) {
	t.Parallel()
	schema := scoringSchema(t)
	for _, text := range []string{
		`{"items": [{"question": "q"}]}`,
		`{"items": [{"question": "q", "kind": "eval"}]}`,
		`{"items": [{"question": "q", "kind": "single", "points": {"a": "x/3"}}]}`,
		`{"bands": [{"from": 101, "key": "a"}]}`,
		`{"type": {"axes": [{"dimension": "a", "cut": 50, "low": "I", "high": "E"}]}}`,
		`{"script": "1 + 1"}`,
	} {
		require.Error(t, schema.Validate(instance(t, []byte(text))), text)
	}
}

func scoringSchema(t *testing.T) *jsonschema.Schema {
	c := jsonschema.NewCompiler()
	require.NoError(t, c.AddResource("scoring.json", instance(t, assessment.Schema)))
	schema, err := c.Compile("scoring.json")
	require.NoError(t, err)
	return schema
}

func instance(t *testing.T, data []byte) any {
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	require.NoError(t, err)
	return v
}
