package filter_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/filter"
)

// deal is something to choose, with a field of every kind.
type deal struct {
	title  string
	stage  string
	open   bool
	worth  int64
	closes string
	made   time.Time
	terms  string
}

var deals = filter.Fields[deal]{
	{Name: "title", Kind: filter.Text, Values: func(d *deal) []any { return []any{core.Fold(d.title)} }},
	{Name: "stage", Kind: filter.Key, Values: func(d *deal) []any { return []any{d.stage} }},
	{Name: "open", Kind: filter.Truth, Values: func(d *deal) []any { return []any{d.open} }},
	{Name: "worth", Kind: filter.Whole, Values: func(d *deal) []any { return []any{d.worth} }},
	{Name: "closes", Kind: filter.Day, Values: func(d *deal) []any {
		if d.closes == "" {
			return nil
		}
		return []any{d.closes}
	}},
	{Name: "made", Kind: filter.Time, Values: func(d *deal) []any { return []any{d.made} }},
	{Name: "terms", Kind: filter.Any, Values: func(d *deal) []any {
		if d.terms == "" {
			return nil
		}
		return []any{d.terms}
	}},
}

func TestAFilterIsAPredicate(t *testing.T) {
	t.Parallel()
	d := deal{title: "Émile's boat", stage: "won", open: true, worth: 12_500, closes: "2026-01-31", made: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	for text, want := range map[string]bool{
		`{}`: true,
		`{"field": "title", "op": "is", "value": "EMILE'S BOAT"}`:                                                    true,
		`{"field": "title", "op": "startsWith", "value": "é"}`:                                                       true,
		`{"field": "title", "op": "startsWith", "value": "boat"}`:                                                    false,
		`{"field": "title", "op": "contains", "value": "BOAT"}`:                                                      true,
		`{"field": "stage", "op": "in", "value": ["lost", "won"]}`:                                                   true,
		`{"field": "stage", "op": "is", "value": "Won"}`:                                                             false,
		`{"field": "open", "op": "is", "value": true}`:                                                               true,
		`{"field": "open", "op": "is", "value": false}`:                                                              false,
		`{"field": "worth", "op": "from", "value": 12500}`:                                                           true,
		`{"field": "worth", "op": "before", "value": "12500"}`:                                                       false,
		`{"field": "worth", "op": "is", "value": 12500}`:                                                             true,
		`{"field": "closes", "op": "before", "value": "2026-02-01"}`:                                                 true,
		`{"field": "closes", "op": "from", "value": "2026-02-01"}`:                                                   false,
		`{"field": "made", "op": "from", "value": "2026-01-02T04:04:05+01:00"}`:                                      true,
		`{"field": "made", "op": "before", "value": "2026-01-02T03:04:05Z"}`:                                         false,
		`{"field": "terms", "op": "has"}`:                                                                            false,
		`{"field": "terms", "op": "hasNot"}`:                                                                         true,
		`{"not": {"field": "terms", "op": "hasNot"}}`:                                                                false,
		`{"all": [{"field": "open", "op": "is", "value": true}, {"field": "terms", "op": "has"}]}`:                   false,
		`{"any": [{"field": "open", "op": "is", "value": true}, {"field": "terms", "op": "has"}]}`:                   true,
		`{"not": {"any": [{"field": "terms", "op": "has"}, {"not": {"field": "open", "op": "is", "value": true}}]}}`: true,
	} {
		f, err := filter.Parse(text)
		require.NoError(t, err, text)
		var faults core.Faults
		_, node := deals.Check(&faults, "", f)
		require.NoError(t, faults.Err(), text)
		require.Equal(t, want, deals.Match(node, &d), text)
	}
}

func TestAFilterTakesGoValues(t *testing.T) {
	t.Parallel()
	type stage string
	made := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	var faults core.Faults
	kept, node := deals.Check(&faults, "", filter.Filter{All: []filter.Filter{
		{Field: "stage", Op: filter.In, Value: []stage{"won"}}, {Field: "worth", Op: filter.From, Value: 7},
		{Field: "made", Op: filter.From, Value: made},
	}})
	require.NoError(t, faults.Err())
	require.True(t, deals.Match(node, &deal{stage: "won", worth: 7, made: made}))
	text, err := json.Marshal(kept)
	require.NoError(t, err)
	again, err := filter.Parse(string(text))
	require.NoError(t, err)
	require.Equal(t, kept, again, "what is kept comes back from JSON as it was")
}

func TestDeepJSONIsRefusedBeforeItIsRead(t *testing.T) {
	t.Parallel()
	var f filter.Filter
	deep := strings.Repeat(`{"not":`, 200_000) + `{}` + strings.Repeat(`}`, 200_000)
	require.Error(t, f.UnmarshalJSON([]byte(deep)))
	_, err := filter.Parse(strings.Repeat(" ", 70_000))
	require.ErrorIs(t, err, core.ErrInvalid)
}

func TestWhatIsNoFilterIsSaidInWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"field": "title"`:         "it is not JSON",
		`{"field": title}`:          "it is not JSON",
		`[]`:                        "a filter is an object",
		`{"field": 7}`:              "field of a filter cannot be a number",
		`{"not": {"all": "x"}}`:     "all of a filter cannot be a string",
		`{"any": [{"fiel": "t"}]}`:  `a filter has no "fiel"`,
		`{"field": "title"} {}`:     "something follows it",
		`{"not": {"any": [true]} }`: "a filter is an object",
	} {
		_, err := filter.Parse(text)
		var invalid *core.Error
		require.ErrorAs(t, err, &invalid, text)
		require.Equal(t, "is not a filter: "+want, invalid.Fields[0].Message, text)
	}
	var faults core.Faults
	deals.Check(&faults, "", filter.Filter{Field: "open", Op: filter.Has})
	deals.Check(&faults, "", filter.Filter{Field: "worth", Op: filter.In})
	require.Equal(t, core.Faults{
		{Field: "/op", Rule: "op", Message: "has to be one of is for this field"},
		{Field: "/op", Rule: "op", Message: "has to be one of is, from, before, has, hasNot for this field"},
	}, faults)
}

func FuzzParse(f *testing.F) {
	f.Add(`{"all": [{"field": "title", "op": "contains", "value": "x"}, {"not": {"field": "made", "op": "from", "value": "2026-01-02T03:04:05Z"}}]}`)
	f.Add(`{"field": "stage", "op": "in", "value": ["a", 1.5, null]}`)
	f.Add(`{"any": [{}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := filter.Parse(text)
		if err != nil {
			require.ErrorIs(t, err, core.ErrInvalid)
			return
		}
		var faults core.Faults
		kept, node := deals.Check(&faults, "", parsed)
		if len(faults) > 0 {
			return
		}
		d := deal{title: "x", made: time.Now()}
		met := deals.Match(node, &d)
		again, same := deals.Check(&faults, "", kept)
		require.Empty(t, faults)
		require.Equal(t, kept, again)
		require.Equal(t, met, deals.Match(same, &d))
	})
}
