package assessment

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"github.com/clientele-crm/clientele/core"
)

// Check is [core.ErrInvalid] with everything that keeps the draft from being published.
func (s *Forms) Check(ctx context.Context, id core.ID[Form]) error {
	f, err := s.Get(ctx, id)
	if err != nil {
		return err
	}
	return Validate(f.definition())
}

// Publish makes a version of the draft, which people answer from now on. What cannot be
// proved right is [core.ErrInvalid]. A draft that is as it was published makes no new version.
func (s *Forms) Publish(ctx context.Context, id core.ID[Form]) (Version, error) {
	var v Version
	_, err := s.change(ctx, id, FormPublished, func(tx Tx, was, f *Form) error {
		d := f.definition()
		if err := Validate(d); err != nil {
			return err
		}
		hash, err := hashOf(f.Title, f.Description, d)
		if err != nil {
			return err
		}
		if f.Published > 0 {
			if v, err = tx.Store.NumberedVersion(ctx, id, f.Published); err != nil || v.Hash == hash {
				return err
			}
		}
		f.Published++
		v = Version{
			ID: core.NewID[Version](tx.Env), FormID: id, Number: f.Published, Title: f.Title, Description: f.Description,
			Definition: d, Hash: hash, CreatedByID: tx.Scope.Actor.ID, CreatedAt: tx.Env.Time(),
		}
		return tx.Store.InsertVersion(ctx, v)
	})
	if err != nil {
		return Version{}, err
	}
	return v, nil
}

// hashOf is that of all that a version says.
func hashOf(title, description string, d Definition) (string, error) {
	data, err := json.Marshal([]any{title, description, d})
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), nil
}

// Version reads a version by its number; 0 is the latest, and [core.ErrState] if there is none.
func (s *Forms) Version(ctx context.Context, id core.ID[Form], number int64) (Version, error) {
	f, err := s.Get(ctx, id)
	if err != nil {
		return Version{}, err
	}
	if number == 0 {
		if number = f.Published; number == 0 {
			return Version{}, errUnpublished
		}
	}
	return s.work.Plain().Store.NumberedVersion(ctx, id, number)
}

var errUnpublished = &core.Error{Kind: core.ErrState, Code: "form_not_published", Message: "it is not published yet"}

// Versions reads a page of a form's versions, the newest first.
func (s *Forms) Versions(ctx context.Context, id core.ID[Form], p core.Page) (core.List[Version], error) {
	if _, err := s.Get(ctx, id); err != nil {
		return core.List[Version]{}, err
	}
	return s.work.Plain().Store.ListVersions(ctx, id, p)
}

// Share gives a published form a public link, and answers its token: shown this once, then kept
// as a hash only. A link that there was no longer works.
func (s *Forms) Share(ctx context.Context, id core.ID[Form]) (token string, err error) {
	token, hash := core.NewToken()
	_, err = s.change(ctx, id, FormUpdated, func(tx Tx, was, f *Form) error {
		if f.Published == 0 {
			return errUnpublished
		}
		if err := revoke(ctx, tx, id); err != nil {
			return err
		}
		l := Link{ID: core.NewID[Link](tx.Env), FormID: id, CreatedByID: tx.Scope.Actor.ID, CreatedAt: tx.Env.Time()}
		if err := tx.Store.InsertLink(ctx, l, hash); err != nil {
			return err
		}
		f.IsPublic = true
		return tx.Events.Emit(ctx, LinkCreated.Of(l.ID, nil, &l))
	})
	if err != nil {
		return "", err
	}
	return token, nil
}

// Unshare revokes the public link, if there is one. Attempts that have begun can be finished.
func (s *Forms) Unshare(ctx context.Context, id core.ID[Form]) error {
	_, err := s.change(ctx, id, FormUpdated, func(tx Tx, was, f *Form) error {
		f.IsPublic = false
		return revoke(ctx, tx, id)
	})
	return err
}

func revoke(ctx context.Context, tx Tx, form core.ID[Form]) error {
	was, err := tx.Store.LiveLink(ctx, form)
	if errors.Is(err, core.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	l := was
	now := tx.Env.Time()
	l.RevokedAt = &now
	if err := tx.Store.ReplaceLink(ctx, l); err != nil {
		return err
	}
	return tx.Events.Emit(ctx, LinkRevoked.Of(l.ID, &was, &l))
}

// inUTC is t as the databases keep it.
func inUTC(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC().Truncate(time.Microsecond)
	return &u
}
