package crm

import (
	"bufio"
	"context"
	"errors"
	"io"

	"github.com/clientele-crm/clientele/core"
)

// exportPage is how many rows an export reads at once. There are three pages in memory at
// most: one that is read, one that waits and one that is written.
const exportPage = 1000

// rowWriter writes rows in one format.
type rowWriter[T any] interface {
	write(*T) error
	flush() error
}

// writePages writes all rows of a list in a format, and reads a page while it writes the one before.
func writePages[T any](ctx context.Context, w io.Writer, format func(*bufio.Writer) rowWriter[T], fetch func(context.Context, core.Page) (core.List[T], error)) error {
	ctx, cancel := context.WithCancel(ctx)
	pages := make(chan exportedPage[T], 1)
	go readPages(ctx, fetch, pages)
	defer func() {
		cancel()
		for range pages { // until the reader has ended: what it reads with may be the caller's transaction
		}
	}()
	buffer := bufio.NewWriterSize(w, 64<<10)
	out := format(buffer)
	for page := range pages {
		if page.err != nil {
			return page.err
		}
		for i := range page.rows {
			if err := out.write(&page.rows[i]); err != nil {
				return err
			}
		}
	}
	return errors.Join(ctx.Err(), out.flush(), buffer.Flush())
}

type exportedPage[T any] struct {
	rows []T
	err  error
}

// readPages reads all pages, or up to an error, or until ctx is over.
func readPages[T any](ctx context.Context, fetch func(context.Context, core.Page) (core.List[T], error), pages chan<- exportedPage[T]) {
	defer close(pages)
	for next := (core.Page{Limit: exportPage}); ; {
		list, err := fetch(ctx, next)
		select {
		case pages <- exportedPage[T]{list.Items, err}:
		case <-ctx.Done():
			return
		}
		if err != nil || list.Next == "" {
			return
		}
		next.Cursor = list.Next
	}
}
