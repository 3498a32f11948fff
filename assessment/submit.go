package assessment

import (
	"context"
	"math"
	"time"

	"github.com/clientele-crm/clientele/core"
)

// submission is what becomes a response.
type submission struct {
	form    Form
	contact ContactID
	attempt *Attempt // nil: it was recorded at once
	answers []Answer
	marks   []Mark

	late        bool // the time was over: what is missing does not matter
	lateAnswers []Answer
}

// submit makes a response of answers to a version: it checks them, scores them, and writes the
// contact's profile.
func submit(ctx context.Context, tx Tx, v *compiled, in submission) (Response, error) {
	if err := v.CheckAnswers(in.answers); err != nil {
		return Response{}, err
	}
	if err := v.CheckMarks(in.marks); err != nil {
		return Response{}, err
	}
	if !in.late {
		if err := v.CheckComplete(in.answers); err != nil {
			return Response{}, err
		}
	}
	answers, err := v.Visible(in.answers)
	if err != nil {
		return Response{}, err
	}
	r := Response{Sheet: Sheet{
		ID: core.NewID[Response](tx.Env), Kind: in.form.Kind, FormID: in.form.ID, VersionID: v.Version.ID,
		ContactID: in.contact, Ordinal: 1, Status: Final,
		Answers: answers, Marks: append([]Mark{}, in.marks...),
		LateAnswers: append([]Answer{}, in.lateAnswers...), Late: in.late, Stamp: newStamp(tx),
	}}
	if in.attempt != nil {
		r.AttemptID, r.StartedAt = in.attempt.ID, &in.attempt.CreatedAt
	}
	if err := count(ctx, tx, &r.Sheet, in.form.MaxAttempts); err != nil {
		return Response{}, err
	}
	if r.Kind == Assessment {
		outcome, err := v.outcome(tx, r.ID, r.VersionID, r.Answers, r.Marks)
		if err != nil {
			return Response{}, err
		}
		r.Outcome, r.Status = &outcome, outcome.status()
	}
	if err := tx.Store.InsertResponse(ctx, r.Sheet); err != nil {
		return Response{}, err
	}
	tally := v.tally(&r.Sheet, r.Outcome)
	if err := rank(ctx, tx, v, tally, r.Outcome); err != nil {
		return Response{}, err
	}
	if err := tx.Store.InsertResult(ctx, tally, r.Outcome); err != nil {
		return Response{}, err
	}
	if err := tx.writeProfile(ctx, v, &r); err != nil {
		return Response{}, err
	}
	return r, tx.Events.Emit(ctx, ResponseSubmitted.Of(r.ID, nil, &r))
}

// count numbers the responses of a contact, and holds the limit; the unique index of the
// ordinals holds it where two submit at once.
func count(ctx context.Context, tx Tx, r *Sheet, limit int64) error {
	if r.ContactID.IsZero() {
		return nil
	}
	last, err := tx.Store.LastOrdinal(ctx, r.FormID, r.ContactID)
	if err != nil {
		return err
	}
	if limit > 0 && last >= limit {
		return &core.Error{Kind: core.ErrState, Code: "attempts_exhausted", Message: "this person has answered as often as the form allows"}
	}
	r.Ordinal = last + 1
	return nil
}

// outcome scores the answers of a response by the key c.
func (c *compiled) outcome(tx Tx, of core.ID[Response], answered core.ID[Version], answers []Answer, marks []Mark) (Outcome, error) {
	result, err := c.Score(answers, marks)
	if err != nil {
		return Outcome{}, err
	}
	return Outcome{
		ID: core.NewID[Outcome](tx.Env), ResponseID: of, VersionID: c.Version.ID, AnsweredID: answered,
		Reason: Submitted, Result: result, Traits: c.Traits(&result), CreatedAt: tx.Env.Time(),
	}, nil
}

func (o *Outcome) status() Status {
	if o.Pending > 0 {
		return PendingReview
	}
	return Final
}

