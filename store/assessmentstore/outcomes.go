package assessmentstore

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/clientele-crm/clientele/assessment"
	"github.com/clientele-crm/clientele/core"
)

// line is an outcome as it is kept: a line of JSON.
type line struct {
	ID         core.ID[assessment.Outcome] `json:"id"`
	At         time.Time                   `json:"at"`
	Key        core.ID[assessment.Version] `json:"key"`
	Reason     assessment.Reason           `json:"reason"`
	Total      assessment.Number           `json:"total"`
	Min        assessment.Number           `json:"min"`
	Max        assessment.Number           `json:"max"`
	Percentage int64                       `json:"percentage"` // hundredths
	Passed     *bool                       `json:"passed"`
	Band       string                      `json:"band"`
	Type       string                      `json:"type"`
	Ranking    string                      `json:"ranking"`
	Traits     string                      `json:"traits"`
	Pending    int                         `json:"pending"`
	Items      string                      `json:"items"` // see appendItems
	Dimensions []assessment.DimensionScore `json:"dimensions"`
}

// said is where what a line says begins, counted from one: behind its id and its time. A line that
// says the same as one before is not kept twice, so that scoring again to and fro ends somewhere.
const said = len(`{"id":"`+`00000000-0000-0000-0000-000000000000`+`","at":"`+microseconds) + 1

// microseconds is as exact as times are kept.
const microseconds = "2006-01-02T15:04:05.000000Z"

// readLine is the outcome of a line.
func readLine(text string) (assessment.Outcome, error) {
	var l line
	if err := json.Unmarshal([]byte(text), &l); err != nil {
		return assessment.Outcome{}, err
	}
	items, err := readItems(l.Items)
	return assessment.Outcome{
		ID: l.ID, VersionID: l.Key, Reason: l.Reason, Traits: l.Traits, CreatedAt: l.At.UTC(),
		Result: assessment.Result{
			TotalScore: l.Total, MinScore: l.Min, MaxScore: l.Max, Percentage: assessment.Percent(l.Percentage),
			Passed: l.Passed, Band: l.Band, PersonalityType: l.Type, Ranking: l.Ranking,
			Pending: l.Pending, Items: items, Dimensions: l.Dimensions,
		},
	}, err
}

// lineOf is the line of an outcome. It is written by hand: scoring again writes a hundred
// thousand of them, and the encoder of the library takes ten times as long.
func lineOf(o *assessment.Outcome) string {
	b := make([]byte, 0, 512)
	b = append(append(append(b, `{"id":"`...), o.ID.String()...), `","at":"`...)
	b = append(o.CreatedAt.UTC().AppendFormat(b, microseconds), `","key":`...)
	b = append(appendText(b, o.VersionID.String()), `,"reason":`...)
	b = append(appendText(b, string(o.Reason)), `,"total":`...)
	b = append(appendText(b, o.TotalScore.String()), `,"min":`...)
	b = append(appendText(b, o.MinScore.String()), `,"max":`...)
	b = append(appendText(b, o.MaxScore.String()), `,"percentage":`...)
	b = strconv.AppendInt(b, int64(o.Percentage), 10)
	if o.Passed != nil {
		b = strconv.AppendBool(append(b, `,"passed":`...), *o.Passed)
	}
	b = appendField(b, `,"band":`, o.Band)
	b = appendField(b, `,"type":`, o.PersonalityType)
	b = appendField(b, `,"ranking":`, o.Ranking)
	b = appendField(b, `,"traits":`, o.Traits)
	b = strconv.AppendInt(append(b, `,"pending":`...), int64(o.Pending), 10)
	b = appendItems(append(b, `,"items":"`...), o.Items)
	b = appendDimensions(append(b, `","dimensions":[`...), o.Dimensions)
	return string(append(b, "]}"...))
}

func appendDimensions(b []byte, ds []assessment.DimensionScore) []byte {
	for i := range ds {
		d := &ds[i]
		if i > 0 {
			b = append(b, ',')
		}
		b = appendText(append(b, `{"key":`...), d.Key)
		b = appendField(b, `,"label":`, d.Label)
		b = strconv.AppendInt(append(b, `,"answered":`...), int64(d.Answered), 10)
		if d.Scored {
			b = appendText(append(b, `,"scored":true,"value":`...), d.Value.String())
			b = append(append(b, `,"percentage":`...), d.Percentage.String()...)
		}
		if d.Norm != nil {
			b = appendText(append(b, `,"norm":`...), d.Norm.String())
		}
		b = append(appendField(b, `,"band":`, d.Band), '}')
	}
	return b
}

// appendField adds a field unless it is empty.
func appendField(b []byte, name, text string) []byte {
	if text == "" {
		return b
	}
	return appendText(append(b, name...), text)
}

// appendText adds a text of JSON.
func appendText(b []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c == '"' || c == '\\' || c >= 0x7f {
			quoted, _ := json.Marshal(text) // of a text it cannot fail
			return append(b, quoted...)
		}
	}
	return append(append(append(b, '"'), text...), '"')
}

// appendItems adds the points of each item, or the first letter of why it has none.
func appendItems(b []byte, items []assessment.ItemScore) []byte {
	for i := range items {
		if i > 0 {
			b = append(b, ',')
		}
		if items[i].State() == assessment.Scored {
			b = append(b, items[i].Points().String()...)
		} else {
			b = append(b, items[i].State().String()[0])
		}
	}
	return b
}

// unscored are the states without points, by their first letters.
var unscored = map[string]assessment.ItemState{
	"s": assessment.Skipped, "m": assessment.Missing, "h": assessment.Hidden, "p": assessment.Pending, "u": assessment.Unscored,
}

func readItems(text string) ([]assessment.ItemScore, error) {
	items := []assessment.ItemScore{}
	if text == "" {
		return items, nil
	}
	for one := range strings.SplitSeq(text, ",") {
		state, ok := unscored[one]
		var points assessment.Number
		if !ok {
			var err error
			if points, err = assessment.ParseNumber(one); err != nil {
				return nil, err
			}
			state = assessment.Scored
		}
		item, err := assessment.NewItemScore(state, points)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	return items, nil
}
