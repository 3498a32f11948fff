package assessment

import (
	"cmp"
	"context"
	"errors"
	"reflect"
	"slices"
	"time"

	"github.com/clientele-crm/clientele/core"
)

// Input is what somebody sends of an attempt.
type Input struct {
	Answers []Answer `json:"answers"`         // over those that are saved; an empty one takes an answer away
	Name    *string  `json:"name,omitempty"`  // of who answers; absent: as it is saved
	Email   *string  `json:"email,omitempty"` // of who answers; absent: as it is saved
}

// without is what was sent but for what the error is about.
func (sent Input) without(err error) Input {
	var e *core.Error
	if !errors.As(err, &e) {
		return sent
	}
	sent.Answers = slices.Clone(sent.Answers)
	for _, f := range e.Fields {
		switch f.Field {
		case "/name":
			sent.Name = nil
		case "/email":
			sent.Email = nil
		default:
			sent.Answers = slices.DeleteFunc(sent.Answers, func(a Answer) bool { return f.Field == in("/answers", string(a.QuestionID)) })
		}
	}
	return sent
}

// AbandonedAfter is how long answers are kept that were saved, or not even begun, and never
// submitted: from the last time that they were touched. No time limit is as long.
const AbandonedAfter = 30 * 24 * time.Hour

// Sweep deletes up to limit abandoned attempts of all companies. Their tokens open nothing any
// more. It is for a job.
func (s *Public) Sweep(ctx context.Context, now time.Time, limit int) (deleted int, err error) {
	return s.links.SweepAttempts(ctx, now.Add(-AbandonedAfter), limit)
}

// Start begins an attempt by the token of a public link, and answers the token to go on with.
// [core.ErrState]: the form does not take answers now.
func (s *Public) Start(ctx context.Context, kind Kind, token string) (attempt string, err error) {
	opened, work, err := s.open(ctx, kind, token)
	if err != nil {
		return "", err
	}
	return paper{opened, work, token}.start(ctx)
}

// Save keeps answers of an attempt. It may be called as often as one likes, from several devices:
// each answer replaces the one before to its question. [core.ErrState]: it is submitted already,
// or the time is over. [core.ErrInvalid] says what is wrong; the rest is kept.
func (s *Public) Save(ctx context.Context, kind Kind, token string, in Input) (View, error) {
	return s.send(ctx, kind, token, in, paper.save)
}

// Submit makes a response of all that is saved and sent, once: an attempt that is submitted
// already stays as it is, and is answered the same. What comes after the time was over, by the
// server's clock, is kept beside the response and not counted. [core.ErrInvalid] names the
// required questions that are not answered, and [core.ErrState] says that this person has
// answered as often as the form allows, or that it takes no answers now: in all cases what was
// sent is saved.
func (s *Public) Submit(ctx context.Context, kind Kind, token string, in Input) (View, error) {
	return s.send(ctx, kind, token, in, paper.submit)
}

func (s *Public) send(ctx context.Context, kind Kind, token string, in Input, send func(paper, context.Context, Input) error) (View, error) {
	opened, work, err := s.open(ctx, kind, token)
	if err != nil {
		return View{}, err
	}
	if err := send(paper{opened, work, token}, ctx, in); err != nil {
		return View{}, err
	}
	v, _, err := view(ctx, work.Plain(), opened)
	return v, err
}

// take puts what was sent into the attempt.
func (a *Attempt) take(ctx context.Context, tx Tx, in Input) error {
	v, err := tx.version(ctx, a.VersionID)
	if err != nil {
		return err
	}
	var f faults
	f.take(v.CheckAnswers(in.Answers))
	if in.Name != nil {
		a.Name = f.Line("/name", *in.Name, maxTitle)
	}
	if in.Email != nil {
		a.Email = ""
		if *in.Email != "" {
			if a.Email, err = core.ParseEmail(*in.Email); err != nil {
				f.add("/email", "email", "is not an e-mail address")
			}
		}
	}
	if err := f.Err(); err != nil {
		return err
	}
	a.Answers = merged(a.Answers, in.Answers)
	return nil
}

// replace writes an attempt that differs from was.
func (a *Attempt) replace(ctx context.Context, tx Tx, was *Attempt) error {
	if reflect.DeepEqual(a, was) {
		return nil
	}
	a.Version++
	a.UpdatedAt = tx.Env.Time()
	return tx.Store.ReplaceAttempt(ctx, *a, was.Version)
}

// submit makes a response of the attempt. Saved is what was there before, and sent what came now.
func (a *Attempt) submit(ctx context.Context, tx Tx, opened Opened, saved, sent []Answer) error {
	f, err := tx.Store.Form(ctx, opened.Kind, opened.Form)
	if err != nil {
		return err
	}
	if !f.IsActive {
		return errInactive
	}
	v, err := tx.version(ctx, a.VersionID)
	if err != nil {
		return err
	}
	in := submission{form: f, attempt: a, contact: a.ContactID, answers: a.Answers, late: a.late(tx.Env.Time())}
	if in.late {
		in.answers, in.lateAnswers = saved, merged(nil, sent)
	} else if err := v.CheckComplete(in.answers); err != nil {
		return err // before anybody becomes a contact
	}
	if in.contact.IsZero() {
		in.contact, err = a.who(ctx, tx, f.asks())
	} else if tx.People != nil {
		err = tx.People.Hold(ctx, in.contact) // so that a merge moves the response too, or has moved the attempt already
	}
	if err != nil {
		return err
	}
	r, err := submit(ctx, tx, v, in)
	if err != nil {
		return err
	}
	// The response has it all now.
	a.ResponseID, a.ContactID = r.ID, in.contact
	a.Answers, a.Name, a.Email = []Answer{}, "", ""
	return nil
}

// who is the contact that a stranger becomes or matches; none if they do not say.
func (a *Attempt) who(ctx context.Context, tx Tx, ask AskWho) (ContactID, error) {
	var f core.Faults
	if ask == AskRequired {
		if a.Name == "" {
			f.Add("/name", "required", "is missing")
		}
		if a.Email == "" {
			f.Add("/email", "required", "is missing")
		}
	}
	if err := f.Err(); err != nil {
		return ContactID{}, err
	}
	if ask == AskNot || a.Email == "" || tx.People == nil {
		return ContactID{}, nil
	}
	return tx.People.Receive(ctx, cmp.Or(a.Name, string(a.Email)), a.Email)
}