// rank says how an outcome compares with those of the others, where that is a percentile.
func rank(ctx context.Context, tx Tx, key *compiled, t Tally, o *Outcome) error {
	if !t.IsRanked {
		return nil
	}
	cohort, err := tx.Store.Cohort(ctx, t)
	if err == nil {
		o.Ranking = key.Rank(cohort)
	}
	return err
}

// writeProfile puts a final result into the contact's personality fields, unless the company
// has switched that off, but for the fields that a later response has written.
func (tx Tx) writeProfile(ctx context.Context, key *compiled, r *Response) error {
	if r.Outcome == nil || r.ContactID.IsZero() || r.Status != Final || tx.People == nil {
		return nil
	}
	change := key.ProfileOf(&r.Outcome.Result)
	if change.IsZero() {
		return nil
	}
	settings, err := tx.Store.Settings(ctx)
	if err != nil || !settings.Profiling {
		return err
	}
	if r.Outcome.Reason != Submitted { // else there is none that is later
		if change, err = tx.notLater(ctx, r, change); err != nil || change.IsZero() {
			return err
		}
	}
	return tx.People.WriteProfile(ctx, r.ContactID, change)
}

// notLater is a change of a response without the fields that later ones of the contact have written. One that is
// writing them meanwhile is waited for, and then seen.
func (tx Tx) notLater(ctx context.Context, r *Response, change ProfileChange) (ProfileChange, error) {
	if err := tx.People.Hold(ctx, r.ContactID); err != nil {
		return change, err
	}
	later, err := tx.Store.LaterOutcomes(ctx, r.Sheet)
	if err != nil {
		return change, err
	}
	for _, o := range later {
		key, err := tx.version(ctx, o.VersionID)
		if err != nil {
			return change, err
		}
		change = change.without(key.ProfileOf(&o.Result))
	}
	return change, nil
}

// Start begins an attempt for a contact, and answers the token by which they go on with it, at
// /a/ or /q/ and the token: to be sent to them. It works without a public link.
func (s *Responses) Start(ctx context.Context, form core.ID[Form], who ContactID) (a Attempt, token string, err error) {
	if err := allowed(s.work, s.kind.rights().writeResponses); err != nil {
		return Attempt{}, "", err
	}
	err = s.work.Atomic(ctx, func(tx Tx) error {
		f, err := answerable(ctx, tx, s.kind, form)
		if err != nil {
			return err
		}
		if err := tx.find(ctx, who); err != nil {
			return err
		}
		a, token, err = begin(ctx, tx, f, who)
		return err
	})
	if err != nil {
		return Attempt{}, "", err
	}
	return a, token, nil
}

// begin stores a new attempt.
func begin(ctx context.Context, tx Tx, f Form, who ContactID) (Attempt, string, error) {
	version, err := tx.Store.LatestVersion(ctx, f.ID)
	if err != nil {
		return Attempt{}, "", err
	}
	now := tx.Env.Time()
	a := Attempt{
		ID: core.NewID[Attempt](tx.Env), FormID: f.ID, VersionID: version, ContactID: who,
		Answers: []Answer{}, Grace: f.Grace, Version: 1, CreatedAt: now, UpdatedAt: now,
	}
	if !who.IsZero() {
		if err := count(ctx, tx, &Sheet{FormID: f.ID, ContactID: who}, f.MaxAttempts); err != nil {
			return Attempt{}, "", err
		}
	}
	if f.TimeLimit > 0 {
		deadline := now.Add(time.Duration(f.TimeLimit) * time.Minute)
		a.Deadline = &deadline
	}
	if who.IsZero() && f.ClosesAt != nil && (a.Deadline == nil || f.ClosesAt.Before(*a.Deadline)) {
		a.Deadline = f.ClosesAt
	}
	if f.Shuffle {
		id := tx.Env.UUID() // random enough for an order
		for _, b := range id[8:] {
			a.Seed = a.Seed<<8 | int64(b)
		}
		a.Seed = max(a.Seed&math.MaxInt64, 1)
	}
	token, hash := core.NewToken()
	if err := tx.Store.InsertAttempt(ctx, a, hash); err != nil {
		return Attempt{}, "", err
	}
	return a, token, nil
}
