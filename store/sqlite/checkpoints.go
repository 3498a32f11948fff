package sqlite

import (
	"context"
	"database/sql"
	"net/url"
	"time"
)

// What has been committed is in the log first, and a checkpoint brings its pages into the file. SQLite
// has the writer do that, who waits for the disk meanwhile. So a connection of its own does most of it beside
// the writer, whenever so many pages have come together: it holds up nobody. The writer does the rest when the
// log has become long, since only when all of it is in the file can it begin anew.
const (
	logPages    = 16_000
	logBytes    = logPages * 4096 // of SQLite's usual pages: to that the log shrinks when it begins anew
	besidePages = 2_000
	besidePause = 20 * time.Millisecond // between looks at the log
)

// checkpoints are those beside the writer.
type checkpoints struct {
	db      *sql.DB
	commits chan struct{}
	stop    context.CancelFunc
	stopped chan struct{}
}

func besideWriter(file string, o options) (*checkpoints, error) {
	db, err := open(file, url.Values{
		"_pragma": {"busy_timeout(0)", "synchronous(" + o.synchronous + ")", "wal_autocheckpoint(0)", "cache_size(-100)"},
	}, 1)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	c := &checkpoints{db: db, commits: make(chan struct{}, 1), stop: stop, stopped: make(chan struct{})}
	go c.run(ctx)
	return c, nil
}

// committed never waits.
func (c *checkpoints) committed() {
	select {
	case c.commits <- struct{}{}:
	default:
	}
}

func (c *checkpoints) run(ctx context.Context) {
	defer close(c.stopped)
	for {
		select {
		case <-ctx.Done():
			return
		case <-c.commits:
		}
		// What goes wrong here, such as a full disk, is tried again after the next commit: all of it is safe in
		// the log, whose own growth tells the writer of a full disk. A long log is left to the writer: only one
		// can be at it, and only then it begins anew.
		if inLog, inFile, err := c.checkpoint(ctx, "NOOP"); err == nil && inLog < logPages && inLog-inFile >= besidePages {
			_, _, _ = c.checkpoint(ctx, "PASSIVE")
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(besidePause):
		}
	}
}

// checkpoint answers how many pages the log has after it, and how many of those are in the file.
func (c *checkpoints) checkpoint(ctx context.Context, mode string) (inLog, inFile int, err error) {
	var busy int
	err = c.db.QueryRowContext(ctx, "PRAGMA wal_checkpoint("+mode+")").Scan(&busy, &inLog, &inFile)
	return inLog, inFile, err
}

func (c *checkpoints) close() error {
	c.stop()
	<-c.stopped
	return c.db.Close()
}
