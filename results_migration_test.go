package clientele_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"io/fs"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/assessment"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// before is a dialect with the migrations whose names come before one.
func before(t *testing.T, d bunstore.Dialect, name string) bunstore.Dialect {
	files, err := fs.ReadDir(d.Migrations, ".")
	require.NoError(t, err)
	earlier := fstest.MapFS{}
	for _, f := range files {
		if f.Name() < name {
			data, err := fs.ReadFile(d.Migrations, f.Name())
			require.NoError(t, err)
			earlier[f.Name()] = &fstest.MapFile{Data: data}
		}
	}
	d.Migrations = earlier
	return d
}

// The definition that the old responses answered: tiny points too, which SQL writes as 1e-05.
const oldDefinition = `{"kind": "assessment", "questions": [
	{"id": "party", "question": "A party?", "type": "rating_scale", "isRequired": true, "points": 0},
	{"id": "plan", "question": "A plan?", "type": "rating_scale", "isRequired": false, "points": 0},
	{"id": "pick", "question": "Which?", "type": "multiple_choice", "isRequired": false, "points": 0, "showIf": {"question": "party", "gte": 3},
		"options": [{"id": "a", "text": "A", "points": "1/3", "isCorrect": false}, {"id": "b", "text": "B", "points": 0.00001, "isCorrect": false}]},
	{"id": "why", "question": "Why?", "type": "subjective", "isRequired": false, "points": 2}],
	"scoringLogic": {"items": [{"question": "party", "kind": "likert", "weights": {"energy": 1}}, {"question": "plan", "kind": "likert", "weights": {"order": "0.5"}}],
		"dimensions": [{"key": "energy", "label": "Energy", "norms": [{"from": 0, "is": 30}]}, {"key": "order", "label": "Order", "minAnswered": 1, "bands": [{"from": 0, "key": "low"}]}],
		"total": {"pass": 50}, "type": {"highest": {"among": ["energy", "order"], "tie": "first"}}}}`

// old is a database of before results were one row each, with what was in it.
type old struct {
	t       *testing.T
	pool    *sql.DB
	company uuid.UUID
	form    uuid.UUID
	version uuid.UUID
}

const oldTime = "2026-10-31 23:59:59.012345+00:00"

func (o *old) insert(table string, columns string, values ...any) {
	o.t.Helper()
	marks := ""
	for i := range values {
		marks += fmt.Sprintf(", $%d", i+1)
		if id, ok := values[i].(uuid.UUID); ok {
			values[i] = id.String()
		}
	}
	_, err := o.pool.ExecContext(o.t.Context(), "INSERT INTO "+table+" ("+columns+") VALUES ("+marks[2:]+")", values...)
	require.NoError(o.t, err, table)
}

// written is a form with a version, as they were stored.
func (o *old) written(kind, trait, definition string) (form, version uuid.UUID) {
	form, version = uuid.New(), uuid.New()
	var d struct{ Questions, ScoringLogic json.RawMessage }
	require.NoError(o.t, json.Unmarshal([]byte(definition), &d))
	var scoring any
	if d.ScoringLogic != nil {
		scoring = string(d.ScoringLogic)
	}
	o.insert("asm_forms", `company_id, id, kind, title, title_key, description, trait, scoring, max_attempts, time_limit, grace, shuffle, show_result,
		ask_who, is_active, questions, published, is_public, version, created_at, updated_at`,
		o.company, form, kind, "Old", "old", "", trait, scoring, 0, 0, 0, false, true, "optional", true, string(d.Questions), 1, false, 2, oldTime, oldTime)
	o.insert("asm_versions", "company_id, id, form_id, number, title, description, definition, hash, created_at",
		o.company, version, form, 1, "Old", "", definition, "hash", oldTime)
	return form, version
}

func (o *old) response(kind string, form, version uuid.UUID, status, answers, marks, choices string) core.ID[assessment.Response] {
	id := uuid.New()
	o.insert("asm_responses", `company_id, id, kind, form_id, version_id, ordinal, status, answers, late_answers, marks, late, choices, version, created_at, updated_at`,
		o.company, id, kind, form, version, 1, status, answers, "[]", marks, false, choices, 1, oldTime, oldTime)
	return core.ID[assessment.Response]{UUID: id}
}

// score stores what a response came to, as it was stored, and is the outcome that it has to be still.
func (o *old) score(of core.ID[assessment.Response], reason assessment.Reason, isCurrent bool, r assessment.Result, items, dimensions, points, traits string, units int64) assessment.Outcome {
	at := time.Date(2026, 10, 31, 23, 59, 59, 12345000, time.UTC)
	if isCurrent {
		at = at.Add(time.Hour)
	}
	out := assessment.Outcome{
		ID: core.ID[assessment.Outcome]{UUID: uuid.New()}, ResponseID: of, VersionID: core.ID[assessment.Version]{UUID: o.version},
		AnsweredID: core.ID[assessment.Version]{UUID: o.version}, Reason: reason, Result: r, Traits: traits, CreatedAt: at,
	}
	o.insert("asm_scores", `company_id, id, response_id, version_id, answered_id, reason, is_current, total_score, units, min_score, max_score, percentage,
		passed, band, personality_type, ranking, traits, pending, items, dimensions, points, created_at`,
		o.company, out.ID.UUID, of.UUID, o.version, o.version, string(reason), isCurrent, r.TotalScore.String(), units, r.MinScore.String(), r.MaxScore.String(),
		int64(r.Percentage), *r.Passed, r.Band, r.PersonalityType, r.Ranking, traits, r.Pending, items, dimensions, points, at.Format("2006-01-02 15:04:05.999999-07:00"))
	for _, d := range r.Dimensions {
		if d.Scored {
			o.insert("asm_score_dimensions", "company_id, score_id, key, value, percentage, band", o.company, out.ID.UUID, d.Key, d.Value.String(), int64(d.Percentage), d.Band)
		}
	}
	return out
}

