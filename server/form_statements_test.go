package server_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

// A page that is sent opens its token once, and does not read what it only redirects to.
func TestASubmitAsksTheDatabaseNothingTwice(t *testing.T) {
	traced(t, func(t *testing.T, w *world, kept *tracetest.InMemoryExporter) {
		_, page := w.formOfAda()
		counted := func(path string, form url.Values) (map[string]int, string) {
			kept.Reset()
			a := w.stranger("POST", path, form)
			require.Equal(t, http.StatusSeeOther, a.StatusCode, a.text)
			_, queries := spansOf(t, kept)
			counts := map[string]int{}
			for _, q := range queries {
				counts[q.Name]++
			}
			return counts, a.Header.Get("Location")
		}
		_, attempt := counted(page, nil)
		submit := url.Values{"shown": {"party", "pick", "why"}, "q.party": {"1"}, "q.why": {"x"}, "name": {"Grace"}, "email": {"grace@example.org"}, "do": {"submit"}}
		counts, _ := counted(attempt, submit)
		require.Equal(t, map[string]int{
			"SELECT asm_attempts": 3, // by the token, to show, and to change
			"SELECT asm_forms":    2, // to show, and to submit to
			"SELECT crm_contacts": 1, "SELECT id_companies": 1, "INSERT crm_contacts": 1, "INSERT crm_contact_addresses": 1,
			"SELECT asm_responses": 1, "INSERT asm_responses": 1, "INSERT asm_results": 1, "UPDATE asm_attempts": 1,
			"INSERT core_outbox": 2, "INSERT core_audit": 2,
		}, counts)
	})
}
