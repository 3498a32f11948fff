package assessmentstore

import (
	"context"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/assessment"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// resultRow is what a response came to.
type resultRow struct {
	bun.BaseModel `bun:"table:asm_results,alias:a"`

	CompanyID core.CompanyID
	VersionID core.ID[assessment.Version]
	Choices   string
	Current
	Past  string
	Marks []assessment.Mark `bun:",scanonly"` // the response's
}

// Current is what changes of a result. The types are for a table of values.
type Current struct {
	ResponseID core.ID[assessment.Response] `bun:"type:uuid"`
	KeyID      core.ID[assessment.Version]  `bun:"type:uuid"`
	Units      int64
	Percentage assessment.Percent
	Pending    int
	Points     string
	IsRanked   bool
	Outcome    string
}

// results follow their responses: whoever may see a response sees them.
var results = bunstore.Table{Own: "EXISTS (SELECT 1 FROM asm_responses AS r WHERE r.company_id = ?TableAlias.company_id AND r.id = ?TableAlias.response_id" +
	" AND (r.created_by_id = ?0 OR EXISTS (SELECT 1 FROM crm_contacts AS own WHERE own.company_id = r.company_id" +
	" AND own.id = r.contact_id AND (own.created_by_id = ?0 OR own.owner_id = ?0))))"}

func (s store) resultRow(t *assessment.Tally, o *assessment.Outcome) resultRow {
	return resultRow{CompanyID: s.Scope().Company, VersionID: t.VersionID, Choices: t.Choices, Current: current(t, o)}
}

func current(t *assessment.Tally, o *assessment.Outcome) Current {
	c := Current{
		ResponseID: t.ResponseID, KeyID: t.KeyID, Units: t.Units, Percentage: t.Percentage,
		Pending: t.Pending, Points: t.Points, IsRanked: t.IsRanked,
	}
	if o != nil {
		c.Outcome = lineOf(o)
	}
	return c
}

func (s store) InsertResult(ctx context.Context, t assessment.Tally, o *assessment.Outcome) error {
	row := s.resultRow(&t, o)
	_, err := s.Insert(&row).Exec(ctx)
	return s.Fail(err)
}

func (s store) ReplaceOutcomes(ctx context.Context, ts []assessment.Tally, os []assessment.Outcome) error {
	if len(ts) == 0 {
		return nil
	}
	rows := make([]Current, len(ts))
	for i := range ts {
		rows[i] = current(&ts[i], &os[i])
	}
	now, err := s.ManyValues(ctx, &rows)
	if err != nil {
		return err
	}
	q := s.Update(bunstore.Shared, (*resultRow)(nil)).
		With("now", now).TableExpr("now").
		Set("past = CASE WHEN a.outcome = '' OR a.past <> '' AND replace(a.past, substr(a.outcome, ?), '') <> a.past"+
			" THEN a.past ELSE a.past || a.outcome || ? END", said, "\n").
		Where("a.response_id = now.response_id")
	q = s.Stretch(q, "a.response_id", rows[0].ResponseID, rows[len(rows)-1].ResponseID)
	for _, column := range []string{"key_id", "units", "percentage", "pending", "points", "is_ranked", "outcome"} {
		q = q.Set("?0 = now.?0", bun.Ident(column))
	}
	res, err := q.Exec(ctx)
	if err != nil {
		return s.Fail(err)
	}
	if n, err := res.RowsAffected(); err != nil || n != int64(len(rows)) {
		return core.Stale("response")
	}
	return nil
}

func (s store) CurrentOutcomes(ctx context.Context, of []core.ID[assessment.Response]) ([]assessment.Outcome, error) {
	if len(of) == 0 {
		return nil, nil
	}
	var rows []resultRow
	err := s.Select(results, &rows).Column("response_id", "version_id", "outcome").
		Where("a.response_id IN (?)", bun.List(of)).Where("a.outcome <> ''").Scan(ctx)
	if err != nil {
		return nil, s.Fail(err)
	}
	os := make([]assessment.Outcome, len(rows))
	for i := range rows {
		if os[i], err = rows[i].read(rows[i].Outcome); err != nil {
			return nil, err
		}
	}
	return os, nil
}

// read is the outcome of a line.
func (r *resultRow) read(text string) (assessment.Outcome, error) {
	o, err := readLine(text)
	o.ResponseID, o.AnsweredID = r.ResponseID, r.VersionID
	return o, err
}

func (s store) OutcomesOf(ctx context.Context, id core.ID[assessment.Response]) ([]assessment.Outcome, error) {
	var row resultRow
	if err := s.Select(results, &row).Where("a.response_id = ?", id).Scan(ctx); err != nil {
		return nil, s.missing(err, "response")
	}
	os := []assessment.Outcome{}
	for text := range strings.Lines(row.Past + row.Outcome) {
		o, err := row.read(text)
		if err != nil {
			return nil, err
		}
		os = append(os, o)
	}
	return os, nil
}

func (s store) Cohort(ctx context.Context, t assessment.Tally) (assessment.Cohort, error) {
	var row struct{ Others, Below, Equal int }
	err := s.In(core.Scope{Company: s.Scope().Company}).Select(bunstore.Shared, (*resultRow)(nil)).
		ColumnExpr("count(*) AS others").
		ColumnExpr("coalesce(sum(CASE WHEN a.units < ? THEN 1 ELSE 0 END), 0) AS below", t.Units).
		ColumnExpr("coalesce(sum(CASE WHEN a.units = ? THEN 1 ELSE 0 END), 0) AS equal", t.Units).
		Where("a.version_id = ?", t.VersionID).Where("a.key_id = ?", t.KeyID).
		Where("a.is_ranked").Where("a.response_id <> ?", t.ResponseID).Scan(ctx, &row)
	return assessment.Cohort{Others: row.Others, Below: row.Below, Equal: row.Equal}, s.Fail(err)
}

func (s store) Distribution(ctx context.Context, version core.ID[assessment.Version]) ([]int, error) {
	var rows []struct{ Step, Count int }
	err := s.In(core.Scope{Company: s.Scope().Company}).Select(bunstore.Shared, (*resultRow)(nil)).
		ColumnExpr("CASE WHEN a.percentage >= 9000 THEN 9 ELSE a.percentage / 1000 END AS step, count(*) AS count").
		Where("a.version_id = ?", version).Where("a.key_id IS NOT NULL").Where("a.pending = 0").
		GroupExpr("step").Scan(ctx, &rows)
	steps := make([]int, 10)
	for _, r := range rows {
		steps[r.Step] = r.Count
	}
	return steps, s.Fail(err)
}

// light are the columns of a tally.
var light = []string{"response_id", "version_id", "choices", "key_id", "units", "percentage", "pending", "points", "is_ranked"}

func (s store) LockTally(ctx context.Context, id core.ID[assessment.Response]) (assessment.Tally, error) {
	var row resultRow
	if err := s.Lock(s.Select(results, &row).Column(light...).Where("a.response_id = ?", id)).Scan(ctx); err != nil {
		return assessment.Tally{}, s.missing(err, "response")
	}
	return row.tally(), nil
}

func (s store) LockTallies(ctx context.Context, version core.ID[assessment.Version], after core.ID[assessment.Response], limit int, marked bool) ([]assessment.Tally, error) {
	var rows []resultRow
	q := s.Select(results, &rows).Column(light...).Where("a.version_id = ?", version).Where("a.response_id > ?", after.UUID).
		OrderExpr("a.response_id").Limit(int64(limit))
	if marked {
		q = q.ColumnExpr("r.marks").Join("JOIN asm_responses AS r ON r.company_id = a.company_id AND r.id = a.response_id")
	}
	if err := s.Lock(q).Scan(ctx); err != nil {
		return nil, s.Fail(err)
	}
	ts := make([]assessment.Tally, len(rows))
	for i := range rows {
		ts[i] = rows[i].tally()
	}
	return ts, nil
}

func (r *resultRow) tally() assessment.Tally {
	return assessment.Tally{
		ResponseID: r.ResponseID, VersionID: r.VersionID, Choices: r.Choices, Marks: r.Marks, KeyID: r.KeyID,
		Units: r.Units, Percentage: r.Percentage, Pending: r.Pending, Points: r.Points, IsRanked: r.IsRanked,
	}
}

// tallyBatch is how many tallies come over in one row: the driver takes longer for a row than the
// database for what is in it.
const tallyBatch = 2000

// tallyLines makes one row of a batch, which is within the session's scope. The two kinds of
// separators are in none of the texts.
const tallyLines = `
	SELECT count(*) AS count, coalesce(max(CAST(b.response_id AS TEXT)), '') AS last, coalesce(string_agg(
		b.choices || ';' || coalesce(CAST(b.key_id AS TEXT), '') || ';' || b.percentage || ';' || b.pending || ';' || b.points, ' '), '') AS lines
	FROM (?) AS b`

func (s store) EachTally(ctx context.Context, version core.ID[assessment.Version], each func(*assessment.Tally) error) error {
	last := uuid.UUID{}.String()
	for {
		batch := s.Select(results, (*resultRow)(nil)).
			Column("response_id", "choices", "key_id", "percentage", "pending", "points").
			Where("a.version_id = ?", version).Where("a.response_id > ?", last).OrderExpr("a.response_id").Limit(tallyBatch)
		var read struct {
			Count int
			Last  string
			Lines string
		}
		err := s.AcrossQuery(tallyLines, batch).Scan(ctx, &read)
		if err != nil {
			return s.Fail(err)
		}
		if err := eachLine(read.Lines, each); err != nil || read.Count < tallyBatch {
			return err
		}
		last = read.Last
	}
}

// eachLine reads the tallies that were written one after another.
func eachLine(lines string, each func(*assessment.Tally) error) error {
	var t assessment.Tally
	key := ""
	for lines != "" {
		line, rest, _ := strings.Cut(lines, " ")
		lines = rest
		var id, percentage, pending string
		t.Choices, line, _ = strings.Cut(line, ";")
		id, line, _ = strings.Cut(line, ";")
		percentage, line, _ = strings.Cut(line, ";")
		pending, t.Points, _ = strings.Cut(line, ";")
		if id != key {
			parsed, err := uuid.Parse(id)
			if err != nil {
				return err
			}
			key, t.KeyID.UUID = id, parsed
		}
		n, err := strconv.ParseInt(percentage, 10, 64)
		if err != nil {
			return err
		}
		t.Percentage = assessment.Percent(n)
		if t.Pending, err = strconv.Atoi(pending); err != nil {
			return err
		}
		if err := each(&t); err != nil {
			return err
		}
	}
	return nil
}
