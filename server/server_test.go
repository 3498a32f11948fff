package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/identity"
	"github.com/clientele-crm/clientele/server"
	"github.com/clientele-crm/clientele/store/bunstore"
	"github.com/clientele-crm/clientele/store/sqlite"
)

// world is a server over a database of its own, with one company, and users of the test's
// own making, whose tokens are their names.
type world struct {
	t       *testing.T
	db      *bunstore.DB
	app     *clientele.Clientele
	server  *server.Server
	url     string
	company core.CompanyID
	users   users
}

func newWorld(t *testing.T, change ...func(*server.Config)) *world {
	t.Helper()
	db, err := sqlite.Memory(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	require.NoError(t, db.Migrate(t.Context()))
	w := &world{t: t, db: db, app: clientele.New(db), users: users{}}
	w.company = w.newCompany("Ours")
	w.join("ada", w.company, core.AllPermissions())
	config := server.Config{Auth: w.users}
	for _, c := range change {
		c(&config)
	}
	w.server, err = server.New(w.app, db, config)
	require.NoError(t, err)
	listener := httptest.NewServer(w.server)
	t.Cleanup(listener.Close)
	w.url = listener.URL
	return w
}

func (w *world) newCompany(name string) core.CompanyID {
	id := core.CompanyID{UUID: uuid.New()}
	require.NoError(w.t, w.db.EnsureCompany(w.t.Context(), core.Tenant{ID: id, Name: name, Country: "BR", ContactPolicy: []string{}}))
	return id
}

// join makes the user a member of the company.
func (w *world) join(user string, company core.CompanyID, ps core.Permissions) {
	u := w.users[user]
	if u == nil {
		u = &testUser{id: core.UserID{UUID: uuid.New()}, in: map[core.CompanyID]core.Permissions{}}
		w.users[user] = u
	}
	u.in[company] = ps
}

// users are the callers of the tests.
type users map[string]*testUser

type testUser struct {
	id core.UserID
	in map[core.CompanyID]core.Permissions
}

func (us users) Authenticate(_ context.Context, token string) (server.Caller, error) {
	u := us[token]
	if u == nil {
		return server.Caller{}, &core.Error{Kind: core.ErrUnauthenticated}
	}
	return server.Caller{User: identity.User{ID: u.id}}, nil
}

func (us users) Memberships(_ context.Context, id core.UserID) ([]server.Membership, error) {
	found := []server.Membership{}
	for _, u := range us {
		if u.id != id {
			continue
		}
		for company := range u.in {
			found = append(found, server.Membership{ID: company, Name: "A company"})
		}
	}
	return found, nil
}

func (us users) Actor(_ context.Context, id core.UserID, company core.CompanyID) (core.Actor, error) {
	for _, u := range us {
		if ps, ok := u.in[company]; ok && u.id == id {
			return core.Actor{ID: id, Permissions: ps}, nil
		}
	}
	return core.Actor{}, core.NotFound("company")
}

// answer is what came back of a request.
type answer struct {
	*http.Response
	text string
}

// json reads the answer's body.
func (a answer) json(t *testing.T) map[string]any {
	t.Helper()
	var v map[string]any
	require.NoError(t, json.Unmarshal([]byte(a.text), &v), a.text)
	return v
}

// call sends a request as ada, unless the headers say otherwise. A body that is no text is
// sent as JSON. Headers are "Name: value"; "Name:" takes one away.
func (w *world) call(method, path string, body any, headers ...string) answer {
	w.t.Helper()
	var reader io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		reader = strings.NewReader(b)
	case io.Reader:
		reader = b
	default:
		data, err := json.Marshal(b)
		require.NoError(w.t, err)
		reader = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(w.t.Context(), method, w.url+path, reader)
	require.NoError(w.t, err)
	req.Header.Set("Authorization", "Bearer ada")
	if reader != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ":")
		if value = strings.TrimSpace(value); value == "" {
			req.Header.Del(name)
		} else {
			req.Header.Set(name, value)
		}
	}
	res, err := http.DefaultClient.Do(req)
	require.NoError(w.t, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	require.NoError(w.t, err)
	return answer{res, string(text)}
}

// problem sends a request that has to fail so.
func (w *world) problem(status int, code, method, path string, body any, headers ...string) map[string]any {
	w.t.Helper()
	a := w.call(method, path, body, headers...)
	require.Equal(w.t, status, a.StatusCode, a.text)
	require.Equal(w.t, "application/problem+json", a.Header.Get("Content-Type"))
	p := a.json(w.t)
	require.Equal(w.t, code, p["code"], a.text)
	require.EqualValues(w.t, status, p["status"])
	return p
}

func contextWithStop(t *testing.T) (context.Context, context.CancelFunc) {
	return context.WithCancel(context.WithoutCancel(t.Context()))
}
