package crm

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/jobs"
)

// Erasure says that a person was erased, and nothing about them but the ids that they had.
type Erasure struct {
	ID        core.ID[Erasure]   `json:"id"`
	ContactID core.ID[Contact]   `json:"contactId"` // there is no such contact any more
	Merged    []core.ID[Contact] `json:"mergedIds"` // those that had been merged into it
	Reason    ErasureReason      `json:"reason"`    // why they were erased

	Since   time.Time   `json:"-"` // see Person.Since
	Related []uuid.UUID `json:"-"` // see Person.Related
	Files   []string    `json:"-"` // the keys of files that are still to be removed

	CreatedByID core.UserID `json:"createdById,omitzero"`
	CreatedAt   time.Time   `json:"createdAt"` // when they were erased
	UpdatedAt   time.Time   `json:"updatedAt"`
	FinishedAt  *time.Time  `json:"finishedAt,omitzero"` // when the last of their files was gone
}

// ErasureReason is why somebody was erased.
type ErasureReason string

// The reasons.
const (
	ErasedOnRequest   ErasureReason = "request"   // somebody has asked for it
	ErasedByRetention ErasureReason = "retention" // the contact had been deleted for long enough
)

// ContactErased is the event of an erasure. It has neither a before nor an after: those who
// keep copies of contacts are to erase theirs.
var ContactErased = core.EventType[Contact]{Name: "contact.erased", Kind: "contact"}

// Privacy is the service of what people may ask of those who keep data about them.
type Privacy struct {
	work  core.Work[Tx]
	blobs core.Blobs
}

// NewPrivacy is the service over a store, in the scope of work, whose Tx has the
// [PersonalData] of other packages. Blobs keeps the files attached to notes, and may be nil.
func NewPrivacy(work core.Work[Tx], blobs core.Blobs) *Privacy { return &Privacy{work, blobs} }

// Erase erases a person for good: the contact, deleted or not, and those merged into it, with all
// that hangs on them, what other packages keep, the values in the audit, events and their
// deliveries, and attached files. What has to stay for the books, such as the time of an
// appointment, stays without the person. It needs [core.ContactsErase].
//
// All of it but the files is one transaction. A job removes the files that are left after a crash,
// and looks a second time for what was on its way when the person was erased: see
// [HandleErasures]. Backups are not reached.
func (s *Privacy) Erase(ctx context.Context, id core.ID[Contact]) (Erasure, error) {
	if err := permit(s.work, core.ContactsErase); err != nil {
		return Erasure{}, err
	}
	var e Erasure
	err := core.Retry(ctx, s.work, func(tx Tx) (err error) {
		c, err := survivor(ctx, tx, id) // whoever was merged into another is that person
		if err != nil {
			return err
		}
		e, err = tx.erase(ctx, c.ID, ErasedOnRequest, func(c Contact) error {
			if isMerged(&c) {
				return core.Stale("contact") // since it was asked whom the id answers: the other has it all now
			}
			return nil
		})
		if err == nil && id != e.ContactID && !slices.Contains(e.Merged, id) {
			err = core.Stale("contact") // the merge was undone since: they are two people again
		}
		return err
	})
	if err != nil {
		return Erasure{}, err
	}
	return s.removeFiles(ctx, e), nil
}

// erase erases a person, unless check refuses it.
func (tx Tx) erase(ctx context.Context, id core.ID[Contact], reason ErasureReason, check func(Contact) error) (Erasure, error) {
	c, err := tx.Store.LockContact(ctx, id)
	if err != nil {
		return Erasure{}, err
	}
	if err := check(c); err != nil {
		return Erasure{}, err
	}
	p, err := tx.person(ctx, c)
	if err != nil {
		return Erasure{}, err
	}
	views, err := tx.forgetViews(ctx, &p)
	if err != nil {
		return Erasure{}, err
	}
	now := tx.Env.Time()
	e := Erasure{
		ID: core.NewID[Erasure](tx.Env), ContactID: c.ID, Merged: p.Contacts[1:], Reason: reason, Since: p.Since, Related: p.Related,
		CreatedByID: tx.Scope.Actor.ID, CreatedAt: now, UpdatedAt: now,
	}
	if e.Files, err = tx.forget(ctx, p); err != nil {
		return Erasure{}, err
	}
	if len(e.Files) == 0 {
		e.FinishedAt = &now
	}
	if err := tx.Store.InsertErasure(ctx, e); err != nil {
		return Erasure{}, err
	}
	changed := make([]core.Event, len(views))
	for i := range views { // what it is now, and not what it was
		changed[i] = ViewUpdated.Of(views[i].ID, &views[i], &views[i])
	}
	if err := tx.Events.Emit(ctx, changed...); err != nil {
		return Erasure{}, err
	}
	// After forget, which takes away all events of the contact.
	if err := tx.Events.Emit(ctx, ContactErased.Of(c.ID, nil, nil)); err != nil {
		return Erasure{}, err
	}
	return e, tx.Jobs.Enqueue(ctx, finishErasure.Of(erasureTask{e.ID}).At(now.Add(erasureDelay)))
}

