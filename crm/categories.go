package crm

import (
	"context"
	"errors"
	"iter"

	"github.com/clientele-crm/clientele/core"
)

// Categories is the service of a company's contact categories. Every member with
// [core.ContactsRead] sees all of them; changing them needs [core.CategoriesWrite].
type Categories struct{ work core.Work[Tx] }

// NewCategories is the service over a store, in the scope of work.
func NewCategories(work core.Work[Tx]) *Categories { return &Categories{work} }

// Create adds a category. [core.ErrExists] names the one that has its name.
func (s *Categories) Create(ctx context.Context, n NewCategory) (Category, error) {
	if err := permit(s.work, core.CategoriesWrite); err != nil {
		return Category{}, err
	}
	var c Category
	err := s.work.Atomic(ctx, func(tx Tx) error {
		c = Category{ID: core.NewID[Category](tx.Env), NewCategory: n, Active: true, Stamp: newStamp(tx)}
		if err := c.check(); err != nil {
			return err
		}
		if err := tx.Store.InsertCategory(ctx, c); err != nil {
			return err
		}
		return tx.Events.Emit(ctx, CategoryCreated.Of(c.ID, nil, &c))
	})
	if err != nil {
		return Category{}, s.taken(ctx, err, c)
	}
	return c, nil
}

// Get reads a category.
func (s *Categories) Get(ctx context.Context, id core.ID[Category]) (Category, error) {
	if err := permit(s.work, core.ContactsRead); err != nil {
		return Category{}, err
	}
	return s.work.Plain().Store.Category(ctx, id)
}

// Update changes a category as [Contacts.Update] does a contact; Active too is edit's to
// change.
func (s *Categories) Update(ctx context.Context, id core.ID[Category], edit func(*Category) error) (Category, error) {
	if err := permit(s.work, core.CategoriesWrite); err != nil {
		return Category{}, err
	}
	k := keeper[Category]{read: Store.Category, replace: byVersion(Store.ReplaceCategory)}
	c, err := change(ctx, s.work, k, id, CategoryUpdated, func(_ Tx, was, c *Category) error {
		if err := edit(c); err != nil {
			return err
		}
		c.ID = was.ID
		return c.check()
	})
	if err != nil {
		return Category{}, s.taken(ctx, err, c)
	}
	return c, nil
}

// Delete deletes a category for good. Its contacts, deleted ones and those that the actor
// does not see too, move to moveTo, which has to be another active category; without
// moveTo, a category that has any is [core.ErrState].
func (s *Categories) Delete(ctx context.Context, id, moveTo core.ID[Category], checks ...Check[Category]) error {
	if err := permit(s.work, core.CategoriesWrite); err != nil {
		return err
	}
	return core.Retry(ctx, s.work, func(tx Tx) error {
		c, err := tx.Store.Category(ctx, id)
		if err != nil {
			return err
		}
		if err := allow(c, checks); err != nil {
			return err
		}
		if !moveTo.IsZero() {
			if err := moveContacts(ctx, tx, id, moveTo); err != nil {
				return err
			}
		}
		err = tx.Store.DeleteCategory(ctx, id, c.Version)
		if errors.Is(err, core.ErrState) && !moveTo.IsZero() {
			err = core.Stale("category") // somebody has given it to a contact since all were moved
		}
		if err != nil {
			return err
		}
		return tx.Events.Emit(ctx, CategoryDeleted.Of(id, &c, nil))
	})
}

// moveBatch bounds how many contacts are in memory at once.
const moveBatch = 500

func moveContacts(ctx context.Context, tx Tx, from, to core.ID[Category]) error {
	var f core.Faults
	target, err := tx.Store.Category(ctx, to)
	switch {
	case errors.Is(err, core.ErrNotFound):
		f.Add("/moveTo", "exists", "no such category")
	case err != nil:
		return err
	case to == from:
		f.Add("/moveTo", "other", "has to be another category than the one to delete")
	case !target.Active:
		f.Add("/moveTo", "active", "this category is not active")
	}
	if err := f.Err(); err != nil {
		return err
	}
	for {
		moved, err := tx.Store.MoveContacts(ctx, from, to, tx.Env.Time(), moveBatch)
		if err != nil || len(moved) == 0 {
			return err
		}
		events := make([]core.Event, len(moved))
		for i := range moved {
			was := moved[i]
			was.CategoryID = from
			was.Version--
			events[i] = ContactUpdated.Of(was.ID, &was, &moved[i])
		}
		if err := tx.Events.Emit(ctx, events...); err != nil {
			return err
		}
	}
}

// List reads a page of the categories.
func (s *Categories) List(ctx context.Context, f CategoryFilter, p core.Page) (core.List[Category], error) {
	if err := permit(s.work, core.ContactsRead); err != nil {
		return core.List[Category]{}, err
	}
	return s.work.Plain().Store.ListCategories(ctx, f, p)
}

// All runs through the categories, page by page.
func (s *Categories) All(ctx context.Context, f CategoryFilter) iter.Seq2[Category, error] {
	return core.All(ctx, func(ctx context.Context, p core.Page) (core.List[Category], error) {
		return s.List(ctx, f, p)
	})
}

// taken makes an [core.ErrExists] name the category that has c's name.
func (s *Categories) taken(ctx context.Context, err error, c Category) error {
	if !errors.Is(err, core.ErrExists) {
		return err
	}
	exists := &core.Error{
		Kind: core.ErrExists, Code: "category_exists", Message: "another category has this name",
		Fields: core.Faults{{Field: "/name", Rule: "unique", Message: "another category has this name"}},
	}
	if holder, err := s.work.Plain().Store.CategoryNamed(ctx, c.Name); err == nil {
		exists.Holder = core.Ref{Kind: "category", ID: holder.ID.UUID}
	}
	return exists
}
