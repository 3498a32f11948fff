package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/internal/pgtest"
	"github.com/clientele-crm/clientele/store/postgres"
)

// A stranger starts the program with nothing configured, and has a CRM.
func TestAStrangersFirstHour(t *testing.T) {
	onBoth(t, func(t *testing.T, dir, url string) {
		ada := serve(t, dir, url).described().founder("ada@example.org")

		created := ada.do(http.StatusCreated, "POST", "/contacts", map[string]any{
			"name": "Grace Hopper", "email": "Grace@Example.org", "phone": "(415) 293-3313", "tags": []string{"navy"},
		})
		grace := "/contacts/" + created.text(t, "id")
		require.Equal(t, "+14152933313", created.text(t, "phone"))

		taken := ada.do(http.StatusConflict, "POST", "/contacts", map[string]any{"name": "Grace again", "phone": "+1 415-293-3313"})
		require.Equal(t, created.text(t, "id"), taken.text(t, "holder.id"))
		ada.do(http.StatusConflict, "POST", "/contacts", map[string]any{"name": "Grace again", "email": "gRACE@example.ORG"})

		read := ada.do(http.StatusOK, "GET", grace, nil)
		tag := read.header.Get("ETag")
		ada.do(http.StatusNotModified, "GET", grace, nil, "If-None-Match", tag)
		changed := ada.do(http.StatusOK, "PATCH", grace, map[string]any{"designation": "Rear admiral", "tags": nil}, "If-Match", tag)
		require.Empty(t, changed.field(t, "tags"))
		require.Equal(t, "Grace@example.org", changed.text(t, "email"), "what is absent stays")
		stale := ada.do(http.StatusPreconditionFailed, "PATCH", grace, map[string]any{"name": "G"}, "If-Match", tag)
		require.Contains(t, string(stale.body), "Rear admiral", "the answer has the state as it is")

		ada.do(http.StatusNoContent, "DELETE", grace, nil)
		require.Empty(t, ada.do(http.StatusOK, "GET", "/contacts", nil).field(t, "items"))
		ada.do(http.StatusOK, "POST", grace+"/restore", nil)
		listed := ada.do(http.StatusOK, "GET", "/clients?sort=-createdAt&count=exact", nil)
		require.EqualValues(t, 1, listed.field(t, "total"))

		bob := caller{process: ada.process}
		bob.do(http.StatusCreated, "POST", "/auth/register", map[string]any{
			"firstName": "Bob", "lastName": "Brown", "email": "bob@example.org", "password": "something to remember",
		})
		bob.token = bob.do(http.StatusOK, "POST", "/auth/login", map[string]any{"email": "BOB@example.org", "password": "something to remember"}).text(t, "accessToken")
		bob.company = ada.company
		bob.do(http.StatusNotFound, "GET", grace, nil)
		ada.do(http.StatusNoContent, "POST", "/auth/logout", nil)
		ada.do(http.StatusUnauthorized, "GET", grace, nil)
	})
}

// A refresh token that is used twice ends the whole family of the log-in.
func TestARefreshTokenUsedTwiceEndsItsFamily(t *testing.T) {
	onBoth(t, func(t *testing.T, dir, url string) {
		ada := serve(t, dir, url).described().founder("ada@example.org")
		login := ada.do(http.StatusOK, "POST", "/auth/login", map[string]any{"email": "ada@example.org", "password": "the analytical engine"})
		first := map[string]any{"refreshToken": login.text(t, "refreshToken")}
		next := ada.do(http.StatusOK, "POST", "/auth/refresh-token", first)
		ada.token = next.text(t, "accessToken")
		ada.do(http.StatusOK, "GET", "/auth/me", nil)
		ada.do(http.StatusUnauthorized, "POST", "/auth/refresh-token", first)
		ada.do(http.StatusUnauthorized, "GET", "/auth/me", nil)
		ada.do(http.StatusUnauthorized, "POST", "/auth/refresh-token", map[string]any{"refreshToken": next.text(t, "refreshToken")})
	})
}

