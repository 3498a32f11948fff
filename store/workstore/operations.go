package workstore

import (
	"context"
	"errors"
	"time"

	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/jobs"
)

func (s jobStore) Job(ctx context.Context, id int64) (jobs.Job, error) {
	var row jobRow
	err := s.Fail(s.Across(&row).Where("j.id = ?", id).Scan(ctx))
	if errors.Is(err, core.ErrNotFound) {
		err = core.NotFound("job")
	}
	return row.Job, err
}

func (s jobStore) List(ctx context.Context, f jobs.Filter, after int64, limit int) ([]jobs.Job, error) {
	var rows []jobRow
	q := s.Across(&rows).Where("j.id > ?", after).OrderExpr("j.id").Limit(int64(limit))
	if !f.Company.IsZero() {
		q = q.Where("j.company_id = ?", f.Company)
	}
	if f.Kind != "" {
		q = q.Where("j.kind = ?", f.Kind)
	}
	if f.Queue != "" {
		q = q.Where("j.queue = ?", f.Queue)
	}
	if f.State != "" {
		q = q.Where("j.state = ?", f.State)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, s.Fail(err)
	}
	list := make([]jobs.Job, len(rows))
	for i := range rows {
		list[i] = rows[i].Job
	}
	return list, nil
}

func (s jobStore) Retry(ctx context.Context, id int64, now time.Time) error {
	n, err := s.changed(s.AcrossUpdate((*jobRow)(nil)).
		Set("state = ?", jobs.Live).Set("due_at = ?", now.UTC()).Set("attempt = 0").Set("finished_at = NULL").
		Where("id = ?", id).Where("state = ?", jobs.Dead).Exec(ctx))
	if err != nil {
		return err
	}
	if n == 0 {
		return s.otherState(ctx, id, "only a dead job can be retried")
	}
	return s.Left(ctx)
}

func (s jobStore) Drop(ctx context.Context, id int64) error {
	n, err := s.changed(s.AcrossDelete((*jobRow)(nil)).
		Where("id = ?", id).Where("state <> ?", jobs.Done).Where("lease IS NULL").Exec(ctx))
	if err != nil || n > 0 {
		return err
	}
	return s.otherState(ctx, id, "a job that runs or is done can't be dropped")
}

// otherState is why nothing was done to the job: it is not there, or not in the state.
func (s jobStore) otherState(ctx context.Context, id int64, why string) error {
	if _, err := s.Job(ctx, id); err != nil {
		return err
	}
	return &core.Error{Kind: core.ErrState, Code: "job_state", Message: why}
}

func (s jobStore) Sweep(ctx context.Context, state jobs.State, before time.Time, limit int) (deleted int, err error) {
	old := s.Across((*jobRow)(nil)).Column("id").Where("j.state <> 'live'").Where("j.state = ?", state).
		Where("j.finished_at < ?", before.UTC()).OrderExpr("j.finished_at").Limit(int64(limit))
	return s.changed(s.AcrossDelete((*jobRow)(nil)).Where("id IN (?)", old).Exec(ctx))
}

func (s jobStore) Depth(ctx context.Context, queue string, now time.Time, limit int) (jobs.Depth, error) {
	count := func(state jobs.State) *bun.SelectQuery {
		return s.Across((*jobRow)(nil)).ColumnExpr("1").Where("j.state = ?", state).Where("j.queue = ?", queue).Limit(int64(limit))
	}
	var d struct {
		Live, Dead int
		First      *time.Time
	}
	err := s.AcrossQuery("SELECT (SELECT count(*) FROM (?) AS l) AS live, (SELECT count(*) FROM (?) AS d) AS dead,"+
		" (SELECT min(due_at) FROM core_jobs WHERE state = 'live' AND queue = ?) AS first", count(jobs.Live), count(jobs.Dead), queue).Scan(ctx, &d)
	if err != nil {
		return jobs.Depth{}, s.Fail(err)
	}
	depth := jobs.Depth{Live: d.Live, Dead: d.Dead}
	if d.First != nil {
		depth.Oldest = max(0, now.Sub(*d.First))
	}
	return depth, nil
}
