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
	p := &pace{conn: http.NewResponseController(w), read: r.ContentLength == 0}
	r.Body = &steady{r.Body, p}
	if rec, ok := w.(*response); ok {
		rec.extend = p.extend
	}
}

// pace sets the deadlines of a stream. It is used by the request's goroutine alone.
type pace struct {
	conn *http.ResponseController
	read bool // the whole body is
}

// extend gives the sender and the reader more time. Once the body is read the sender has
// nothing more to send; a deadline for it would end the request while it is still at work.
func (p *pace) extend() {
	at := time.Now().Add(streamPause)
	if !p.read {
		_ = p.conn.SetReadDeadline(at) // a test's recorder has none
	}
	_ = p.conn.SetWriteDeadline(at)
}

// end is the end of the body.
func (p *pace) end() {
	p.read = true
	_ = p.conn.SetReadDeadline(time.Time{})
}

// steady gives its reader more time with everything that it reads, and says what went wrong
// as a problem.
type steady struct {
	io.ReadCloser
	*pace
}

func (s *steady) Read(b []byte) (int, error) {
	if !s.read {
		s.extend()
	}
	n, err := s.ReadCloser.Read(b)
	var tooLarge *http.MaxBytesError
	var timeout interface{ Timeout() bool }
	switch {
	case errors.Is(err, io.EOF):
		s.end()
	case err == nil:
	case errors.As(err, &tooLarge):
		err = &Problem{Status: http.StatusRequestEntityTooLarge, Code: "too_large", Detail: "The body is larger than this takes."}
	case errors.As(err, &timeout) && timeout.Timeout():
		err = &Problem{Status: http.StatusRequestTimeout, Code: "body_timeout", Detail: "The body took too long to arrive."}
	default:
		err = &Problem{Status: http.StatusBadRequest, Code: "malformed", Detail: "The body cannot be read."}
	}
	return n, err
}
