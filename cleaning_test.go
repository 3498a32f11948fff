package clientele_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/blobs"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/identity"
	"github.com/clientele-crm/clientele/store"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// The columns of the keys were empty when the migration had made them.
func TestContactsFromBeforeThereWereKeysGetTheirsInTheBackground(t *testing.T) {
	t.Parallel()
	onBothDatabases(t, func(t *testing.T, db *bunstore.DB) {
		company := core.CompanyID{UUID: uuid.New()}
		require.NoError(t, db.EnsureCompany(t.Context(), core.Tenant{ID: company, Name: "Ours", ContactPolicy: []string{}}))
		ws := clientele.New(db).Workspace(core.Scope{Company: company, Actor: core.System()})
		var ada crm.Contact
		for range 3 {
			var err error
			ada, err = ws.Contacts.Create(t.Context(), crm.NewContact{Name: "Ada Lovelace", Location: "London"})
			require.NoError(t, err)
		}
		others := func() int {
			found, err := ws.Contacts.Duplicates(t.Context(), ada.ID, crm.DuplicateFilter{})
			require.NoError(t, err)
			return len(found)
		}
		require.Equal(t, 2, others())
		pool, _ := db.Pools()
		_, err := pool.ExecContext(t.Context(), "UPDATE crm_contacts SET match_name = NULL, match_place = NULL")
		require.NoError(t, err)
		require.Zero(t, others())
		for _, want := range []int{2, 1, 0} { // two at once, then the one that is left
			n, err := store.Bun(db).KeyContacts(t.Context(), 2)
			require.NoError(t, err)
			require.Equal(t, want, n)
		}
		require.Equal(t, 2, others())
	})
}

// crashing is a folder of files whose program dies in the middle of what it does.
type crashing struct {
	*blobs.Dir
	afterPut, beforeRemove bool
}

func (c *crashing) Put(ctx context.Context, r io.Reader) (core.Blob, error) {
	b, err := c.Dir.Put(ctx, r)
	if c.afterPut {
		panic("dead")
	}
	return b, err
}

func (c *crashing) Remove(ctx context.Context, key string) error {
	if c.beforeRemove {
		panic("dead")
	}
	return c.Dir.Remove(ctx, key)
}

func TestFilesThatACrashLeftBehindAreRemovedADayLater(t *testing.T) {
	t.Parallel()
	onBothDatabases(t, func(t *testing.T, db *bunstore.DB) {
		var hours atomic.Int64
		start := time.Now().Truncate(24 * time.Hour)
		db.Env.Now = func() time.Time { return start.Add(time.Duration(hours.Load()) * time.Hour) }
		path := t.TempDir()
		dir, err := blobs.OpenDir(path)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, dir.Close()) })
		files := &crashing{Dir: dir}
		app := clientele.New(db, clientele.WithBlobs(files), clientele.WithIdentity(identity.Config{PasswordCost: identity.PasswordCost{Memory: 8, Passes: 1}}))
		company := core.CompanyID{UUID: uuid.New()}
		require.NoError(t, db.EnsureCompany(t.Context(), core.Tenant{ID: company, Name: "Ours", ContactPolicy: []string{}}))
		ws := app.Workspace(core.Scope{Company: company, Actor: core.System()})
		ada, err := ws.Contacts.Create(t.Context(), crm.NewContact{Name: "Ada"})
		require.NoError(t, err)
		note := func() core.ID[crm.Note] {
			n, err := ws.Notes.Create(t.Context(), ada.ID, crm.NewNote{Content: "x"})
			require.NoError(t, err)
			return n.ID
		}
		attach := func(id core.ID[crm.Note]) crm.Note {
			n, err := ws.Notes.Attach(t.Context(), id, "x", strings.NewReader("x"))
			require.NoError(t, err)
			return n
		}
		user, err := app.Accounts.Users(identity.Operator()).Create(t.Context(), identity.NewUser{Profile: identity.Profile{FirstName: "Ada"}, Email: "ada@example.org", Password: "correct horse battery staple"}, false)
		require.NoError(t, err)
		var point bytes.Buffer
		require.NoError(t, png.Encode(&point, image.NewGray(image.Rect(0, 0, 1, 1))))
		pictured, err := app.Accounts.UploadPicture(t.Context(), user.ID, &point, func(key string) string { return "/" + key })
		require.NoError(t, err)

		kept := attach(note()).AttachmentKey
		lost, deleted := note(), attach(note())
		files.afterPut = true
		require.Panics(t, func() { attach(lost) }, "the file is there, and no row of it")
		files.afterPut, files.beforeRemove = false, true
		require.Panics(t, func() { _ = ws.Notes.Delete(t.Context(), deleted.ID) }, "the row is gone, and not its file")
		files.beforeRemove = false

		stored := func() (keys []string) {
			found, err := filepath.Glob(filepath.Join(path, "??", "*"))
			require.NoError(t, err)
			for _, file := range found {
				keys = append(keys, filepath.Base(file))
				require.NoError(t, os.Chtimes(file, start, start))
			}
			return keys
		}
		require.Len(t, stored(), 4)
		for _, c := range []struct {
			hour int64
			left int
		}{{1, 4}, {23, 4}, {29, 2}} { // the sweep is at 4:00
			hours.Store(c.hour)
			_, err = app.Step(t.Context())
			require.NoError(t, err)
			require.Len(t, stored(), c.left, "after %d hours", c.hour)
		}
		require.ElementsMatch(t, []string{kept, pictured.PictureKey}, stored())
		_, file, err := app.Accounts.Picture(t.Context(), user.ID, pictured.PictureKey)
		require.NoError(t, err)
		require.NoError(t, file.Close())
	})
}
