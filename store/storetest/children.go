package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

// child is something that hangs on a contact, as far as all such things are alike.
type child struct {
	name, event string // "Notes", "contact_note"

	create func(context.Context, *clientele.Workspace, core.ID[crm.Contact]) (uuid.UUID, error)
	get    func(context.Context, *clientele.Workspace, uuid.UUID) (any, int64, error)
	update func(context.Context, *clientele.Workspace, uuid.UUID, string) error // appends to a text of up to 200 characters
	keep   func(context.Context, *clientele.Workspace, uuid.UUID) error         // an edit that changes only what nobody may change
	delete func(context.Context, *clientele.Workspace, uuid.UUID) error
	list   func(context.Context, *clientele.Workspace, core.ID[crm.Contact], core.Page) ([]uuid.UUID, string, error)

	newestFirst bool
}

func childContracts() (list []contract) {
	for _, k := range []child{noteChild, activityChild, socialLinkChild} {
		for _, c := range []struct {
			name string
			test func(*testing.T, *world, child)
		}{
			{"of another company are not found, and nothing changes them", foreignChild},
			{"need a permission for each verb", childPermissions},
			{"are seen and changed by those alone who see their contact", childOfOwn},
			{"of a deleted contact can be read and not changed", childOfDeleted},
			{"are listed page by page", childPages},
			{"are hung on no contact that is being deleted", childOfDying},
			{"that change concurrently lose no change", childConcurrent},
			{"that an edit leaves as they are get no version and no event", childUnchanged},
			{"that are rolled back leave neither row nor event", childRollback},
		} {
			list = append(list, contract{k.name + "/" + c.name, func(t *testing.T, w *world) { c.test(t, w, k) }})
		}
	}
	return list
}

// on makes one on a contact, for one who may do everything.
func (k child) on(w *world, contact core.ID[crm.Contact]) uuid.UUID {
	id, err := k.create(w.t.Context(), w.ws(), contact)
	require.NoError(w.t, err)
	return id
}

func foreignChild(t *testing.T, w *world, k child) {
	ctx := t.Context()
	ada, err := w.theirs().Contacts.Create(ctx, crm.NewContact{Name: "Ada"})
	require.NoError(t, err)
	id, err := k.create(ctx, w.theirs(), ada.ID)
	require.NoError(t, err)
	before, _, err := k.get(ctx, w.theirs(), id)
	require.NoError(t, err)

	_, err = k.create(ctx, w.ws(), ada.ID)
	require.ErrorIs(t, err, core.ErrNotFound)
	_, _, err = k.get(ctx, w.ws(), id)
	require.ErrorIs(t, err, core.ErrNotFound)
	require.ErrorIs(t, k.update(ctx, w.ws(), id, "x"), core.ErrNotFound)
	require.ErrorIs(t, k.delete(ctx, w.ws(), id), core.ErrNotFound)
	_, _, err = k.list(ctx, w.ws(), ada.ID, core.Page{})
	require.ErrorIs(t, err, core.ErrNotFound)

	after, _, err := k.get(ctx, w.theirs(), id)
	require.NoError(t, err)
	require.Equal(t, before, after)
}

func childPermissions(t *testing.T, w *world, k child) {
	ctx := t.Context()
	ada := w.contact(crm.NewContact{Name: "Ada"})
	id := k.on(w, ada.ID)
	for _, c := range []struct {
		verb  string
		needs core.Permission
		do    func(*clientele.Workspace) error
	}{
		{"create", core.ContactsWrite, func(ws *clientele.Workspace) error { _, err := k.create(ctx, ws, ada.ID); return err }},
		{"get", core.ContactsRead, func(ws *clientele.Workspace) error { _, _, err := k.get(ctx, ws, id); return err }},
		{"list", core.ContactsRead, func(ws *clientele.Workspace) error { _, _, err := k.list(ctx, ws, ada.ID, core.Page{}); return err }},
		{"update", core.ContactsWrite, func(ws *clientele.Workspace) error { return k.update(ctx, ws, id, "x") }},
		{"delete", core.ContactsWrite, func(ws *clientele.Workspace) error { return k.delete(ctx, ws, id) }},
	} {
		require.ErrorIs(t, c.do(w.as(without(c.needs))), core.ErrForbidden, c.verb)
		require.NoError(t, c.do(w.as(person(c.needs))), c.verb)
	}
}

