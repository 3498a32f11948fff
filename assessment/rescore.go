package assessment

import (
	"context"
	"reflect"

	"github.com/clientele-crm/clientele/core"
)

// rescoreBatch is how many responses are scored in one transaction: it bounds the memory, and
// how long others wait.
const rescoreBatch = 200

// Rescore scores the final and pending responses to one version by the key of another, whose
// questions have to be the same but for their points and rules. The outcomes before are kept.
// Those that are scored by the key already stay as they are, so it can be called again after it
// was broken off. Contacts' profiles are left as they are. Version and key are numbers.
func (s *Responses) Rescore(ctx context.Context, form core.ID[Form], version, key int64) (Rescore, error) {
	if err := allowed(s.work, s.kind.rights().writeResponses); err != nil {
		return Rescore{}, err
	}
	tx := s.work.Plain()
	if _, err := tx.Store.Form(ctx, Assessment, form); err != nil {
		return Rescore{}, err
	}
	answered, err := tx.Store.NumberedVersion(ctx, form, version)
	if err != nil {
		return Rescore{}, err
	}
	with, err := tx.Store.NumberedVersion(ctx, form, key)
	if err != nil {
		return Rescore{}, err
	}
	if !sameQuestions(answered.Definition.Questions, with.Definition.Questions) {
		return Rescore{}, core.Faults{{Field: "/key", Rule: "same_questions", Message: "the two versions differ in more than points and rules"}}.Err()
	}
	scorer, err := tx.version(ctx, with.ID)
	if err != nil {
		return Rescore{}, err
	}
	report := Rescore{Version: version, Key: key}
	page := core.Page{Limit: rescoreBatch}
	for {
		var next string
		batch := report
		err := retry(ctx, s.work, func(tx Tx) (err error) {
			batch = report
			next, err = rescorePage(ctx, tx, scorer, answered.ID, page, &batch)
			return err
		})
		if err != nil {
			return report, err
		}
		report = batch
		if next == "" {
			break
		}
		page.Cursor = next
	}
	return report, s.work.Atomic(ctx, func(tx Tx) error {
		return tx.Events.Emit(ctx, FormRescored.Of(core.ID[Rescore](form), nil, &report))
	})
}

// rescorePage scores one page of responses again, and answers the next one's cursor.
func rescorePage(ctx context.Context, tx Tx, key *compiled, answered core.ID[Version], page core.Page, report *Rescore) (next string, err error) {
	sheets, err := tx.Store.ListResponses(ctx, Assessment, ResponseFilter{Version: answered, OldestFirst: true}, page)
	if err != nil {
		return "", err
	}
	responses, err := tx.withOutcomes(ctx, sheets.Items)
	if err != nil {
		return "", err
	}
	var outcomes []Outcome
	for i := range responses {
		r := &responses[i]
		report.Responses++
		if r.Outcome != nil && r.Outcome.VersionID == key.Version.ID {
			continue
		}
		o, err := key.outcome(tx, &r.Sheet, Rescored)
		if err != nil || r.Outcome != nil && o.status() != r.Status {
			report.Skipped++
			continue
		}
		if r.Outcome != nil {
			o.Ranking = rankAgain(key, r.Outcome, &o)
		}
		report.Changed++
		outcomes = append(outcomes, o)
	}
	if len(outcomes) == 0 {
		return sheets.Next, nil
	}
	return sheets.Next, tx.Store.InsertOutcomes(ctx, outcomes...)
}

// rankAgain is the ranking of an outcome that was scored again. A percentile is of the moment of
// submitting: it is not claimed again of a cohort that is half scored by another key.
func rankAgain(key *compiled, was, now *Outcome) string {
	if key.ByPercentile() {
		return was.Ranking
	}
	return now.Ranking
}

// sameQuestions reports whether two versions ask the same, in whatever order, and differ in
// points, correctness and wording at most.
func sameQuestions(a, b []Question) bool {
	if len(a) != len(b) {
		return false
	}
	byID := map[QuestionID]*Question{}
	for i := range a {
		byID[a[i].ID] = &a[i]
	}
	for i := range b {
		q := byID[b[i].ID]
		if q == nil || q.Type != b[i].Type || len(q.Options) != len(b[i].Options) || q.scale() != b[i].scale() ||
			!reflect.DeepEqual(q.ShowIf, b[i].ShowIf) {
			return false
		}
		for _, o := range b[i].Options {
			if !q.has(o.ID) {
				return false
			}
		}
	}
	return true
}
