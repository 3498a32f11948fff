package server

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// deadlines notes those of a connection.
type deadlines struct {
	http.ResponseWriter
	read, write time.Time
}

func (d *deadlines) SetReadDeadline(at time.Time) error  { d.read = at; return nil }
func (d *deadlines) SetWriteDeadline(at time.Time) error { d.write = at; return nil }

// net/http ends a request when the connection's read deadline passes, even if the body has
// been read: there must be none while the last of it is worked on.
func TestNoDeadlineForABodyThatIsRead(t *testing.T) {
	t.Parallel()
	d := &deadlines{ResponseWriter: httptest.NewRecorder()}
	w := &response{ResponseWriter: d}
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader("a body"))
	stream(w, r, Operation{})
	_, err := io.ReadFull(r.Body, make([]byte, 2))
	require.NoError(t, err)
	require.NotZero(t, d.read, "the sender may not pause for long")
	_, err = io.ReadAll(r.Body)
	require.NoError(t, err)
	require.Zero(t, d.read)
	d.write = time.Time{}
	w.extend()
	require.NotZero(t, d.write, "nor may the reader of the answer")
	require.Zero(t, d.read)

	r = httptest.NewRequest(http.MethodGet, "/", nil)
	stream(w, r, Operation{})
	w.extend()
	require.Zero(t, d.read, "there is no body")
}