func TestResultsThatAreOlderThanTheirTableAreKept(t *testing.T) { onOld(t, "0021", keepsOldResults) }

func keepsOldResults(t *testing.T, db *bunstore.DB, o *old) {
	o.form, o.version = o.written("assessment", "sales", oldDefinition)
	d, err := assessment.Parse([]byte(oldDefinition))
	require.NoError(t, err)
	scored := func(answers, marks string) assessment.Result {
		var as []assessment.Answer
		var ms []assessment.Mark
		require.NoError(t, json.Unmarshal([]byte(answers), &as))
		require.NoError(t, json.Unmarshal([]byte(marks), &ms))
		r, err := assessment.Score(d, as, ms)
		require.NoError(t, err)
		return r
	}

	const answers = `[{"questionId": "party", "value": 5}, {"questionId": "plan", "value": 2}, {"questionId": "pick", "optionIds": ["b"]}, {"questionId": "why", "answerText": "Because."}]`
	const marks = `[{"questionId": "why", "points": "1/3"}]`
	marked := o.response("assessment", o.form, o.version, "final", answers, marks, "5,2,1,t")
	const dims = `[{"key": "energy", "label": "Energy", "answered": 1, "scored": true, "value": 5, "percentage": 100, "norm": 30},
		{"key": "order", "label": "Order", "answered": 1, "scored": true, "value": 1, "percentage": 40, "band": "low"}]`
	wantMarked := []assessment.Outcome{
		o.score(marked, assessment.Submitted, false, scored(answers, `[]`), `[{"state": "scored", "points": 5}, {"state": "scored", "points": 2}, {"state": "scored", "points": 0.00001}, {"state": "pending", "points": 0}]`,
			dims, "1500000,600000,3,", "Energy: 100 %, Order: low", 4_200_006),
		o.score(marked, assessment.Marked, true, scored(answers, marks), `[{"state": "scored", "points": 5}, {"state": "scored", "points": 2}, {"state": "scored", "points": 0.00001}, {"state": "scored", "points": "1/3"}]`,
			dims, "1500000,600000,3,100000", "Energy: 100 %, Order: low", 4_400_006),
	}
	const few = `[{"questionId": "party", "value": 1}]`
	hidden := o.response("assessment", o.form, o.version, "final", few, `[]`, "1,,,")
	wantHidden := []assessment.Outcome{o.score(hidden, assessment.Submitted, true, scored(few, `[]`),
		`[{"state": "scored", "points": 1}, {"state": "skipped", "points": 0}, {"state": "hidden", "points": 0}, {"state": "skipped", "points": 0}]`,
		`[{"key": "energy", "label": "Energy", "answered": 1, "scored": true, "value": 1, "percentage": 20, "norm": 30}, {"key": "order", "label": "Order", "answered": 0, "scored": false, "value": 0, "percentage": 0}]`,
		"300000,,h,", "Energy: 20 %", 600_000)}
	survey, surveyed := o.written("questionnaire", "", `{"kind": "questionnaire", "questions": [{"id": "a", "question": "?", "type": "rating_scale", "isRequired": true, "points": 0}]}`)
	said := o.response("questionnaire", survey, surveyed, "final", `[{"questionId": "a", "value": 3}]`, `[]`, "3")
	var dimensions, after int
	count := `SELECT count(*) FROM asm_score_dimensions`
	require.NoError(t, o.pool.QueryRowContext(t.Context(), count+` WHERE score_id IN (SELECT id FROM asm_scores WHERE is_current)`).Scan(&dimensions))

	require.NoError(t, db.Migrate(t.Context()))

	ws := clientele.New(db).Workspace(core.Scope{Company: core.CompanyID{UUID: o.company}, Actor: core.System()})
	for id, want := range map[core.ID[assessment.Response]][]assessment.Outcome{marked: wantMarked, hidden: wantHidden} {
		outcomes, err := ws.AssessmentResponses.Outcomes(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, want, outcomes)
		r, err := ws.AssessmentResponses.Get(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, want[len(want)-1], *r.Outcome)
		_, err = ws.AssessmentResponses.Explain(t.Context(), id)
		require.NoError(t, err)
	}
	q, err := ws.QuestionnaireResponses.Get(t.Context(), said)
	require.NoError(t, err)
	require.Nil(t, q.Outcome)
	require.EqualValues(t, 3, *q.Answers[0].Value)
	s, err := ws.QuestionnaireResponses.Statistics(t.Context(), core.ID[assessment.Form]{UUID: survey}, 1)
	require.NoError(t, err)
	require.Equal(t, 1, s.Responses)
	require.NoError(t, o.pool.QueryRowContext(t.Context(), count).Scan(&after))
	require.Equal(t, dimensions, after)
	report, err := ws.AssessmentResponses.Rescore(t.Context(), core.ID[assessment.Form]{UUID: o.form}, 1, 1)
	require.NoError(t, err)
	require.Equal(t, assessment.Rescore{Version: 1, Key: 1, Responses: 2}, report, "they are as the same key scores them still")
}
