package crm

import (
	"context"
	"errors"
	"time"

	"github.com/clientele-crm/clientele/core"
)

// Purged is a deleted contact that a purge erases.
type Purged struct {
	ContactID core.ID[Contact] `json:"contactId"`
	DeletedAt time.Time        `json:"deletedAt"` // when it was deleted
}

// MinRetention is the shortest time after which deleted contacts may be purged: whoever deletes
// one by mistake shall have a day to notice.
const MinRetention = 24 * time.Hour

// purgeBatch is how many contacts a purge looks up at once. Each is erased in a transaction of its own.
const purgeBatch = 100

// Purge erases the contacts that have been deleted for at least so long, the first first, as
// [Privacy.Erase] does. Tell, which may be nil, is told of each after it is gone; an error of it
// ends the purge. A dry run erases none, and tells of the same. It needs [core.ContactsErase].
//
// One that was merged into another is that person: it stays as long as they do, and goes with them.
// A contact that is restored meanwhile stays. What ends early has erased whole contacts, and may
// begin anew.
func (s *Privacy) Purge(ctx context.Context, deletedFor time.Duration, dryRun bool, tell func(Purged) error) (purged int, err error) {
	if err := permit(s.work, core.ContactsErase); err != nil {
		return 0, err
	}
	if deletedFor < MinRetention {
		return 0, core.Faults{{Field: "/deletedFor", Rule: "minimum", Message: "has to be a day or longer"}}.Err()
	}
	tx := s.work.Plain()
	before := tx.Env.Time().Add(-deletedFor)
	for last := (Purged{}); ; {
		list, err := tx.Store.DeletedBefore(ctx, before, last, purgeBatch)
		if err != nil {
			return purged, err
		}
		for _, p := range list {
			if last = p; !dryRun {
				erased, err := s.purge(ctx, p, before)
				if err != nil {
					return purged, err
				}
				if !erased {
					continue
				}
			}
			purged++
			if tell != nil {
				if err := tell(p); err != nil {
					return purged, err
				}
			}
		}
		if len(list) < purgeBatch {
			return purged, nil
		}
	}
}

// errRestored ends the erasure of a contact that is not to be purged any more.
var errRestored = errors.New("the contact was restored")

func (s *Privacy) purge(ctx context.Context, p Purged, before time.Time) (erased bool, err error) {
	var e Erasure
	err = core.Retry(ctx, s.work, func(tx Tx) (err error) {
		e, err = tx.erase(ctx, p.ContactID, ErasedByRetention, func(c Contact) error {
			if c.DeletedAt == nil || c.DeletedAt.After(before) {
				return errRestored
			}
			return nil
		})
		return err
	})
	if errors.Is(err, errRestored) || errors.Is(err, core.ErrNotFound) {
		return false, nil // somebody else has erased it, or wants it
	}
	if err != nil {
		return false, err
	}
	s.removeFiles(ctx, e)
	return true, nil
}
