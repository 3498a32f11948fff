package assessment

import (
	"context"
	"reflect"
	"slices"

	"github.com/clientele-crm/clientele/core"
)

// rescoreBatch is how many responses are scored in one transaction: it bounds the memory, and
// how long others wait. Of these rescoreChunk are scored while those before are written.
const (
	rescoreBatch = 2000
	rescoreChunk = 500
)

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
	r := rescoring{key: scorer, answered: answered.ID, report: Rescore{Version: version, Key: key}}
	if r.recall, err = tx.recall(ctx, answered.ID); err != nil {
		return Rescore{}, err
	}
	for more := true; more; {
		var batch rescoring
		err := core.Retry(ctx, s.work, func(tx Tx) (err error) {
			batch = r
			more, err = batch.next(ctx, tx)
			return err
		})
		if err != nil {
			return r.report, err
		}
		r = batch
	}
	return r.report, s.work.Atomic(ctx, func(tx Tx) error {
		return tx.Events.Emit(ctx, FormRescored.Of(core.ID[Rescore](form), nil, &r.report))
	})
}

// rescoring is on its way through the tallies of a version, which say what was chosen: the
// answers themselves are not read.
type rescoring struct {
	key      *compiled
	answered core.ID[Version]
	recall   *recall
	after    core.ID[Response]
	report   Rescore
}

// next scores one batch again, and reports whether there may be another.
func (r *rescoring) next(ctx context.Context, tx Tx) (more bool, err error) {
	tallies, err := tx.Store.LockTallies(ctx, r.answered, r.after, rescoreBatch, r.key.marks)
	if err != nil || len(tallies) == 0 {
		return false, err
	}
	r.after = tallies[len(tallies)-1].ResponseID
	rankings, err := r.rankings(ctx, tx, tallies)
	if err != nil {
		return false, err
	}
	scored, stop := make(chan rescored), make(chan struct{})
	go r.score(tx, tallies, rankings, scored, stop)
	defer func() { // what it works with is used again
		close(stop)
		for range scored {
		}
	}()
	for chunk := range scored {
		if err := tx.Store.ReplaceOutcomes(ctx, chunk.tallies, chunk.outcomes); err != nil {
			return false, err
		}
		r.report.Changed += len(chunk.outcomes)
		r.report.Skipped += chunk.skipped
	}
	r.report.Responses += len(tallies)
	return len(tallies) == rescoreBatch, nil
}

// rescored is a chunk of a batch, to be written.
type rescored struct {
	tallies  []Tally
	outcomes []Outcome
	skipped  int
}

// score scores tallies again, a chunk at a time, until stop is closed.
func (r *rescoring) score(tx Tx, tallies []Tally, rankings map[core.ID[Response]]string, scored chan<- rescored, stop <-chan struct{}) {
	defer close(scored)
	for some := range slices.Chunk(tallies, rescoreChunk) {
		chunk := rescored{make([]Tally, 0, len(some)), make([]Outcome, 0, len(some)), 0}
		for i := range some {
			t := &some[i]
			if t.KeyID == r.key.Version.ID {
				continue
			}
			o, err := r.key.outcome(tx, t.ResponseID, t.VersionID, r.recall.answers(t.Choices), t.Marks)
			if err != nil || (o.Pending > 0) != (t.Pending > 0) {
				chunk.skipped++
				continue
			}
			if rankings != nil {
				o.Ranking = rankings[t.ResponseID]
			}
			o.Reason = Rescored
			chunk.tallies, chunk.outcomes = append(chunk.tallies, r.key.retally(*t, &o)), append(chunk.outcomes, o)
		}
		select {
		case scored <- chunk:
		case <-stop:
			return
		}
	}
}

// rankings are the texts so far, where they are percentiles: those are of the moment of
// submitting, and not claimed again of a cohort that is half scored by another key.
func (r *rescoring) rankings(ctx context.Context, tx Tx, tallies []Tally) (map[core.ID[Response]]string, error) {
	if !r.key.ByPercentile() {
		return nil, nil
	}
	ids := make([]core.ID[Response], len(tallies))
	for i := range tallies {
		ids[i] = tallies[i].ResponseID
	}
	outcomes, err := tx.Store.CurrentOutcomes(ctx, ids)
	rankings := make(map[core.ID[Response]]string, len(outcomes))
	for i := range outcomes {
		rankings[outcomes[i].ResponseID] = outcomes[i].Ranking
	}
	return rankings, err
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
