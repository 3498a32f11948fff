package main

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
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
