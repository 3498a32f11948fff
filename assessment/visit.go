package assessment

import (
	"context"
	"errors"
	"slices"

	"github.com/clientele-crm/clientele/core"
)

// Visit is a token that was opened: what a page needs that shows something and then takes answers,
// without opening it again.
type Visit struct {
	View View // as it was when the token was opened
	paper
	version *compiled // that the token is about
}

// Visit is [Public.See] for who goes on with what they see.
func (s *Public) Visit(ctx context.Context, kind Kind, token string) (*Visit, error) {
	opened, work, err := s.open(ctx, kind, token)
	if err != nil {
		return nil, err
	}
	v, version, err := view(ctx, work.Plain(), opened)
	if err != nil {
		return nil, err
	}
	return &Visit{v, paper{opened, work, token}, version}, nil
}

// Reveals are the questions that what is sent brings up: those that were not asked when the token was
// opened, and are with it. Nobody has seen them yet.
func (v *Visit) Reveals(in Input) (revealed []QuestionID) {
	a := v.View.Attempt
	if a == nil || a.Submitted || a.Over || !v.version.conditions || v.version.CheckAnswers(in.Answers) != nil {
		return nil
	}
	for _, q := range v.version.asked(Attempt{Answers: merged(a.Answers, in.Answers)}) {
		if !slices.ContainsFunc(a.Questions, func(seen QuestionView) bool { return seen.ID == q.ID }) {
			revealed = append(revealed, q.ID)
		}
	}
	return revealed
}

// Start is [Public.Start].
func (v *Visit) Start(ctx context.Context) (attempt string, err error) { return v.start(ctx) }

// Save is [Public.Save], and does not read what there is now.
func (v *Visit) Save(ctx context.Context, in Input) error { return v.save(ctx, in) }

// Submit is [Public.Submit], and does not read what there is now.
func (v *Visit) Submit(ctx context.Context, in Input) error { return v.submit(ctx, in) }

// paper is what a token opens, to be written on.
type paper struct {
	opened Opened
	work   core.Work[Tx]
	token  string
}

func (p paper) start(ctx context.Context) (attempt string, err error) {
	if !p.opened.Attempt.IsZero() {
		return p.token, nil
	}
	err = p.work.Atomic(ctx, func(tx Tx) error {
		f, err := answerable(ctx, tx, p.opened.Kind, p.opened.Form)
		if err != nil {
			return err
		}
		if why := f.closed(tx.Env.Time()); why != "" {
			return &core.Error{Kind: core.ErrState, Code: "form_closed", Message: why}
		}
		_, attempt, err = begin(ctx, tx, f, ContactID{})
		return err
	})
	return attempt, err
}

// begun is nil if the token is of an attempt.
func (p paper) begun() error {
	if p.opened.Attempt.IsZero() {
		return &core.Error{Kind: core.ErrState, Code: "attempt_not_started", Message: "start first: this is the address of the form"}
	}
	return nil
}

func (p paper) save(ctx context.Context, in Input) error {
	if err := p.begun(); err != nil {
		return err
	}
	err := p.put(ctx, in)
	if errors.Is(err, core.ErrInvalid) {
		if failed := p.put(ctx, in.without(err)); failed != nil && !errors.Is(failed, core.ErrInvalid) {
			return failed
		}
	}
	return err
}

// put keeps all of what was sent, or nothing.
func (p paper) put(ctx context.Context, in Input) error {
	return core.Retry(ctx, p.work, func(tx Tx) error {
		was, err := tx.Store.Attempt(ctx, p.opened.Attempt)
		switch {
		case err != nil:
			return err
		case !was.ResponseID.IsZero():
			return &core.Error{Kind: core.ErrState, Code: "attempt_submitted", Message: "it is submitted already"}
		case was.late(tx.Env.Time()):
			return &core.Error{Kind: core.ErrState, Code: "attempt_over", Message: "the time is over: submit what is saved"}
		}
		a := was
		if err := a.take(ctx, tx, in); err != nil {
			return err
		}
		return a.replace(ctx, tx, &was)
	})
}

func (p paper) submit(ctx context.Context, in Input) error {
	if err := p.begun(); err != nil {
		return err
	}
	err := core.Retry(ctx, p.work, func(tx Tx) error {
		was, err := tx.Store.Attempt(ctx, p.opened.Attempt)
		if err != nil || !was.ResponseID.IsZero() {
			return err
		}
		a := was
		if err := a.take(ctx, tx, in); err != nil {
			return err
		}
		if err := a.submit(ctx, tx, p.opened, was.Answers, in.Answers); err != nil {
			return err
		}
		return a.replace(ctx, tx, &was)
	})
	if errors.Is(err, core.ErrInvalid) || errors.Is(err, core.ErrState) {
		// Nothing of the submission is left; what was sent shall be.
		if failed := p.save(ctx, in); failed != nil && !errors.Is(failed, core.ErrState) && !errors.Is(failed, core.ErrInvalid) {
			return failed
		}
	}
	return err
}
