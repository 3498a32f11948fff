package server_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/blobs"
	"github.com/clientele-crm/clientele/identity"
	"github.com/clientele-crm/clientele/internal/mailtest"
	"github.com/clientele-crm/clientele/internal/pgtest"
	"github.com/clientele-crm/clientele/internal/sqlitetest"
	"github.com/clientele-crm/clientele/server"
	"github.com/clientele-crm/clientele/store/bunstore"
	"github.com/clientele-crm/clientele/store/postgres"
)

// world is a server over a database of its own, with a company in it and ada, who may do
// everything there. The company asks nothing of its contacts.
type world struct {
	t       *testing.T
	db      *bunstore.DB
	app     *clientele.Clientele
	server  *server.Server
	url     string
	company core.CompanyID
	mails   *mailtest.Box
	files   string            // the folder of attached files
	tokens  map[string]string // access tokens, by the names of users
}

func newWorld(t *testing.T, change ...func(*server.Config)) *world {
	t.Helper()
	db := sqlitetest.Memory(t)
	return newWorldIn(t, db, change...)
}

// onBoth runs a test with a world in SQLite and one in Postgres, where there is one. The hooks are of Postgres: in SQLite
// nobody else does anything within a transaction.
func onBoth(t *testing.T, test func(t *testing.T, w *world), hooks ...bun.QueryHook) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, newWorld(t))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		db, err := postgres.Open(t.Context(), pgtest.Database(t))
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, db.Close()) })
		for _, h := range hooks {
			db.Hook(h)
		}
		test(t, newWorldIn(t, db))
	})
}

// newWorldIn is a world in a database that is empty but for its tables.
func newWorldIn(t *testing.T, db *bunstore.DB, change ...func(*server.Config)) *world {
	t.Helper()
	w := &world{t: t, db: db, mails: &mailtest.Box{}, files: t.TempDir(), tokens: map[string]string{}}
	files, err := blobs.OpenDir(w.files)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, files.Close()) })
	w.app = clientele.New(db, clientele.WithBlobs(files), clientele.WithIdentity(identity.Config{
		Mailer: w.mails, PasswordCost: identity.PasswordCost{Memory: 8, Passes: 1},
	}))
	t.Cleanup(func() { require.NoError(t, w.app.Accounts.Wait(context.WithoutCancel(t.Context()))) })
	w.company = w.newCompany("Ours", "ada")
	often := server.Rate{PerSecond: 1e6, Burst: 1e6}
	config := server.Config{Key: []byte("a key of the tests"), Limits: server.Limits{Caller: often, Address: often, Strict: often, Starts: often, Answers: often}}
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

// password is everybody's.
const password = "correct horse battery staple"

// user is the one of that name, who is registered and logged in if they are not yet.
func (w *world) user(name string) identity.User {
	w.t.Helper()
	email := core.Email(name + "@example.org")
	if w.tokens[name] == "" {
		_, err := w.app.Accounts.Register(w.t.Context(), identity.NewUser{
			Profile: identity.Profile{FirstName: name}, Email: email, Password: password,
		})
		require.NoError(w.t, err)
		require.NoError(w.t, w.app.Accounts.Wait(w.t.Context())) // the first mail comes before those that a test waits for
	}
	login, err := w.app.Accounts.Login(w.t.Context(), email, password)
	require.NoError(w.t, err)
	w.tokens[name] = string(login.AccessToken)
	return login.User
}

// newCompany is a company that the user has made, and administers.
func (w *world) newCompany(name, by string) core.CompanyID {
	w.t.Helper()
	c, err := w.app.Companies.Create(w.t.Context(), w.user(by).ID, identity.NewCompany{
		Name: name, Country: "BR", ContactPolicy: []string{},
	})
	require.NoError(w.t, err)
	return c.ID
}

// ws is a company's workspace for one who may do everything.
func (w *world) ws(company core.CompanyID) *clientele.Workspace {
	return w.app.Workspace(core.Scope{Company: company, Actor: core.System()})
}

// join makes the user a member of the company, with a role of these permissions.
func (w *world) join(user string, company core.CompanyID, ps core.Permissions) identity.Member {
	w.t.Helper()
	role, err := w.ws(company).Roles.Create(w.t.Context(), identity.NewRole{Name: "The role of " + user, Permissions: ps})
	require.NoError(w.t, err)
	m, err := w.ws(company).Members.Create(w.t.Context(), identity.NewMember{UserID: w.user(user).ID, RoleID: role.ID})
	require.NoError(w.t, err)
	return m
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

// call sends a request as ada, unless the headers say otherwise: "As: grace" is another user.
// A body that is no text is sent as JSON. Headers are "Name: value"; "Name:" takes one away.
func (w *world) call(method, path string, body any, headers ...string) answer {
	w.t.Helper()
	reader, sent := sentOf(w.t, body)
	req, err := http.NewRequestWithContext(w.t.Context(), method, w.url+path, reader)
	require.NoError(w.t, err)
	req.Header.Set("Authorization", "Bearer "+w.tokens["ada"])
	if reader != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ":")
		switch value = strings.TrimSpace(value); {
		case value == "":
			req.Header.Del(name)
		case name == "As":
			require.Contains(w.t, w.tokens, value)
			req.Header.Set("Authorization", "Bearer "+w.tokens[value])
		default:
			req.Header.Set(name, value)
		}
	}
	res, err := http.DefaultClient.Do(req)
	require.NoError(w.t, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	require.NoError(w.t, err)
	a := answer{res, string(text)}
	w.conforms(sent, a)
	return a
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
