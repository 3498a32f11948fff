package workstore

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/jobs"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// newJobRow is a job without an id, which the database gives.
type newJobRow struct {
	bun.BaseModel `bun:"table:core_jobs,alias:j"`

	CompanyID core.CompanyID
	ActorID   core.UserID
	Kind      string
	Queue     string
	Args      json.RawMessage
	State     jobs.State
	DueAt     time.Time
	Attempt   int
	UniqueKey string
	OrderKey  string
	Error     string
	CreatedAt time.Time
}

type enqueuer struct{ *bunstore.Session }

func (e enqueuer) Enqueue(ctx context.Context, news ...jobs.New) error {
	rows := make([]newJobRow, len(news))
	for i, n := range news {
		var err error
		if rows[i], err = newJob(e.Scope(), n, e.Env().Time()); err != nil {
			return err
		}
	}
	return insertJobs(ctx, e.Session, rows)
}

func newJob(scope core.Scope, n jobs.New, now time.Time) (newJobRow, error) {
	if n.Kind == "" || n.Queue == "" {
		return newJobRow{}, &core.Error{Kind: core.ErrInvalid, Message: "a job has to have a kind and a queue"}
	}
	args, err := json.Marshal(n.Args)
	if err != nil {
		return newJobRow{}, &core.Error{Kind: core.ErrInvalid, Message: "the arguments of a job do not encode", Err: fmt.Errorf("%s: %w", n.Kind, err)}
	}
	row := newJobRow{
		CompanyID: scope.Company, ActorID: scope.Actor.ID, Kind: n.Kind, Queue: n.Queue, Args: args,
		State: jobs.Live, DueAt: n.DueAt.UTC().Truncate(time.Microsecond), CreatedAt: now,
		UniqueKey: n.UniqueKey(scope.Company), OrderKey: n.OrderKey(scope.Company),
	}
	if n.DueAt.IsZero() {
		row.DueAt = now
	}
	return row, nil
}

// insertBatch bounds one statement.
const insertBatch = 500

func insertJobs(ctx context.Context, s *bunstore.Session, rows []newJobRow) error {
	if len(rows) == 0 {
		return nil
	}
	if len(rows) > insertBatch && !s.Joined() { // all or none
		return s.Atomic(ctx, func(s *bunstore.Session) error { return insertJobs(ctx, s, rows) })
	}
	for batch := range slices.Chunk(rows, insertBatch) {
		_, err := s.Insert(&batch).On("CONFLICT (unique_key) WHERE state = 'live' AND unique_key <> '' DO NOTHING").Exec(ctx)
		if err != nil {
			return s.Fail(err)
		}
	}
	return s.Left(ctx)
}
