package server

import (
	"errors"
	"io"
	"net/http"
	"time"
)

// streamPause is how long the sender or the reader of a stream may pause.
const streamPause = 30 * time.Second

// stream readies a request whose body is read, or whose answer is written, bit by bit: it
// may take long as a whole, but not pause for long.
func stream(w http.ResponseWriter, r *http.Request, op Operation) {
	r.Body = http.MaxBytesReader(w, r.Body, max(op.Limit, maxBody))
	deadlines := http.NewResponseController(w)
	extend := func() {
		at := time.Now().Add(streamPause)
		_ = deadlines.SetReadDeadline(at) // a test's recorder has none
		_ = deadlines.SetWriteDeadline(at)
	}
	r.Body = &steady{r.Body, extend}
	if rec, ok := w.(*response); ok {
		rec.extend = extend
	}
}

// steady gives its reader more time with everything that it reads, and says what went wrong
// as a problem.
type steady struct {
	io.ReadCloser
	extend func()
}

func (s *steady) Read(b []byte) (int, error) {
	s.extend()
	n, err := s.ReadCloser.Read(b)
	var tooLarge *http.MaxBytesError
	var timeout interface{ Timeout() bool }
	switch {
	case err == nil || errors.Is(err, io.EOF):
	case errors.As(err, &tooLarge):
		err = &Problem{Status: http.StatusRequestEntityTooLarge, Code: "too_large", Detail: "The body is larger than this takes."}
	case errors.As(err, &timeout) && timeout.Timeout():
		err = &Problem{Status: http.StatusRequestTimeout, Code: "body_timeout", Detail: "The body took too long to arrive."}
	default:
		err = &Problem{Status: http.StatusBadRequest, Code: "malformed", Detail: "The body cannot be read."}
	}
	return n, err
}
