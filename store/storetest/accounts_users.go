package storetest

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/identity"
)

func (p *accounts) users() *identity.Users { return p.Users(identity.Operator()) }

func setActive(p *accounts, u identity.User, active bool) identity.User {
	u, err := p.users().Update(p.t.Context(), u.ID, func(u *identity.User) error {
		u.Active = active
		return nil
	})
	require.NoError(p.t, err)
	return u
}

// inPagesOf runs through the users in pages of a size.
func (p *accounts) inPagesOf(size int, f identity.UserFilter) iter.Seq2[identity.User, error] {
	return core.All(p.t.Context(), func(ctx context.Context, page core.Page) (core.List[identity.User], error) {
		page.Limit = size
		return p.users().List(ctx, f, page)
	})
}

var userContracts = []contract{
	{"Users/change what they say of themselves and nothing else", func(t *testing.T, w *world) {
		p := w.accounts()
		ada := p.ada()
		got, err := p.UpdateMe(t.Context(), ada.ID, func(u *identity.User) error {
			u.LastName, u.Email, u.PlatformAdmin, u.Active, u.ID = "King", "eve@example.org", true, false, core.UserID{}
			return nil
		})
		require.NoError(t, err)
		require.Equal(t, "King", got.LastName)
		require.EqualValues(t, 2, got.Version)
		read, err := p.Me(t.Context(), ada.ID)
		require.NoError(t, err)
		require.Equal(t, got, read)
		require.Equal(t, []any{ada.Email, false, true}, []any{read.Email, read.PlatformAdmin, read.Active})

		refused := errors.New("mine")
		_, err = p.UpdateMe(t.Context(), ada.ID, func(*identity.User) error { return refused })
		require.ErrorIs(t, err, refused)
		_, err = p.UpdateMe(t.Context(), ada.ID, func(u *identity.User) error { u.FirstName = ""; return nil })
		require.ErrorIs(t, err, core.ErrInvalid)
		_, err = p.UpdateMe(t.Context(), core.UserID{UUID: uuid.New()}, func(*identity.User) error { return nil })
		require.ErrorIs(t, err, core.ErrNotFound)
	}},
	{"Users/lose no change made at once", func(t *testing.T, w *world) {
		p := w.accounts()
		ada := p.ada()
		errs := atOnce(4, func() error {
			_, err := p.UpdateMe(t.Context(), ada.ID, func(u *identity.User) error { u.Designation += "x"; return nil })
			return err
		})
		read, err := p.Me(t.Context(), ada.ID)
		require.NoError(t, err)
		require.Len(t, read.Designation, successes(errs))
		require.NotZero(t, successes(errs))
	}},
	{"Users/have a picture at a URL", func(t *testing.T, w *world) {
		p := w.accounts()
		ada := p.ada()
		for _, good := range []string{"https://example.org/ada.png", "/pictures/ada", ""} {
			u, err := p.SetPicture(t.Context(), ada.ID, good)
			require.NoError(t, err)
			require.Equal(t, good, u.Picture)
		}
		for _, bad := range []string{"javascript:alert(1)", "//example.org/ada.png/", "ada.png", "data:,x", "https://"} {
			_, err := p.SetPicture(t.Context(), ada.ID, bad)
			require.ErrorIs(t, err, core.ErrInvalid, bad)
		}
	}},
	{"Users/have a picture that they upload until another replaces it", func(t *testing.T, w *world) {
		files := &memoryBlobs{files: map[string][]byte{}}
		p := w.accountsLike(identity.Config{PasswordCost: cheap, Pictures: files})
		ada, bea := p.ada(), p.ada()
		upload := func(content string, checks ...identity.UserCheck) (identity.User, error) {
			return p.UploadPicture(t.Context(), ada.ID, strings.NewReader(content), func(key string) string { return "/pictures/" + key }, checks...)
		}
		first, err := upload(pngOf(t, 4096, 1))
		require.NoError(t, err)
		require.Equal(t, "/pictures/"+first.PictureKey, first.Picture)
		read, err := p.Me(t.Context(), ada.ID)
		require.NoError(t, err)
		require.Equal(t, first, read)
		second, err := upload(pngOf(t, 1, 4096) + "taken at home, behind the end of the picture")
		require.NoError(t, err)
		require.Equal(t, []string{second.PictureKey}, files.keys(), "the first is removed")

		mediaType, file, err := p.Picture(t.Context(), ada.ID, second.PictureKey)
		require.NoError(t, err)
		content, err := io.ReadAll(file)
		require.NoError(t, errors.Join(err, file.Close()))
		require.Equal(t, pngOf(t, 1, 4096), string(content))
		require.Equal(t, second.PictureType, mediaType)
		for user, key := range map[core.UserID]string{ada.ID: first.PictureKey, bea.ID: second.PictureKey, {}: second.PictureKey} {
			_, _, err = p.Picture(t.Context(), user, key)
			require.ErrorIs(t, err, core.ErrNotFound)
		}
		_, _, err = p.Picture(t.Context(), bea.ID, "")
		require.ErrorIs(t, err, core.ErrNotFound)

		refusal := errors.New("not this one")
		_, err = upload(pngOf(t, 1, 1), func(identity.User) error { return refusal })
		require.ErrorIs(t, err, refusal)
		require.Equal(t, 2, files.puts)
		linked, err := p.SetPicture(t.Context(), ada.ID, "https://example.org/ada.png")
		require.NoError(t, err)
		require.Empty(t, linked.PictureKey)
		require.Empty(t, files.keys(), "a link replaces the file")
		_, err = upload(pngOf(t, 1, 1))
		require.NoError(t, err)
		require.NoError(t, p.users().Delete(t.Context(), ada.ID))
		require.Empty(t, files.keys(), "who is deleted takes it along")
	}},
	{"Users/have no picture that is none, or is hard to show", func(t *testing.T, w *world) {
		files := &memoryBlobs{files: map[string][]byte{}}
		p := w.accountsLike(identity.Config{PasswordCost: cheap, Pictures: files})
		ada := p.ada()
		for fault, content := range map[string]string{
			"/file empty":      "",
			"/file media_type": "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
			"/file max_size":   pngOf(t, 1, 1) + strings.Repeat("x", identity.MaxPictureSize),
			"/file dimensions": pngOf(t, 4097, 1),
		} {
			_, err := p.UploadPicture(t.Context(), ada.ID, strings.NewReader(content), func(key string) string { return key })
			require.ErrorIs(t, err, core.ErrInvalid)
			require.Equal(t, []string{fault}, faults(t, err))
		}
		_, err := p.UploadPicture(t.Context(), ada.ID, strings.NewReader(pngOf(t, 1, 1)[:40]), func(key string) string { return key })
		require.Equal(t, []string{"/file media_type"}, faults(t, err), "a part of one")
		require.Zero(t, files.puts)
		_, err = w.accounts().UploadPicture(t.Context(), ada.ID, strings.NewReader(pngOf(t, 1, 1)), func(key string) string { return key })
		require.ErrorIs(t, err, core.ErrState, "where none are kept")
	}},
	{"Users/are administered by platform administrators only", func(t *testing.T, w *world) {
		p := w.accounts()
		ada := p.ada()
		for _, by := range []identity.User{{}, ada, {Active: false, PlatformAdmin: true}} {
			s := p.Users(by)
			_, err := s.Get(t.Context(), ada.ID)
			require.ErrorIs(t, err, core.ErrForbidden)
			_, err = s.List(t.Context(), identity.UserFilter{}, core.Page{})
			require.ErrorIs(t, err, core.ErrForbidden)
			_, err = s.Create(t.Context(), identity.NewUser{}, true)
			require.ErrorIs(t, err, core.ErrForbidden)
			_, err = s.Update(t.Context(), ada.ID, func(u *identity.User) error { u.PlatformAdmin = true; return nil })
			require.ErrorIs(t, err, core.ErrForbidden)
			require.ErrorIs(t, s.Delete(t.Context(), ada.ID), core.ErrForbidden)
		}
		got, err := p.users().Get(t.Context(), ada.ID)
		require.NoError(t, err)
		require.Equal(t, ada, got)
	}},
	{"Users/who are deactivated are out at once", func(t *testing.T, w *world) {
		p := w.accounts()
		ada := p.ada()
		login := p.login(ada)
		setActive(p, ada, false)
		p.ended(login)
		_, err := p.Login(t.Context(), ada.Email, goodPassword)
		require.ErrorIs(t, err, core.ErrForbidden)
		_, err = p.Login(t.Context(), ada.Email, "not the password")
		require.ErrorIs(t, err, core.ErrUnauthenticated)
		setActive(p, ada, true)
		p.ended(login)
		p.login(ada)
	}},
	{"Users/who are deleted leave nothing but their id", func(t *testing.T, w *world) {
		p := w.accounts()
		ada := p.ada()
		login := p.login(ada)
		require.NoError(t, p.users().Delete(t.Context(), ada.ID))
		p.ended(login)
		_, err := p.users().Get(t.Context(), ada.ID)
		require.ErrorIs(t, err, core.ErrNotFound)
		require.ErrorIs(t, p.users().Delete(t.Context(), ada.ID), core.ErrNotFound)
		list, err := p.users().List(t.Context(), identity.UserFilter{Email: ada.Email}, core.Page{})
		require.NoError(t, err)
		require.Empty(t, list.Items)
		_, err = p.VerifyEmail(t.Context(), p.link(ada.Email))
		require.ErrorIs(t, err, core.ErrNotFound)
		_, err = p.Register(t.Context(), identity.NewUser{Profile: ada.Profile, Email: ada.Email, Password: goodPassword})
		require.NoError(t, err, "the address is free")
	}},
	{"Users/are listed page by page in every order", func(t *testing.T, w *world) {
		p := w.accounts()
		mine := map[core.UserID]bool{}
		for range 5 {
			mine[p.ada().ID] = true
		}
		for _, sort := range []identity.UserSort{"", identity.UsersByCreated, identity.UsersByEmail, identity.UsersByEmailDesc} {
			var seen []identity.User
			for u, err := range p.inPagesOf(2, identity.UserFilter{Sort: sort}) {
				require.NoError(t, err)
				if mine[u.ID] {
					seen = append(seen, u)
				}
			}
			require.Len(t, seen, 5, fmt.Sprintf("sorted by %q", sort))
			if sort == identity.UsersByEmail { // in another order they may be sorted so by chance
				require.True(t, slices.IsSortedFunc(seen, func(a, b identity.User) int { return strings.Compare(a.Email.Key(), b.Email.Key()) }))
			}
		}
		_, err := p.users().List(t.Context(), identity.UserFilter{Sort: "shoeSize"}, core.Page{})
		require.ErrorIs(t, err, core.ErrInvalid)
	}},
	// No other contract may make a platform administrator: this one counts them.
	{"Users/always have a platform administrator", func(t *testing.T, w *world) {
		p := w.accounts()
		var admins [2]identity.User
		for i := range admins {
			u, err := p.users().Create(t.Context(), identity.NewUser{Profile: identity.Profile{FirstName: "Ada"}, Email: address("admin"), Password: goodPassword}, true)
			require.NoError(t, err)
			require.NotNil(t, u.EmailVerifiedAt)
			admins[i] = u
		}
		both := make(chan identity.User, 2)
		both <- admins[0]
		both <- admins[1]
		errs := atOnce(2, func() error {
			_, err := p.users().Update(t.Context(), (<-both).ID, func(u *identity.User) error { u.PlatformAdmin = false; return nil })
			return err
		})
		require.Equal(t, 1, successes(errs))
		require.ErrorIs(t, errors.Join(errs...), core.ErrState)

		yes := true
		left, err := p.users().List(t.Context(), identity.UserFilter{PlatformAdmin: &yes}, core.Page{})
		require.NoError(t, err)
		require.Len(t, left.Items, 1)
		last := left.Items[0]
		require.ErrorIs(t, p.users().Delete(t.Context(), last.ID), core.ErrState)
		_, err = p.users().Update(t.Context(), last.ID, func(u *identity.User) error { u.Active = false; return nil })
		require.ErrorIs(t, err, core.ErrState)
		_, err = p.users().Update(t.Context(), last.ID, func(u *identity.User) error { u.LastName = "King"; return nil })
		require.NoError(t, err)
	}},
}

// pngOf is a picture of so many points.
func pngOf(t *testing.T, width, height int) string {
	var b strings.Builder
	require.NoError(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, width, height))))
	return b.String()
}