// forget removes all rows about a person, and is the keys of the files that they had. What is
// shared by all packages comes last: by then nobody can change a row of the person any more,
// and what they did before is there to be seen.
func (tx Tx) forget(ctx context.Context, p Person) (files []string, err error) {
	for _, other := range tx.Personal {
		if err := other.Erase(ctx, p); err != nil {
			return nil, err
		}
	}
	if files, err = tx.Store.EraseContacts(ctx, p.Contacts); err != nil {
		return nil, err
	}
	return files, tx.Store.ForgetTraces(ctx, p)
}

// erasureDelay is after how long an erasure is looked at again: what had read the person's
// data before has ended by then.
const erasureDelay = 10 * time.Minute

type erasureTask struct {
	Erasure core.ID[Erasure] `json:"erasure"`
}

var finishErasure = jobs.Kind[erasureTask]{Name: "crm.finish_erasure"}

// HandleErasures has w finish erasures, each by a Privacy in its scope.
func HandleErasures(w *jobs.Worker, privacy func(core.Scope) *Privacy) {
	jobs.Handle(w, finishErasure, func(ctx context.Context, r jobs.Run[erasureTask]) error {
		return privacy(r.Scope()).finish(ctx, r.Args.Erasure)
	})
}

// finish erases what was written about the person while they were being erased, such as the
// delivery of an event that had been read before, and the files that are left.
func (s *Privacy) finish(ctx context.Context, id core.ID[Erasure]) error {
	var e Erasure
	err := core.Retry(ctx, s.work, func(tx Tx) (err error) {
		if e, err = tx.Store.Erasure(ctx, id); err != nil {
			return err
		}
		p := Person{Contacts: append([]core.ID[Contact]{e.ContactID}, e.Merged...), Related: e.Related, Since: e.Since}
		_, err = tx.forget(ctx, p) // of rows that are gone there are no files
		return err
	})
	if err != nil {
		return err
	}
	if e = s.removeFiles(ctx, e); e.FinishedAt == nil && s.blobs != nil {
		return &core.Error{Kind: core.ErrUnavailable, Message: "some files of an erased contact are still there"}
	}
	return nil
}

// removeFiles removes the files of an erasure as far as it can: the job tries the rest again.
// Inside the caller's transaction it removes none, because a rollback would bring the notes back.
func (s *Privacy) removeFiles(ctx context.Context, e Erasure) Erasure {
	tx := s.work.Plain()
	if len(e.Files) == 0 || s.blobs == nil || tx.Joined {
		return e
	}
	ctx = context.WithoutCancel(ctx) // whoever asked need not wait for it to be done
	var left []string
	var errs []error
	for _, key := range e.Files {
		if err := s.blobs.Remove(ctx, key); err != nil {
			left, errs = append(left, key), append(errs, err)
		}
	}
	now := tx.Env.Time()
	e.Files, e.UpdatedAt = slices.Clip(left), now
	if len(left) == 0 {
		e.FinishedAt = &now
	}
	if err := errors.Join(append(errs, tx.Store.ReplaceErasure(ctx, e))...); err != nil {
		tx.Env.Logger().WarnContext(ctx, "files of an erased contact could not be removed yet", "erasure", e.ID, "error", err)
	}
	return e
}

// Erasures reads a page of those that there were, the newest first. It needs
// [core.ContactsErase].
func (s *Privacy) Erasures(ctx context.Context, p core.Page) (core.List[Erasure], error) {
	if err := permit(s.work, core.ContactsErase); err != nil {
		return core.List[Erasure]{}, err
	}
	return s.work.Plain().Store.ListErasures(ctx, p)
}
