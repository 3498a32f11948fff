package server_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/identity"
	"github.com/clientele-crm/clientele/server"
	"github.com/clientele-crm/clientele/store/sqlite"
)

// boundless is a rate that no benchmark comes to.
var boundless = server.Rate{PerSecond: 1e9, Burst: 1 << 30}

// BenchmarkGetContact reads a contact over HTTP, with everything that the server does for a
// request, in turn with a handler that only writes the same bytes.
func BenchmarkGetContact(b *testing.B) {
	ctx := context.Background()
	db, err := sqlite.Open(ctx, filepath.Join(b.TempDir(), "bench.db"))
	require.NoError(b, err)
	defer db.Close()
	require.NoError(b, db.Migrate(ctx))
	app := clientele.New(db)
	token, company := founder(b, app)
	ws := app.Workspace(core.Scope{Company: company, Actor: core.System()})
	ada, err := ws.Contacts.Create(ctx, crm.NewContact{Name: "Ada Lovelace", Email: "ada@example.org", Phone: "+5511912345678", Location: "London", Type: crm.Entrepreneur})
	require.NoError(b, err)
	full, err := server.New(app, db, server.Config{Limits: server.Limits{Caller: boundless, Address: boundless}})
	require.NoError(b, err)
	served := httptest.NewServer(full)
	defer served.Close()

	ask := func(url string) []byte {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/api/v1/contacts/"+ada.ID.String(), nil)
		require.NoError(b, err)
		req.Header.Set("Authorization", "Bearer "+string(token))
		req.Header.Set("X-Company-ID", company.String())
		res, err := http.DefaultClient.Do(req)
		require.NoError(b, err)
		body, err := io.ReadAll(res.Body)
		require.NoError(b, err)
		require.NoError(b, res.Body.Close())
		require.Equal(b, http.StatusOK, res.StatusCode, string(body))
		return body
	}
	same := ask(served.URL)
	bare := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(same)
	}))
	defer bare.Close()

	var whole, alone time.Duration
	for b.Loop() {
		start := time.Now()
		ask(served.URL)
		middle := time.Now()
		ask(bare.URL)
		whole, alone = whole+middle.Sub(start), alone+time.Since(middle)
	}
	b.ReportMetric(float64(whole.Microseconds())/float64(b.N), "µs/get")
	b.ReportMetric(float64(alone.Microseconds())/float64(b.N), "µs/bare")
	b.ReportMetric(float64(whole)/float64(alone), "get/bare")
}

func founder(b *testing.B, app *clientele.Clientele) (token identity.Secret, company core.CompanyID) {
	ctx := context.Background()
	ada := identity.NewUser{
		Profile: identity.Profile{FirstName: "Ada", LastName: "Lovelace"}, Email: "ada@example.org", Password: "the analytical engine",
	}
	user, err := app.Accounts.Register(ctx, ada)
	require.NoError(b, err)
	login, err := app.Accounts.Login(ctx, "ada@example.org", "the analytical engine")
	require.NoError(b, err)
	made, err := app.Companies.Create(ctx, user.ID, identity.NewCompany{Name: "Acme"})
	require.NoError(b, err)
	return login.AccessToken, made.ID
}
