package main

import (
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
)

func TestServersThatStartAtOnceAgreeOnOneKey(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "clientele.key")
	d := &database{url: new("postgres://localhost/crm")}
	keys := make([][]byte, 20)
	var starting sync.WaitGroup
	for i := range keys {
		starting.Go(func() {
			key, err := d.key(path)
			if err == nil {
				keys[i] = key
			}
		})
	}
	starting.Wait()
	for _, key := range keys {
		require.Len(t, key, keySize)
		require.Equal(t, keys[0], key)
	}
	left, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, left, 1, "nothing is left beside it")
}

func TestAKeyThatIsNoneIsNotReplaced(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "clientele.key")
	require.NoError(t, os.WriteFile(path, []byte("half a key"), 0o600))
	_, err := (&database{url: new("")}).key(path)
	require.ErrorContains(t, err, "no encryption key")
	kept, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "half a key", string(kept))
}

// To the sweep of another database, files that this one names would be left behind.
func TestAFolderOfFilesIsOfOneDatabase(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	files := filepath.Join(dir, "files")
	open := func(name string) error {
		d := &database{url: new(filepath.Join(dir, name)), logFormat: new("text")}
		db, err := d.opened(t.Context(), &program{stderr: io.Discard})
		require.NoError(t, err)
		defer db.Close()
		folder, err := d.files(t.Context(), db, files)
		if err == nil {
			require.NoError(t, folder.Close())
		}
		return err
	}
	require.NoError(t, open("ours.db"))
	require.NoError(t, open("ours.db"))
	require.ErrorIs(t, open("theirs.db"), core.ErrState)
}
