package server

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// The limits of a connection, unless the configuration has others.
const (
	maxHeader    = 16 << 10
	headerTime   = 5 * time.Second
	bodyTime     = 15 * time.Second
	answerTime   = time.Minute
	idleTime     = 2 * time.Minute
	drainTime    = 30 * time.Second
	readyTimeout = 2 * time.Second
)

// Serve answers the listener's requests until ctx ends, and then no new ones, but those that
// have begun. It returns when they are answered, or after 30 seconds.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	srv := &http.Server{
		Handler: s, MaxHeaderBytes: maxHeader, IdleTimeout: idleTime, WriteTimeout: answerTime,
		ReadHeaderTimeout: cmp.Or(s.config.HeaderTime, headerTime),
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
		BaseContext:       func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
	srv.RegisterOnShutdown(s.endStreams)
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(listener{l}) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	s.draining.Store(true)
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	if err := srv.Shutdown(drain); err != nil {
		return errors.Join(fmt.Errorf("requests were broken off: %w", err), srv.Close())
	}
	return nil
}

// health answers whether the program lives, and whether it can work.
func (s *Server) health() {
	s.mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", jsonType)
		_, _ = w.Write([]byte(`{"status":"alive"}` + "\n"))
	})
	s.mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
		defer cancel()
		if err := s.ready(ctx); err != nil {
			loggerOf(ctx).WarnContext(ctx, "not ready", slog.Any("error", err))
			writeProblem(w, r, &Problem{Status: http.StatusServiceUnavailable, Code: "not_ready", Detail: "The database does not answer, or is not migrated, or the server is shutting down."})
			return
		}
		w.Header().Set("Content-Type", jsonType)
		_, _ = w.Write([]byte(`{"status":"ready"}` + "\n"))
	})
}

func (s *Server) ready(ctx context.Context) error {
	if s.draining.Load() {
		return errors.New("shutting down")
	}
	if err := s.db.Ping(ctx); err != nil {
		return err
	}
	return s.db.Check(ctx)
}

// listener gives net/http's own answers, to requests that never come to a handler, the shape
// of all errors.
type listener struct{ net.Listener }

func (l listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return conn{c}, nil
}

type conn struct{ net.Conn }

// plain is how net/http ends the head of such an answer. Nobody else's begins with it right
// behind the status: what a handler writes has a date, and an attached file may hold anything.
var plain = []byte("\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n")

func (c conn) Write(b []byte) (int, error) {
	if head, _, ok := bytes.Cut(b, plain); ok && bytes.HasPrefix(head, []byte("HTTP/1.1 ")) && !bytes.Contains(head, []byte("\r\n")) {
		if _, err := c.Conn.Write(plainProblem(string(head))); err != nil {
			return 0, err
		}
		return len(b), nil
	}
	return c.Conn.Write(b)
}

// plainProblem is the answer with net/http's status line as a problem.
func plainProblem(line string) []byte {
	var status int
	if _, err := fmt.Sscanf(line, "HTTP/1.1 %d", &status); err != nil {
		status = http.StatusBadRequest
	}
	code, detail := "malformed", "The request is not HTTP as it should be."
	if status == http.StatusRequestHeaderFieldsTooLarge {
		code, detail = "header_too_large", "The headers are larger than 16 KiB."
	}
	body, err := json.Marshal((&Problem{Status: status, Code: code, Detail: detail}).complete(context.Background()))
	if err != nil { // texts and a number encode
		panic(err)
	}
	return fmt.Appendf(nil, "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s",
		status, http.StatusText(status), problemType, len(body), body)
}
