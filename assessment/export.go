package assessment

import (
	"context"
	"encoding/csv"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/clientele-crm/clientele/core"
)

// Export makes ready to write the responses to a version as CSV, the oldest first: one column for
// each option of a choice (1 where it was chosen, else 0), one for each rating and each text, and of
// an assessment the outcome. The columns are named by the stable ids of questions and options; a question whose id is
// another column's name, such as status, is question:status. Cells that a spreadsheet would run are made
// plain text. Number 0 is the latest version.
//
// Anonymous leaves out who answered, when, and what was written in words, and suppresses small
// cells: every line that is left is the same as those of at least four other people. Where fewer
// than five people of those that are alike so far have the same answer to the next question, theirs
// is left empty, as if it were not answered, and so are the next rarest until five are. All options
// of a question are one answer; the outcome comes after the questions. The lines are sorted, ten
// thousand responses at a time. Responses of fewer than five people are [core.ErrState].
//
// It needs [core.AssessmentResponsesExport] or [core.QuestionnaireResponsesExport].
func (s *Responses) Export(ctx context.Context, form core.ID[Form], number int64, anonymous bool) (*Export, error) {
	if err := allowed(s.work, s.kind.rights().exportResponses); err != nil {
		return nil, err
	}
	tx := s.work.Plain()
	v, err := tx.numbered(ctx, s.kind, form, number)
	if err != nil {
		return nil, err
	}
	e := &Export{tx: tx, v: v, anonymous: anonymous, scored: s.kind == Assessment}
	if anonymous {
		if err := e.enough(ctx); err != nil {
			return nil, err
		}
	}
	return e, nil
}

// enough is nil if there are responses of enough people.
func (e *Export) enough(ctx context.Context) error {
	n, known := 0, map[ContactID]bool{}
	for r, err := range e.responses(ctx) {
		if err != nil {
			return err
		}
		if r.ContactID.IsZero() || !known[r.ContactID] {
			n++
		}
		if n == minStatistics {
			return nil
		}
		known[r.ContactID] = true
	}
	return &core.Error{Kind: core.ErrState, Code: "too_few_responses", Message: "responses of fewer than five people are not anonymous"}
}

// Export is responses that are ready to be written.
type Export struct {
	tx                Tx
	v                 *compiled
	anonymous, scored bool
}

// Write writes the responses with a header, and reads them with bounded memory.
func (e *Export) Write(ctx context.Context, w io.Writer) error {
	out := csv.NewWriter(w)
	if err := out.Write(e.header()); err != nil {
		return err
	}
	if e.anonymous {
		if err := e.alike(ctx, out.Write); err != nil {
			return err
		}
		out.Flush()
		return out.Error()
	}
	for r, err := range e.responses(ctx) {
		if err != nil {
			return err
		}
		if err := out.Write(e.row(&r)); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// responses are those to the version, the oldest first.
func (e *Export) responses(ctx context.Context) iter.Seq2[Response, error] {
	filter := ResponseFilter{Version: e.v.Version.ID, OldestFirst: true}
	return core.All(ctx, func(ctx context.Context, p core.Page) (core.List[Response], error) {
		sheets, err := e.tx.Store.ListResponses(ctx, e.v.Version.Definition.Kind, filter, p)
		if err != nil {
			return core.List[Response]{}, err
		}
		items, err := e.tx.withOutcomes(ctx, sheets.Items)
		return core.List[Response]{Items: items, Next: sheets.Next}, err
	})
}

// header names the columns. A question that has the name of another column is "question:" and its name.
func (e *Export) header() []string {
	before, after := []string{"response", "contact", "submitted", "status", "late"}, []string{"total", "max", "percentage", "band", "type", "ranking"}
	for i := range e.v.dimensions {
		after = append(after, plain("dimension:"+e.v.dimensions[i].Key))
	}
	if !e.scored {
		after = nil
	}
	taken := map[string]bool{}
	for _, name := range slices.Concat(before, after) { // those too that an anonymous export has not, so that names are the same
		taken[name] = true
	}
	var h []string
	if !e.anonymous {
		h = before
	}
	add := func(name string) {
		for name = plain(name); taken[name]; {
			name = "question:" + name
		}
		taken[name] = true
		h = append(h, name)
	}
	for i := range e.v.items {
		q := e.v.items[i].question
		switch {
		case q.chooses():
			for _, o := range q.Options {
				add(string(q.ID) + ":" + string(o.ID))
			}
		case q.Type == RatingScale || !e.anonymous:
			add(string(q.ID))
		}
	}
	return append(h, after...)
}

func (e *Export) row(r *Response) []string {
	var row []string
	if !e.anonymous {
		who := ""
		if !r.ContactID.IsZero() {
			who = r.ContactID.String()
		}
		row = append(row, r.ID.String(), who, r.CreatedAt.Format(time.RFC3339), string(r.Status), strconv.FormatBool(r.Late))
	}
	said := map[QuestionID]*Answer{}
	for i := range r.Answers {
		said[r.Answers[i].QuestionID] = &r.Answers[i]
	}
	for i := range e.v.items {
		row = e.answer(row, e.v.items[i].question, said[e.v.items[i].question.ID])
	}
	if e.scored {
		row = e.outcome(row, r.Outcome)
	}
	return row
}

// answer adds the cells of one question; all are empty if it is not answered.
func (e *Export) answer(row []string, q *Question, a *Answer) []string {
	switch {
	case q.chooses():
		for _, o := range q.Options {
			cell := ""
			if a != nil {
				cell = "0"
				if slices.Contains(a.OptionIDs, o.ID) {
					cell = "1"
				}
			}
			row = append(row, cell)
		}
	case q.Type == RatingScale:
		cell := ""
		if a != nil {
			cell = strconv.FormatInt(*a.Value, 10)
		}
		row = append(row, cell)
	case !e.anonymous:
		cell := ""
		if a != nil {
			cell = plain(a.Text)
		}
		row = append(row, cell)
	}
	return row
}

func (e *Export) outcome(row []string, o *Outcome) []string {
	if o == nil {
		return append(row, make([]string, 6+len(e.v.dimensions))...)
	}
	row = append(row, o.TotalScore.String(), o.MaxScore.String(), o.Percentage.String(), plain(o.Band), plain(o.PersonalityType), plain(o.Ranking))
	values := map[string]string{}
	for i := range o.Dimensions {
		if o.Dimensions[i].Scored {
			values[o.Dimensions[i].Key] = o.Dimensions[i].Value.String()
		}
	}
	for i := range e.v.dimensions {
		row = append(row, values[e.v.dimensions[i].Key])
	}
	return row
}

// plain is a text that no spreadsheet takes for a formula; some read the wide signs too.
func plain(text string) string {
	if first, _ := utf8.DecodeRuneInString(text); text != "" && strings.ContainsRune("=+-@\t\r\n|%＝＋－＠", first) {
		return "'" + text
	}
	return text
}
