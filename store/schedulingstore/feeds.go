package schedulingstore

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// feedRow is a feed with the hash of its token.
type feedRow struct {
	bun.BaseModel `bun:"table:sched_feeds,alias:fe"`

	CompanyID core.CompanyID
	Hash      string
	scheduling.Feed
}

// feeds are seen by the members whose appointments they have.
var feeds = bunstore.Table{Own: "?TableAlias.member_id = ?0"}

func (s store) InsertFeed(ctx context.Context, f scheduling.Feed, hash string) error {
	_, err := s.Insert(&feedRow{CompanyID: s.Scope().Company, Hash: hash, Feed: f}).Exec(ctx)
	return s.Fail(err)
}

func (s store) Feed(ctx context.Context, id core.ID[scheduling.Feed]) (scheduling.Feed, error) {
	var row feedRow
	if err := s.Select(feeds, &row).Where("fe.id = ?", id).Scan(ctx); err != nil {
		return scheduling.Feed{}, s.missing(err, "feed")
	}
	return row.Feed, nil
}

func (s store) ReplaceFeed(ctx context.Context, f scheduling.Feed, was int64, hash string) error {
	res, err := s.Update(feeds, &feedRow{Hash: hash, Feed: f}).ExcludeColumn("company_id", "id").
		Where("fe.id = ?", f.ID).Where("fe.version = ?", was).Exec(ctx)
	return bunstore.One(res, err, s.Session, core.Stale("feed"))
}

func (s store) DeleteFeed(ctx context.Context, id core.ID[scheduling.Feed]) error {
	res, err := s.Delete(feeds, (*feedRow)(nil)).Where("fe.id = ?", id).Exec(ctx)
	return bunstore.One(res, err, s.Session, core.NotFound("feed"))
}

var feedOrder = bunstore.Order[feedRow]{
	Name: "-createdAt", Column: "created_at", Desc: true,
	Value: func(r *feedRow) string { return bunstore.TimeText(r.CreatedAt) }, Bind: bunstore.BindTime,
}

func (s store) ListFeeds(ctx context.Context, f scheduling.FeedFilter, p core.Page) (core.List[scheduling.Feed], error) {
	var rows []feedRow
	q := s.Select(feeds, &rows)
	if !f.Agenda.IsZero() {
		q = q.Where("fe.agenda_id = ?", f.Agenda)
	}
	if !f.Member.IsZero() {
		q = q.Where("fe.member_id = ?", f.Member)
	}
	return bunstore.List(ctx, s.Session, q, &rows, feedOrder, p,
		func(r *feedRow) uuid.UUID { return r.ID.UUID },
		func(r *feedRow) scheduling.Feed { return r.Feed })
}

// stateRow is how appointments stand.
type stateRow struct {
	bun.BaseModel `bun:"table:sched_appointments,alias:ap"`

	Count     int        `bun:",scanonly"`
	ChangedAt *time.Time `bun:",scanonly"`
}

// seriesStateRow is how the company's series stand.
type seriesStateRow struct {
	bun.BaseModel `bun:"table:sched_series,alias:sr"`

	ChangedAt *time.Time `bun:",scanonly"`
}

func (s store) AppointmentsState(ctx context.Context, f scheduling.AppointmentFilter) (scheduling.State, error) {
	var now stateRow
	err := s.filtered(f, &now).ColumnExpr("count(*) AS count").ColumnExpr("max(ap.updated_at) AS changed_at").Scan(ctx)
	if err != nil {
		return scheduling.State{}, s.Fail(err)
	}
	var series seriesStateRow
	if err := s.Select(bunstore.Shared, &series).ColumnExpr("max(sr.updated_at) AS changed_at").Scan(ctx); err != nil {
		return scheduling.State{}, s.Fail(err)
	}
	state := scheduling.State{Count: now.Count}
	for _, at := range []*time.Time{now.ChangedAt, series.ChangedAt} {
		if at != nil && at.After(state.ChangedAt) {
			state.ChangedAt = *at
		}
	}
	return state, nil
}

// FeedWith finds the feed whose token has the hash, in whichever company, or is [core.ErrNotFound].
func FeedWith(ctx context.Context, s *bunstore.Session, hash string) (core.CompanyID, scheduling.Feed, error) {
	var row feedRow
	err := s.Across(&row).Where("fe.hash = ?", hash).Scan(ctx)
	return row.CompanyID, row.Feed, store{s}.missing(err, "feed")
}
