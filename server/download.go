package server

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// fileOut is a file on its way out, which is written while it is read from the database.
type fileOut struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	NoSniff     string `header:"X-Content-Type-Options"`
	Body        func(huma.Context)
}

// streamed answers a file to keep. What fails before it is asked for has been answered as a
// problem; after that all that can be done is to break off, so that the reader does not take a
// part for the whole.
func streamed(ctx context.Context, contentType, name string, write func(context.Context, io.Writer) error) *fileOut {
	return &fileOut{
		ContentType: contentType, Disposition: `attachment; filename="` + name + `"`, NoSniff: "nosniff",
		Body: func(out huma.Context) {
			to := &sending{w: out.BodyWriter()}
			err := write(ctx, to)
			if err == nil {
				return
			}
			if to.err == nil && !errors.Is(ctx.Err(), context.Canceled) { // else the reader has gone away
				loggerOf(ctx).ErrorContext(ctx, "a download broke off", slog.Any("error", err))
			}
			panic(http.ErrAbortHandler)
		},
	}
}

// sending remembers what its reader's connection failed by.
type sending struct {
	w   io.Writer
	err error
}

func (s *sending) Write(b []byte) (n int, err error) {
	n, err = s.w.Write(b)
	if err != nil {
		s.err = err
	}
	return n, err
}
