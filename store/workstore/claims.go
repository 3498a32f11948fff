package workstore

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/jobs"
)

type jobRow struct {
	bun.BaseModel `bun:"table:core_jobs,alias:j"`
	jobs.Job
}

func (s jobStore) Look(ctx context.Context, queues []string) (jobs.Look, error) {
	var rows []struct {
		Queue    string
		DueAt    *time.Time
		Position int64
	}
	// Each part is one look at the beginning or the end of an index.
	const part = "SELECT ? AS queue, (SELECT min(due_at) FROM core_jobs WHERE state = 'live' AND queue = ?) AS due_at, 0 AS position UNION ALL "
	var text strings.Builder
	var args []any
	for _, q := range queues {
		text.WriteString(part)
		args = append(args, q, q)
	}
	text.WriteString("SELECT '', NULL, coalesce(max(position), 0) FROM core_outbox")
	if err := s.AcrossQuery(text.String(), args...).Scan(ctx, &rows); err != nil {
		return jobs.Look{}, s.Fail(err)
	}
	look := jobs.Look{Due: map[string]time.Time{}}
	for _, r := range rows {
		switch {
		case r.Queue == "":
			look.Event = r.Position
		case r.DueAt != nil:
			look.Due[r.Queue] = *r.DueAt
		}
	}
	return look, nil
}

// claim has its choice in a CTE that is evaluated once: as a subquery, Postgres may evaluate
// it again for each row, and claim more than the limit.
const claim = `WITH chosen AS MATERIALIZED (
    SELECT j.id FROM core_jobs AS j
    WHERE j.state = 'live' AND j.queue = ? AND j.due_at <= ? AND j.kind IN (?)
      AND (j.order_key = '' OR NOT EXISTS (SELECT 1 FROM core_jobs AS p
        WHERE p.state = 'live' AND p.order_key <> '' AND p.order_key = j.order_key AND p.id < j.id))
    ORDER BY j.due_at, j.id LIMIT ? ?
) UPDATE core_jobs SET lease = ?, due_at = ?, attempt = attempt + 1 WHERE id IN (SELECT id FROM chosen) RETURNING *`

func (s jobStore) Claim(ctx context.Context, c jobs.Claim) ([]jobs.Job, error) {
	var rows []jobRow
	err := s.AcrossRaw(claim, c.Queue, c.Now, bun.List(c.Kinds), c.Limit, s.SkipLocked(), c.Lease, c.Until).Scan(ctx, &rows)
	if err != nil {
		return nil, s.Fail(err)
	}
	claimed := make([]jobs.Job, len(rows))
	for i := range rows {
		claimed[i] = rows[i].Job
	}
	slices.SortFunc(claimed, func(a, b jobs.Job) int { return int(a.ID - b.ID) })
	return claimed, nil
}

func (s jobStore) Finish(ctx context.Context, outcomes []jobs.Outcome) (kept int, err error) {
	err = s.atomic(ctx, func(s jobStore) error {
		kept = 0
		done := map[core.ID[jobs.Lease]][]int64{}
		for _, o := range outcomes {
			if o.State == jobs.Done {
				done[o.Lease] = append(done[o.Lease], o.ID)
				continue
			}
			n, err := s.finishOne(ctx, o)
			if err != nil {
				return err
			}
			kept += n
		}
		now := s.Env().Time()
		for lease, ids := range done {
			n, err := s.changed(s.underLease(lease, ids...).
				Set("state = ?", jobs.Done).Set("finished_at = ?", now).Set("lease = NULL").Exec(ctx))
			if err != nil {
				return err
			}
			kept += n
		}
		return nil
	})
	return kept, err
}

// finishOne stores a failure, or that a job is put off.
func (s jobStore) finishOne(ctx context.Context, o jobs.Outcome) (kept int, err error) {
	q := s.underLease(o.Lease, o.ID).Set("state = ?", o.State).Set("lease = NULL")
	if o.State == jobs.Live {
		q = q.Set("due_at = ?", o.At.UTC())
	} else {
		q = q.Set("finished_at = ?", o.At.UTC())
	}
	if o.Error != "" {
		q = q.Set("error = ?", o.Error)
	}
	if o.Uncount {
		q = q.Set("attempt = attempt - 1")
	}
	kept, err = s.changed(q.Exec(ctx))
	if err != nil || kept == 0 || o.OrderKey == "" || o.State != jobs.Live {
		return kept, err
	}
	// Those that wait for it need not be looked at before it is due.
	_, err = s.changed(s.AcrossUpdate((*jobRow)(nil)).Set("due_at = ?", o.At.UTC()).
		Where("state = 'live'").Where("order_key <> ''").Where("order_key = ?", o.OrderKey).
		Where("id > ?", o.ID).Where("due_at < ?", o.At.UTC()).Exec(ctx))
	return kept, err
}

// underLease begins a change of jobs that are still under the lease.
func (s jobStore) underLease(lease core.ID[jobs.Lease], ids ...int64) *bun.UpdateQuery {
	return s.AcrossUpdate((*jobRow)(nil)).Where("state = 'live'").Where("lease = ?", lease).Where("id IN (?)", bun.List(ids))
}

func (s jobStore) Extend(ctx context.Context, held []jobs.Held, until time.Time) (lost []jobs.Held, err error) {
	byLease := map[core.ID[jobs.Lease]][]int64{}
	for _, h := range held {
		byLease[h.Lease] = append(byLease[h.Lease], h.ID)
	}
	for lease, ids := range byLease {
		var kept []int64
		err := s.underLease(lease, ids...).Set("due_at = ?", until.UTC()).Returning("id").Scan(ctx, &kept)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return nil, s.Fail(err)
		}
		for _, id := range ids {
			if !slices.Contains(kept, id) {
				lost = append(lost, jobs.Held{ID: id, Lease: lease})
			}
		}
	}
	return lost, nil
}

// changed is how many rows a change met.
func (s jobStore) changed(res sql.Result, err error) (int, error) {
	if err != nil {
		return 0, s.Fail(err)
	}
	n, err := res.RowsAffected()
	return int(n), s.Fail(err)
}