// A server that is killed in the middle of writing has lost nothing that it acknowledged,
// and kept nothing by half.
func TestAKilledServerLosesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, dir, url string) {
		server := serve(t, dir, url)
		ada := server.founder("ada@example.org")
		const writers, enough = 8, 120
		var mu sync.Mutex
		var acknowledged []string
		var writing sync.WaitGroup
		for w := range writers {
			writing.Go(func() {
				for i := 0; ; i++ {
					a, err := ada.try(context.Background(), "POST", "/contacts", map[string]any{
						"name": "Somebody", "email": fmt.Sprintf("w%d-%d@example.org", w, i), "tags": []string{"kept"},
					})
					if err != nil || a.status != http.StatusCreated {
						return // the server is gone
					}
					id := a.text(t, "id")
					mu.Lock()
					acknowledged = append(acknowledged, id)
					if len(acknowledged) == enough {
						_ = server.cmd.Process.Kill()
					}
					mu.Unlock()
				}
			})
		}
		writing.Wait()
		<-server.gone
		require.GreaterOrEqual(t, len(acknowledged), enough)

		ada.process = serve(t, dir, url)
		for _, id := range acknowledged {
			ada.do(http.StatusOK, "GET", "/contacts/"+id, nil)
		}
		stored := ada.do(http.StatusOK, "GET", "/contacts?count=exact&limit=1", nil).field(t, "total")
		tagged := ada.do(http.StatusOK, "GET", "/contacts?count=exact&limit=1&tag=kept", nil).field(t, "total")
		require.Equal(t, stored, tagged, "a contact and its tags are written together")
		require.GreaterOrEqual(t, stored, float64(len(acknowledged)))
	})
}

// Ten servers that start at once on an empty database are all ready, and one has migrated.
func TestTenServersStartAtOnce(t *testing.T) {
	t.Parallel()
	url := pgtest.Empty(t)
	servers := make([]*process, 10)
	var starting sync.WaitGroup
	for i := range servers {
		dir := t.TempDir()
		starting.Go(func() { servers[i] = serve(t, dir, url) })
	}
	starting.Wait()
	for _, s := range servers {
		require.NotNil(t, s)
		res, err := http.Get(s.url + "/readyz")
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		require.Equal(t, http.StatusOK, res.StatusCode)
	}
	db, err := postgres.Open(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	require.NoError(t, db.Check(t.Context()))
}

// A server that is asked to end answers what has begun, and ends well.
func TestAServerEndsWell(t *testing.T) {
	onBoth(t, func(t *testing.T, dir, url string) {
		server := serve(t, dir, url)
		require.NoError(t, server.terminate(), server.logged())
	})
}

// The first start leaves what it made for its owner's eyes alone.
func TestTheFilesAreTheirOwners(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	serve(t, dir, filepath.Join(dir, "clientele.db"))
	for _, name := range []string{"clientele.db", "clientele.key"} {
		info, err := os.Stat(filepath.Join(dir, name))
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), name)
	}
}

// A wrong call says what is wrong with it, and every command explains itself.
func TestTheCommandsExplainThemselves(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, c := range commands() {
		out, err := commandLine(t.Context(), dir, "", append(strings.Fields(c.name), "--help")...).CombinedOutput()
		require.NoError(t, err, string(out))
		require.Contains(t, string(out), "Usage: clientele "+c.name)
	}
	for _, args := range [][]string{{}, {"nonsense"}, {"serve", "--nonsense"}, {"serve", "surplus"}, {"serve", "--trusted-proxies", "x"}} {
		out, err := commandLine(t.Context(), dir, "", args...).CombinedOutput()
		var exit *exec.ExitError
		require.ErrorAs(t, err, &exit, strings.Join(args, " "))
		require.Equal(t, 2, exit.ExitCode(), string(out))
		require.Contains(t, string(out), "clientele")
	}
	_, err := os.Stat(filepath.Join(dir, "clientele.db"))
	require.ErrorIs(t, err, os.ErrNotExist, "a wrong call makes no database")
}
