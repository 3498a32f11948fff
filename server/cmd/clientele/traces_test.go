package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// A collector gets the spans, the last ones when the program ends.
func TestTracesGoToTheCollector(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var got strings.Builder
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		body, _ := io.ReadAll(r.Body)
		got.WriteString(r.URL.Path + " " + string(body)) // names stand in the bytes as they are
	}))
	defer collector.Close()
	dir := t.TempDir()
	p := serve(t, dir, dir+"/clientele.db", "OTEL_EXPORTER_OTLP_ENDPOINT="+collector.URL, "OTEL_RESOURCE_ATTRIBUTES=deployment.environment=try-out")
	p.founder("ada@example.org")
	require.NoError(t, p.terminate())
	mu.Lock()
	defer mu.Unlock()
	for _, part := range []string{"/v1/traces ", "POST /api/v1/companies", "INSERT id_companies", "clientele", "try-out"} {
		require.Contains(t, got.String(), part)
	}
	require.NotContains(t, got.String(), "ada@example.org")
}

func TestWhenTracesAreOn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		variables map[string]string
		on, wrong bool
	}{
		"nothing":              {nil, false, false},
		"a collector":          {map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4318"}, true, false},
		"a collector of spans": {map[string]string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://localhost:4318/v1/traces"}, true, false},
		"the usual collector":  {map[string]string{"OTEL_TRACES_EXPORTER": "otlp"}, true, false},
		"another exporter":     {map[string]string{"OTEL_TRACES_EXPORTER": "zipkin"}, false, true},
		"another protocol":     {map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4317", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, false, true},
		"no exporter":          {map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4318", "OTEL_TRACES_EXPORTER": "none"}, false, false},
		"switched off":         {map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4318", "OTEL_SDK_DISABLED": "true"}, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := &program{env: func(name string) (string, bool) { v, ok := c.variables[name]; return v, ok }}
			on, err := p.tracing()
			require.Equal(t, c.on, on)
			require.Equal(t, c.wrong, err != nil)
		})
	}
}
