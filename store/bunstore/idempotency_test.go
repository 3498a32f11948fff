package bunstore_test

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/internal/pgtest"
	"github.com/clientele-crm/clientele/store/bunstore"
	"github.com/clientele-crm/clientele/store/postgres"
)

// replicas are two servers' views of one database, whose clocks say what the test says.
func replicas(t *testing.T) (dbs [2]*bunstore.DB, at func(time.Time)) {
	dsn := pgtest.Shared(t)
	var mu sync.Mutex
	now := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	for i := range dbs {
		db, err := postgres.Open(t.Context(), dsn)
		dbs[i] = opened(t, db, err)
		dbs[i].Env.Now = func() time.Time {
			mu.Lock()
			defer mu.Unlock()
			return now
		}
	}
	return dbs, func(t time.Time) {
		mu.Lock()
		defer mu.Unlock()
		now = t
	}
}

// A server that dies leaves its key to the others after two minutes; one that was only slow
// does not touch what the other has put in its place.
func TestAKeyIsTakenOverFromADeadReplica(t *testing.T) {
	t.Parallel()
	dbs, at := replicas(t)
	start := dbs[0].Env.Time()
	first := bunstore.Answer{Scope: uuid.NewString(), Key: "key", Request: "request"}
	second := first
	began := func(db *bunstore.DB, a *bunstore.Answer) bool {
		kept, err := db.BeginAnswer(t.Context(), a)
		require.NoError(t, err)
		return kept == nil
	}
	require.True(t, began(dbs[0], &first))
	at(start.Add(2*time.Minute - time.Microsecond))
	require.False(t, began(dbs[1], &second), "it is still at work")
	at(start.Add(2 * time.Minute))
	require.True(t, began(dbs[1], &second))

	require.NoError(t, dbs[0].ForgetAnswer(t.Context(), first))
	first.Status, first.Headers, first.Body = http.StatusCreated, map[string][]string{}, []byte("first")
	require.NoError(t, dbs[0].KeepAnswer(t.Context(), first))
	again := bunstore.Answer{Scope: first.Scope, Key: "key", Request: "request"}
	kept, err := dbs[0].BeginAnswer(t.Context(), &again)
	require.NoError(t, err)
	require.NotNil(t, kept, "the second is at work")
	require.Zero(t, kept.Status)

	second.Status, second.Headers, second.Body = http.StatusCreated, map[string][]string{}, []byte("second")
	require.NoError(t, dbs[1].KeepAnswer(t.Context(), second))
	at(start.Add(24 * time.Hour))
	kept, err = dbs[0].BeginAnswer(t.Context(), &again)
	require.NoError(t, err)
	require.Equal(t, "second", string(kept.Body), "a day long")
	at(start.Add(24*time.Hour + 2*time.Minute))
	require.True(t, began(dbs[0], &again))
}

func TestOneOfManyTakesAKeyOver(t *testing.T) {
	t.Parallel()
	dbs, at := replicas(t)
	a := bunstore.Answer{Scope: uuid.NewString(), Key: "key", Request: "request"}
	dead := a
	_, err := dbs[0].BeginAnswer(t.Context(), &dead)
	require.NoError(t, err)
	at(dbs[0].Env.Time().Add(3 * time.Minute))
	var group sync.WaitGroup
	took := make([]bool, 16)
	for i := range took {
		group.Go(func() {
			mine := a
			kept, err := dbs[i%2].BeginAnswer(t.Context(), &mine)
			took[i] = err == nil && kept == nil
		})
	}
	group.Wait()
	count := 0
	for _, t := range took {
		if t {
			count++
		}
	}
	require.Equal(t, 1, count)
}
