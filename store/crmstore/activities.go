package crmstore

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store/bunstore"
)

type activityRow struct {
	bun.BaseModel `bun:"table:crm_contact_activities,alias:act"`

	CompanyID core.CompanyID
	crm.Activity
}

func (s store) InsertActivity(ctx context.Context, a crm.Activity) error {
	_, err := s.Insert(&activityRow{CompanyID: s.Scope().Company, Activity: a}).Exec(ctx)
	return s.Fail(err)
}

func (s store) Activity(ctx context.Context, id core.ID[crm.Activity]) (crm.Activity, error) {
	var row activityRow
	if err := s.Select(ofOwn, &row).Where("act.id = ?", id).Scan(ctx); err != nil {
		return crm.Activity{}, s.missing(err, "activity")
	}
	return row.Activity, nil
}

func (s store) ReplaceActivity(ctx context.Context, a crm.Activity, was int64) error {
	res, err := s.Update(ofOwn, &activityRow{Activity: a}).
		ExcludeColumn("company_id", "id", "contact_id").
		Where("act.id = ?", a.ID).Where("act.version = ?", was).Exec(ctx)
	return bunstore.One(res, err, s.Session, core.Stale("activity"))
}

func (s store) DeleteActivity(ctx context.Context, id core.ID[crm.Activity], was int64) error {
	res, err := s.Delete(ofOwn, (*activityRow)(nil)).Where("act.id = ?", id).Where("act.version = ?", was).Exec(ctx)
	return bunstore.One(res, err, s.Session, core.Stale("activity"))
}

var (
	newestActivities = bunstore.Order[activityRow]{
		Name: "-createdAt", Column: "created_at", Desc: true,
		Value: func(r *activityRow) string { return bunstore.TimeText(r.CreatedAt) }, Bind: bunstore.BindTime,
	}
	// scheduledActivities is for queries that leave out what is not scheduled.
	scheduledActivities = bunstore.Order[activityRow]{
		Name: "scheduledAt", Column: "scheduled_at",
		Value: func(r *activityRow) string { return bunstore.TimeText(*r.ScheduledAt) }, Bind: bunstore.BindTime,
	}
)

func (s store) ListActivities(ctx context.Context, contact core.ID[crm.Contact], f crm.ActivityFilter, p core.Page) (core.List[crm.Activity], error) {
	var rows []activityRow
	q := s.Select(ofOwn, &rows).Where("act.contact_id = ?", contact)
	if f.Type != "" {
		q = q.Where("act.type = ?", f.Type)
	}
	if f.Completed != nil {
		q = q.Where("act.is_completed = ?", *f.Completed)
	}
	return s.activities(ctx, q, &rows, newestActivities, p)
}

func (s store) OpenActivities(ctx context.Context, from, before time.Time, p core.Page) (core.List[crm.Activity], error) {
	var rows []activityRow
	q := s.Select(ofOwn, &rows).Where("act.completed_at IS NULL").Where("act.scheduled_at IS NOT NULL").
		Where("EXISTS (SELECT 1 FROM crm_contacts AS live WHERE live.company_id = act.company_id" +
			" AND live.id = act.contact_id AND live.deleted_at IS NULL)")
	return s.activities(ctx, between(q, "scheduled_at", from, before), &rows, scheduledActivities, p)
}

func (s store) activities(ctx context.Context, q *bun.SelectQuery, rows *[]activityRow, o bunstore.Order[activityRow], p core.Page) (core.List[crm.Activity], error) {
	return bunstore.List(ctx, s.Session, q, rows, o, p,
		func(r *activityRow) uuid.UUID { return r.ID.UUID },
		func(r *activityRow) crm.Activity { return r.Activity })
}
