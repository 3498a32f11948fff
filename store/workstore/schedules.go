package workstore

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core/jobs"
)

type scheduleRow struct {
	bun.BaseModel `bun:"table:core_schedules,alias:sc"`

	Name      string
	LastAt    time.Time
	CreatedAt time.Time
}

func (s jobStore) Schedule(ctx context.Context, name string, now time.Time) (time.Time, error) {
	if _, err := s.Insert(&scheduleRow{Name: name, LastAt: now, CreatedAt: now}).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
		return time.Time{}, s.Fail(err)
	}
	var row scheduleRow
	err := s.Across(&row).Where("sc.name = ?", name).Scan(ctx)
	return row.LastAt, s.Fail(err)
}

func (s jobStore) Tick(ctx context.Context, name string, instant, now time.Time, job jobs.New) (made bool, err error) {
	err = s.atomic(ctx, func(s jobStore) error {
		n, err := s.changed(s.AcrossUpdate((*scheduleRow)(nil)).Set("last_at = ?", instant.UTC()).Where("name = ?", name).
			Where("(last_at < ? OR last_at > ?)", instant.UTC(), now.Add(time.Hour).UTC()).Exec(ctx))
		if made = n > 0; !made {
			return err
		}
		return Enqueuer(s.Session).Enqueue(ctx, job)
	})
	return made, err
}
