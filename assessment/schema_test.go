package assessment

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestWhatDoesNotFitIsToldWithItsPlace(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ scoring, pointer, rule string }{
		{`{"script": "1 + 1"}`, "/script", "unknown_field"},
		{`{"Items": []}`, "/Items", "unknown_field"},
		{`{"items": null}`, "/items", "type"},
		{`{"items": {}}`, "/items", "type"},
		{`{"items": [1]}`, "/items/0", "type"},
		{`{"items": [{"question": "c", "kind": 1}]}`, "/items/0/kind", "type"},
		{`{"items": [{"question": "c", "kind": "single", "points": {"a": 1e308}}]}`, "/items/0/points/a", "number"},
		{`{"items": [{"question": "c", "kind": "single", "points": {"a/b": "x/3"}}]}`, "/items/0/points/a~1b", "number"},
		{`{"items": [{"question": "c", "kind": "single", "reverse": "yes"}]}`, "/items/0/reverse", "type"},
		{`{"dimensions": [{"key": "d", "minAnswered": 1.5}]}`, "/dimensions/0/minAnswered", "type"},
		{`{"bands": [{"from": 33.333, "key": "a"}]}`, "/bands/0/from", "percentage"},
		{`{"type": {"nearest": [{"type": "A", "at": {"d": true}}]}}`, "/type/nearest/0/at/d", "percentage"},
	} {
		_, err := Parse([]byte(quiz(c.scoring)))
		requireFault(t, err, scoringAt+c.pointer, c.rule, c.scoring)
		_, err = ParseScoring([]byte(c.scoring))
		requireFault(t, err, scoringAt+c.pointer, c.rule, c.scoring)
	}
	long := strings.Repeat("x", 100_000)
	_, err := Parse([]byte(`{"` + long + `": 1, "questions": [{"showIf": {"in": [{}], "gte": "a"}}]}`))
	requireFault(t, err, "/"+long[:maxID]+"…", "unknown_field", "a long name")
	requireFault(t, err, "/questions/0/showIf/in/0", "type", "an operand")
	requireFault(t, err, "/questions/0/showIf/gte", "type", "a rating")
}

func compileSchema(t *testing.T) *jsonschema.Schema {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	require.NoError(t, c.AddResource("scoring.json", doc))
	schema, err := c.Compile("scoring.json")
	require.NoError(t, err)
	return schema
}

// mutated is a document with one value, drawn from anywhere in it, replaced or renamed.
func mutated(t *rapid.T, v any) any {
	with := func() any {
		return rapid.SampledFrom([]any{
			nil, true, "x", "1/3", "x/3", json.Number("-1"), json.Number("101"), json.Number("0.5"), json.Number("2000000"), []any{}, map[string]any{},
		}).Draw(t, "instead")
	}
	switch v := v.(type) {
	case map[string]any:
		if len(v) == 0 || rapid.IntRange(0, 5).Draw(t, "here") == 0 {
			v[rapid.SampledFrom([]string{"Kind", "kind", "floor", "script", "from", "key", "label", "tie"}).Draw(t, "name")] = with()
			return v
		}
		var names []string
		for name := range v {
			names = append(names, name)
		}
		name := rapid.SampledFrom(slices.Sorted(slices.Values(names))).Draw(t, "member")
		v[name] = mutated(t, v[name])
		return v
	case []any:
		if len(v) > 0 {
			i := rapid.IntRange(0, len(v)-1).Draw(t, "element")
			v[i] = mutated(t, v[i])
			return v
		}
	}
	return with()
}

// What can be published fits the schema, and what does not fit it cannot be published, whatever is
// changed in a document that can.
func TestTheSchemaAgreesWithTheParser(t *testing.T) {
	t.Parallel()
	schema := compileSchema(t)
	rapid.Check(t, func(t *rapid.T) {
		d := drawDefinition(t)
		d.Scoring.Total = &Total{Pass: new(Percent(rapid.Int64Range(0, 10_000).Draw(t, "pass")))}
		if len(d.Scoring.Bands) > 0 {
			d.Scoring.Ranking = &Ranking{By: "band"}
		}
		if len(d.Scoring.Dimensions) > 0 {
			d.Scoring.Type = &TypeRule{Axes: []Axis{{Dimension: "d0", Cut: 5000, Low: "I", High: "E", Tie: "low"}}}
			d.Scoring.Profile = &Profile{PersonalityType: true, Traits: []string{"d0"}}
			d.Scoring.Dimensions[0].Norms = []Norm{{From: Int(-1000), Is: Fraction(1, 3)}}
		}
		data, err := json.Marshal(d)
		require.NoError(t, err)
		decoder := json.NewDecoder(bytes.NewReader(data))
		decoder.UseNumber()
		var whole map[string]any
		require.NoError(t, decoder.Decode(&whole))
		if Validate(d) == nil {
			require.NoError(t, schema.Validate(whole["scoringLogic"]), "%s", data)
		}
		whole["scoringLogic"] = mutated(t, whole["scoringLogic"])
		data, err = json.Marshal(whole)
		require.NoError(t, err)
		read, err := Parse(data)
		if err != nil || Validate(read) != nil {
			return // the schema cannot say all that is asked
		}
		require.NoError(t, schema.Validate(whole["scoringLogic"]), "%s", data)
	})
}
