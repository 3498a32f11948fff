package sqlite_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/store/bunstore"
	"github.com/clientele-crm/clientele/store/sqlite"
)

func TestCheckpointsRunBesideTheWriter(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "log.db")
	db, err := sqlite.Open(t.Context(), path)
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	write, _ := db.Pools()
	_, err = write.ExecContext(t.Context(), "CREATE TABLE filler (bytes BLOB)")
	require.NoError(t, err)
	fill := func(megabytes int) {
		require.NoError(t, db.Session(core.Scope{}).Atomic(t.Context(), func(s *bunstore.Session) error {
			_, err := s.AcrossRaw("INSERT INTO filler VALUES (zeroblob(?))", megabytes<<20).Exec(t.Context())
			return err
		}))
	}
	log := func() (pages, missing int) {
		var busy, inFile int
		require.NoError(t, write.QueryRowContext(t.Context(), "PRAGMA wal_checkpoint(NOOP)").Scan(&busy, &pages, &inFile))
		return pages, pages - inFile
	}

	fill(20) // far less than what the writer would do something about
	require.Eventually(t, func() bool {
		pages, missing := log()
		return pages >= 5_000 && missing == 0
	}, 10*time.Second, 5*time.Millisecond, "somebody else has brought all of it into the file")

	longest, filled := 0, 20
	for deadline := time.Now().Add(time.Minute); ; {
		fill(8)
		filled += 8
		pages, _ := log()
		if pages < longest {
			break
		}
		longest = pages
		require.True(t, time.Now().Before(deadline), "the log begins anew although the writer never rests: it has %d pages", pages)
	}
	var stored int
	require.NoError(t, write.QueryRowContext(t.Context(), "SELECT sum(length(bytes)) FROM filler").Scan(&stored))
	require.Equal(t, filled<<20, stored)

	require.NoError(t, db.Close())
	require.NoFileExists(t, path+"-wal", "whoever closes it last has brought in all")
	require.NoError(t, db.Close(), "there is nothing left to end")
}
