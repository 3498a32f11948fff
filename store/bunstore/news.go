package bunstore

import (
	"context"
	"database/sql"
	"sync"
	"time"
)

// News is how a database says that there may be work to do, beside being asked again and
// again. Its zero value never says anything between processes: then they poll.
type News struct {
	// Notify is a statement that tells every process that listens, once the transaction
	// commits that it is in.
	Notify string

	// Listen calls woke after each notification, until ctx is over or the connection fails.
	Listen func(ctx context.Context, db *sql.DB, woke func()) error
}

// notifyPause is between two notifications of one process at least. Postgres lets those who
// commit one pass one by one, so it is sent by itself, after the commit and not in it.
const notifyPause = 20 * time.Millisecond

// news passes on, within a process and between them, that a transaction has committed that
// has left work behind.
type news struct {
	mu        sync.Mutex
	watchers  map[*func()]struct{}
	listening context.CancelFunc // nil: nobody watches
	notifying bool               // a goroutine is at it
	again     bool               // there was more since it began
}

// Watch calls woke whenever there may be new events or jobs, from now on and until ctx is
// over, for which it waits. It may be called for nothing, and news may get lost: ask the
// database now and then as well. woke has to return at once.
func (db *DB) Watch(ctx context.Context, woke func()) {
	n := &db.news
	n.mu.Lock()
	if n.watchers == nil {
		n.watchers = map[*func()]struct{}{}
	}
	n.watchers[&woke] = struct{}{}
	if n.listening == nil && db.dialect.News.Listen != nil {
		// One connection listens for all who watch, so it does not end with the first of them.
		var listen context.Context
		listen, n.listening = context.WithCancel(context.WithoutCancel(ctx))
		go db.listen(listen)
	}
	n.mu.Unlock()

	<-ctx.Done()

	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.watchers, &woke)
	if len(n.watchers) == 0 && n.listening != nil {
		n.listening()
		n.listening = nil
	}
}

// listen is at it until ctx is over. What was missed while there was no connection is made
// up for by waking everybody once there is one again.
func (db *DB) listen(ctx context.Context) {
	for ctx.Err() == nil {
		err := db.dialect.News.Listen(ctx, db.write.DB, db.wake)
		if ctx.Err() != nil {
			return
		}
		db.Env.Logger().WarnContext(ctx, "the database cannot be listened to; polling goes on", "error", err)
		select {
		case <-ctx.Done():
		case <-time.After(5 * time.Second):
		}
	}
}

// wake tells those who watch in this process.
func (db *DB) wake() {
	db.news.mu.Lock()
	defer db.news.mu.Unlock()
	for woke := range db.news.watchers {
		(*woke)()
	}
}

// tell tells everybody of a commit: this process at once, the others without waiting for it.
func (db *DB) tell() {
	db.wake()
	if db.dialect.News.Notify == "" {
		return
	}
	n := &db.news
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.again = n.notifying; !n.notifying {
		n.notifying = true
		go db.notify()
	}
}

func (db *DB) notify() {
	for more := true; more; {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		// Failing is no harm: the others poll. The embedder may just have closed the pool.
		_, _ = db.write.DB.ExecContext(ctx, db.dialect.News.Notify)
		cancel()
		time.Sleep(notifyPause)
		db.news.mu.Lock()
		more = db.news.again
		db.news.notifying, db.news.again = more, false
		db.news.mu.Unlock()
	}
}

// Left says that the session's transaction leaves work behind, such as an event: others are
// told when it has committed. In the embedder's transaction that is the database's to do, if
// it can; otherwise the work is found by polling.
func (s *Session) Left(ctx context.Context) error {
	switch {
	case s.tx == nil:
		s.db.tell()
	case s.tx.ours:
		s.tx.left = true
	case s.db.dialect.News.Notify != "":
		_, err := s.tx.ExecContext(ctx, s.db.dialect.News.Notify)
		return s.Fail(err)
	}
	return nil
}

// Settled is the position of the outbox up to which every event that there will ever be can
// be seen by whoever reads after this call. It asks outside any transaction, so that a
// transaction that begins later sees them whatever its isolation.
func (db *DB) Settled(ctx context.Context) (int64, error) {
	var position int64
	err := db.read.NewRaw(db.dialect.Settled).Scan(ctx, &position)
	return position, db.fail(err)
}

// Settled is [DB.Settled], asked in the session's transaction if it is in one.
func (s *Session) Settled(ctx context.Context) (int64, error) {
	var position int64
	err := s.AcrossQuery(s.db.dialect.Settled).Scan(ctx, &position)
	return position, s.Fail(err)
}

// Watch is [DB.Watch].
func (s *Session) Watch(ctx context.Context, woke func()) { s.db.Watch(ctx, woke) }