func childOfOwn(t *testing.T, w *world, k child) {
	ctx := t.Context()
	me := w.as(own(core.ContactsRead, core.ContactsWrite))
	hers := w.contact(crm.NewContact{Name: "Hers"})
	hidden := k.on(w, hers.ID)
	_, err := k.create(ctx, me, hers.ID)
	require.ErrorIs(t, err, core.ErrNotFound)
	_, _, err = k.get(ctx, me, hidden)
	require.ErrorIs(t, err, core.ErrNotFound)
	require.ErrorIs(t, k.update(ctx, me, hidden, "x"), core.ErrNotFound)
	require.ErrorIs(t, k.delete(ctx, me, hidden), core.ErrNotFound)
	_, _, err = k.list(ctx, me, hers.ID, core.Page{})
	require.ErrorIs(t, err, core.ErrNotFound)
	_, version, err := k.get(ctx, w.ws(), hidden)
	require.NoError(t, err)
	require.EqualValues(t, 1, version)

	owned := w.contact(crm.NewContact{Name: "Mine", OwnerID: me.Scope().Actor.ID})
	shown := k.on(w, owned.ID) // somebody else's, on a contact of mine
	require.NoError(t, k.update(ctx, me, shown, "x"))
	mine, err := k.create(ctx, me, owned.ID)
	require.NoError(t, err)
	ids, _, err := k.list(ctx, me, owned.ID, core.Page{})
	require.NoError(t, err)
	require.ElementsMatch(t, []uuid.UUID{shown, mine}, ids)
	require.NoError(t, k.delete(ctx, me, shown))
}

func childOfDeleted(t *testing.T, w *world, k child) {
	ctx := t.Context()
	ada := w.contact(crm.NewContact{Name: "Ada"})
	id := k.on(w, ada.ID)
	require.NoError(t, w.ws().Contacts.Delete(ctx, ada.ID))

	_, version, err := k.get(ctx, w.ws(), id)
	require.NoError(t, err)
	ids, _, err := k.list(ctx, w.ws(), ada.ID, core.Page{})
	require.NoError(t, err)
	require.Equal(t, []uuid.UUID{id}, ids)
	_, err = k.create(ctx, w.ws(), ada.ID)
	require.ErrorIs(t, err, core.ErrState)
	require.ErrorIs(t, k.update(ctx, w.ws(), id, "x"), core.ErrState)
	require.ErrorIs(t, k.delete(ctx, w.ws(), id), core.ErrState)
	_, now, err := k.get(ctx, w.ws(), id)
	require.NoError(t, err)
	require.Equal(t, version, now)

	_, err = w.ws().Contacts.Restore(ctx, ada.ID)
	require.NoError(t, err)
	require.NoError(t, k.update(ctx, w.ws(), id, "x"))
	require.NoError(t, k.delete(ctx, w.ws(), id))
	_, _, err = k.get(ctx, w.ws(), id)
	require.ErrorIs(t, err, core.ErrNotFound)
	require.ErrorIs(t, k.delete(ctx, w.ws(), id), core.ErrNotFound)
	require.Equal(t, []string{k.event + ".created", k.event + ".updated", k.event + ".deleted"}, w.trail(id))
}

func childOfDying(t *testing.T, w *world, k child) {
	ada := w.contact(crm.NewContact{Name: "Ada"})
	late := make(chan error, 1)
	require.NoError(t, w.ws().Atomic(t.Context(), func(ws *clientele.Workspace) error {
		err := ws.Contacts.Delete(t.Context(), ada.ID)
		go func() { // it waits for the end of the deletion, if it does not begin after it
			_, err := k.create(t.Context(), w.ws(), ada.ID)
			late <- err
		}()
		return err
	}))
	require.ErrorIs(t, <-late, core.ErrState)
	ids, _, err := k.list(t.Context(), w.ws(), ada.ID, core.Page{})
	require.NoError(t, err)
	require.Empty(t, ids)
}

