package server_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	api "go.opentelemetry.io/otel/trace"

	"github.com/clientele-crm/clientele/internal/pgtest"
	"github.com/clientele-crm/clientele/server"
	"github.com/clientele-crm/clientele/store/bunstore"
	"github.com/clientele-crm/clientele/store/postgres"
	"github.com/clientele-crm/clientele/store/sqlite"
)

// traced runs a test with a world whose spans are kept, in each database.
func traced(t *testing.T, test func(t *testing.T, w *world, kept *tracetest.InMemoryExporter)) {
	t.Parallel()
	run := func(t *testing.T, db *bunstore.DB, err error) {
		t.Parallel()
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, db.Close()) })
		require.NoError(t, db.Migrate(t.Context()))
		db.TraceQueries()
		kept := tracetest.NewInMemoryExporter()
		test(t, newWorldIn(t, db, func(c *server.Config) {
			c.Traces = trace.NewTracerProvider(trace.WithSyncer(kept))
		}), kept)
	}
	t.Run("sqlite", func(t *testing.T) {
		db, err := sqlite.Memory(t.Context())
		run(t, db, err)
	})
	t.Run("postgres", func(t *testing.T) {
		db, err := postgres.Open(t.Context(), pgtest.Database(t))
		run(t, db, err)
	})
}

// spansOf are the request's span, which has ended last, and those of its queries.
func spansOf(t *testing.T, kept *tracetest.InMemoryExporter) (request tracetest.SpanStub, queries []tracetest.SpanStub) {
	t.Helper()
	all := kept.GetSpans()
	require.NotEmpty(t, all)
	return all[len(all)-1], all[:len(all)-1]
}

func TestTraces(t *testing.T) {
	traced(t, func(t *testing.T, w *world, kept *tracetest.InMemoryExporter) {
		require.Empty(t, kept.GetSpans(), "what no request asks for has none")

		a := w.call("POST", "/api/v1/contacts", `{"name": "Ada"}`, "Traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
		require.Equal(t, http.StatusCreated, a.StatusCode)
		request, queries := spansOf(t, kept)
		require.Equal(t, "POST /api/v1/contacts", request.Name)
		require.Equal(t, api.SpanKindServer, request.SpanKind)
		require.Equal(t, "0af7651916cd43dd8448eb211c80319c", request.SpanContext.TraceID().String(), "it goes on with the caller's")
		require.Equal(t, "b7ad6b7169203331", request.Parent.SpanID().String())
		require.Contains(t, request.Attributes, attribute.Int("http.response.status_code", http.StatusCreated))
		require.Contains(t, request.Attributes, attribute.String("clientele.request.id", a.Header.Get("X-Request-ID")))
		names := map[string]bool{}
		for _, q := range queries {
			names[q.Name] = true
			require.Equal(t, request.SpanContext.SpanID(), q.Parent.SpanID(), q.Name)
			require.Equal(t, api.SpanKindClient, q.SpanKind)
		}
		require.True(t, names["INSERT crm_contacts"], "%v", names)

		kept.Reset()
		w.problem(http.StatusNotFound, "no_such_route", "BREW", "/nothing", nil)
		request, queries = spansOf(t, kept)
		require.Equal(t, "_OTHER", request.Name)
		require.Equal(t, codes.Unset, request.Status.Code, "a caller's mistake is none of the server's")
		require.Empty(t, queries)
	})
}

func TestAQueryThatFailsSaysSoInItsSpan(t *testing.T) {
	traced(t, func(t *testing.T, w *world, kept *tracetest.InMemoryExporter) {
		w.problem(http.StatusConflict, "email_taken", "POST", "/api/v1/auth/register",
			`{"firstName": "Ada", "email": "ada@example.org", "password": "`+password+`"}`, "Authorization:")
		_, queries := spansOf(t, kept)
		last := queries[len(queries)-1]
		require.Equal(t, codes.Error, last.Status.Code)
		require.Contains(t, last.Attributes, attribute.String("error.type", "already exists"))

		kept.Reset()
		require.NoError(t, w.db.Close())
		w.problem(http.StatusServiceUnavailable, "not_ready", "GET", "/readyz", nil)
		request, _ := spansOf(t, kept)
		require.Equal(t, codes.Error, request.Status.Code)
	})
}

func TestSpansTellNothingOfPeople(t *testing.T) {
	traced(t, func(t *testing.T, w *world, kept *tracetest.InMemoryExporter) {
		contact := `{"name": "Ada Lovelace", "email": "lovelace@example.org"}`
		w.call("POST", "/api/v1/contacts", contact)
		w.call("POST", "/api/v1/contacts", contact)
		w.call("GET", "/api/v1/contacts?count=exact&email=lovelace@example.org", nil)
		w.call("GET", "/Lovelace?email=lovelace@example.org", nil, "User-Agent: Lovelace", "Baggage: user=Lovelace")
		w.call("PUT", "/api/v1/auth/password-resets/a-token-of-a-mail", `{"password": "`+password+`"}`, "Authorization:")
		w.call("POST", "/api/v1/auth/login", `{"email": "ada@example.org", "password": "`+password+`"}`, "Authorization:")
		w.call("POST", "/api/v1/auth/register", `{"firstName": "Ada", "email": "ada@example.org", "password": "`+password+`"}`, "Authorization:")
		text, err := json.Marshal(kept.GetSpans())
		require.NoError(t, err)
		require.Contains(t, string(text), "PUT /api/v1/auth/password-resets/{token}")
		require.Contains(t, string(text), "SELECT crm_contacts")
		for _, secret := range []string{"ovelace", "example.org", "a-token-of-a-mail", password, w.tokens["ada"], "127.0.0.1"} {
			require.NotContains(t, string(text), secret)
		}
	})
}
