package server

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

// A download that ends early and looks whole would be the worst of failures.
func TestAnAnswerThatFailsInTheMiddleIsBrokenOff(t *testing.T) {
	t.Parallel()
	s := &Server{log: slog.New(slog.DiscardHandler), tracer: newTracer(nil)}
	var err error
	s.metrics, err = newMetrics(nil)
	require.NoError(t, err)
	served := httptest.NewServer(s.observe(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, err := io.WriteString(w, "the first half")
		if err == nil {
			err = http.NewResponseController(w).Flush()
		}
		panic(fmt.Sprint("something unforeseen ", err))
	})))
	t.Cleanup(served.Close)
	answer, err := http.Get(served.URL)
	require.NoError(t, err)
	defer answer.Body.Close()
	require.Equal(t, http.StatusOK, answer.StatusCode)
	require.Equal(t, "default-src 'none'; frame-ancestors 'none'", answer.Header.Get("Content-Security-Policy"))
	require.Equal(t, "no-referrer", answer.Header.Get("Referrer-Policy"))
	half, err := io.ReadAll(answer.Body)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF, "%s", half)
}