func childPages(t *testing.T, w *world, k child) {
	ada, eve := w.contact(crm.NewContact{Name: "Ada"}), w.contact(crm.NewContact{Name: "Eve"})
	want := make([]uuid.UUID, 7)
	for i := range want {
		want[i] = k.on(w, ada.ID)
		k.on(w, eve.ID)
	}
	if k.newestFirst {
		slices.Reverse(want)
	}
	var got []uuid.UUID
	for p := (core.Page{Limit: 3}); ; {
		ids, next, err := k.list(t.Context(), w.ws(), ada.ID, p)
		require.NoError(t, err)
		got = append(got, ids...)
		if p.Cursor = next; next == "" {
			break
		}
	}
	require.Equal(t, want, got)
	_, _, err := k.list(t.Context(), w.ws(), ada.ID, core.Page{Cursor: core.Cursor{Order: "name", Value: "x", ID: uuid.New()}.Encode()})
	require.ErrorIs(t, err, core.ErrInvalid)
	_, _, err = k.list(t.Context(), w.ws(), core.ID[crm.Contact]{UUID: uuid.New()}, core.Page{})
	require.ErrorIs(t, err, core.ErrNotFound)
}

func childConcurrent(t *testing.T, w *world, k child) {
	id := k.on(w, w.contact(crm.NewContact{Name: "Ada"}).ID)
	var group sync.WaitGroup
	errs := make([]error, 16)
	for i := range errs {
		group.Go(func() { errs[i] = k.update(t.Context(), w.ws(), id, fmt.Sprintf("+%02d", i)) })
	}
	group.Wait()
	require.NoError(t, errors.Join(errs...))
	got, version, err := k.get(t.Context(), w.ws(), id)
	require.NoError(t, err)
	require.EqualValues(t, 1+len(errs), version)
	for i := range errs {
		require.Contains(t, fmt.Sprint(got), fmt.Sprintf("+%02d", i))
	}
}

func childUnchanged(t *testing.T, w *world, k child) {
	id := k.on(w, w.contact(crm.NewContact{Name: "Ada"}).ID)
	before, _, err := k.get(t.Context(), w.ws(), id)
	require.NoError(t, err)
	require.NoError(t, k.keep(t.Context(), w.ws(), id))
	after, _, err := k.get(t.Context(), w.ws(), id)
	require.NoError(t, err)
	require.Equal(t, before, after)
	require.Equal(t, []string{k.event + ".created"}, w.trail(id))
}

func childRollback(t *testing.T, w *world, k child) {
	ada := w.contact(crm.NewContact{Name: "Ada"})
	kept := k.on(w, ada.ID)
	failure := errors.New("no")
	var made uuid.UUID
	err := w.ws().Atomic(t.Context(), func(ws *clientele.Workspace) (err error) {
		made, err = k.create(t.Context(), ws, ada.ID)
		require.NoError(t, err)
		require.NoError(t, k.delete(t.Context(), ws, kept))
		return failure
	})
	require.ErrorIs(t, err, failure)
	ids, _, err := k.list(t.Context(), w.ws(), ada.ID, core.Page{})
	require.NoError(t, err)
	require.Equal(t, []uuid.UUID{kept}, ids)
	require.Empty(t, w.trail(made))
	require.Equal(t, []string{k.event + ".created"}, w.trail(kept))
}

// idsOf are the ids of a list's items, and its next cursor.
func idsOf[T any](l core.List[T], err error, id func(T) uuid.UUID) ([]uuid.UUID, string, error) {
	ids := make([]uuid.UUID, len(l.Items))
	for i, item := range l.Items {
		ids[i] = id(item)
	}
	return ids, l.Next, err
}
