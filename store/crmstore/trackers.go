package crmstore

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// trackerRow is a tracker without its stages and fields, with the key that it is sorted by.
type trackerRow struct {
	bun.BaseModel `bun:"table:crm_trackers,alias:tr"`

	CompanyID core.CompanyID
	ID        core.ID[crm.Tracker]
	NameKey   string
	crm.TrackerDetails
	Active bool
	crm.Stamp
}

type stageRow struct {
	bun.BaseModel `bun:"table:crm_stages,alias:st"`

	CompanyID core.CompanyID
	TrackerID core.ID[crm.Tracker]
	Position  int
	crm.Stage
}

type fieldRow struct {
	bun.BaseModel `bun:"table:crm_fields,alias:fi"`

	CompanyID core.CompanyID
	TrackerID core.ID[crm.Tracker]
	crm.Field
}

// turnsRow is what a round robin is counted in.
type turnsRow struct {
	bun.BaseModel `bun:"table:crm_tracker_turns,alias:tu"`

	CompanyID core.CompanyID
	TrackerID core.ID[crm.Tracker]
	Credits   crm.Credits
	CreatedAt time.Time
	UpdatedAt time.Time
}

func (s store) trackerRow(t crm.Tracker) *trackerRow {
	return &trackerRow{
		CompanyID: s.Scope().Company, ID: t.ID, NameKey: core.Fold(t.Name),
		TrackerDetails: t.TrackerDetails, Active: t.Active, Stamp: t.Stamp,
	}
}

func (s store) InsertTracker(ctx context.Context, t crm.Tracker) error {
	if _, err := s.Insert(s.trackerRow(t)).Exec(ctx); err != nil {
		return s.Fail(err)
	}
	turns := &turnsRow{CompanyID: s.Scope().Company, TrackerID: t.ID, Credits: crm.Credits{}, CreatedAt: t.CreatedAt, UpdatedAt: t.UpdatedAt}
	if _, err := s.Insert(turns).Exec(ctx); err != nil {
		return s.Fail(err)
	}
	if err := s.putStages(ctx, t); err != nil {
		return err
	}
	return s.putFields(ctx, t)
}

// putStages adds the stages of a tracker, or changes those that are there.
func (s store) putStages(ctx context.Context, t crm.Tracker) error {
	rows := make([]stageRow, len(t.Stages))
	for i, stage := range t.Stages {
		rows[i] = stageRow{CompanyID: s.Scope().Company, TrackerID: t.ID, Position: i, Stage: stage}
	}
	_, err := s.Insert(&rows).On("CONFLICT (company_id, tracker_id, key) DO UPDATE").
		Set("position = EXCLUDED.position").Set("label = EXCLUDED.label").Set("kind = EXCLUDED.kind").Set("probability = EXCLUDED.probability").
		Set("allowed_moves = EXCLUDED.allowed_moves").Set("requires = EXCLUDED.requires").Exec(ctx)
	return s.Fail(err)
}

// putFields does the same with the fields, first with those that were retired: one of the others
// may have its name.
func (s store) putFields(ctx context.Context, t crm.Tracker) error {
	for _, fields := range [][]crm.Field{t.Retired, t.Fields} {
		if len(fields) == 0 {
			continue
		}
		rows := make([]fieldRow, len(fields))
		for i, field := range fields {
			rows[i] = fieldRow{CompanyID: s.Scope().Company, TrackerID: t.ID, Field: field}
		}
		_, err := s.Insert(&rows).On("CONFLICT (company_id, id) DO UPDATE").
			Set("label = EXCLUDED.label").Set("type = EXCLUDED.type").Set("is_required = EXCLUDED.is_required").Set("options = EXCLUDED.options").
			Set("placeholder = EXCLUDED.placeholder").Set("help_text = EXCLUDED.help_text").Set("sort_order = EXCLUDED.sort_order").
			Set("retired_at = EXCLUDED.retired_at").Set("updated_at = EXCLUDED.updated_at").Exec(ctx)
		if err != nil {
			return s.Fail(err)
		}
	}
	return nil
}

func (s store) Tracker(ctx context.Context, id core.ID[crm.Tracker]) (crm.Tracker, error) {
	var row trackerRow
	return s.tracker(ctx, &row, s.Select(bunstore.Shared, &row).Where("tr.id = ?", id))
}

func (s store) HoldTracker(ctx context.Context, id core.ID[crm.Tracker]) (crm.Tracker, error) {
	var row trackerRow
	return s.tracker(ctx, &row, s.Share(s.Select(bunstore.Shared, &row).Where("tr.id = ?", id)))
}

func (s store) tracker(ctx context.Context, row *trackerRow, q *bun.SelectQuery) (crm.Tracker, error) {
	if err := q.Scan(ctx); err != nil {
		return crm.Tracker{}, s.missing(err, "tracker")
	}
	ts, err := s.whole(ctx, []trackerRow{*row})
	if err != nil {
		return crm.Tracker{}, err
	}
	return ts[0], nil
}

// whole are the trackers of the rows with their stages and fields.
func (s store) whole(ctx context.Context, rows []trackerRow) ([]crm.Tracker, error) {
	ts := make([]crm.Tracker, len(rows))
	ids := make([]core.ID[crm.Tracker], len(rows))
	at := map[core.ID[crm.Tracker]]*crm.Tracker{}
	for i, r := range rows {
		ts[i] = crm.Tracker{
			ID: r.ID, TrackerDetails: r.TrackerDetails, Active: r.Active, Stamp: r.Stamp,
			Stages: []crm.Stage{}, Fields: []crm.Field{}, Retired: []crm.Field{},
		}
		ids[i], at[r.ID] = r.ID, &ts[i]
	}
	if len(rows) == 0 {
		return ts, nil
	}
	var stages []stageRow
	if err := s.Select(bunstore.Shared, &stages).Where("st.tracker_id IN (?)", bun.List(ids)).OrderExpr("st.tracker_id, st.position").Scan(ctx); err != nil {
		return nil, s.Fail(err)
	}
	for _, r := range stages {
		at[r.TrackerID].Stages = append(at[r.TrackerID].Stages, r.Stage)
	}
	var fields []fieldRow
	if err := s.Select(bunstore.Shared, &fields).Where("fi.tracker_id IN (?)", bun.List(ids)).OrderExpr("fi.tracker_id, fi.sort_order, fi.name, fi.id").Scan(ctx); err != nil {
		return nil, s.Fail(err)
	}
	for _, r := range fields {
		if t := at[r.TrackerID]; r.RetiredAt != nil {
			t.Retired = append(t.Retired, r.Field)
		} else {
			t.Fields = append(t.Fields, r.Field)
		}
	}
	return ts, nil
}

func (s store) ReplaceTracker(ctx context.Context, t crm.Tracker, was int64) error {
	res, err := s.Update(bunstore.Shared, s.trackerRow(t)).ExcludeColumn("company_id", "id").
		Where("tr.id = ?", t.ID).Where("tr.version = ?", was).Exec(ctx)
	if err := bunstore.One(res, err, s.Session, core.Stale("tracker")); err != nil {
		return err
	}
	keys := make([]string, len(t.Stages))
	for i, stage := range t.Stages {
		keys[i] = stage.Key
	}
	_, err = s.Delete(bunstore.Shared, (*stageRow)(nil)).Where("st.tracker_id = ?", t.ID).Where("st.key NOT IN (?)", bun.List(keys)).Exec(ctx)
	if err := s.inUse(s.Fail(err), "stage_in_use", "leads are in a stage that would go"); err != nil {
		return err
	}
	if err := s.putStages(ctx, t); err != nil {
		return err
	}
	return s.putFields(ctx, t)
}

// inUse is [core.ErrState] of what leads refer to.
func (s store) inUse(err error, code, message string) error {
	if errors.Is(err, core.ErrInvalid) { // the foreign key of the leads
		return &core.Error{Kind: core.ErrState, Code: code, Message: message}
	}
	return err
}

func (s store) DeleteTracker(ctx context.Context, id core.ID[crm.Tracker], was int64) error {
	res, err := s.Delete(bunstore.Shared, (*trackerRow)(nil)).Where("tr.id = ?", id).Where("tr.version = ?", was).Exec(ctx)
	return s.inUse(bunstore.One(res, err, s.Session, core.Stale("tracker")), "tracker_in_use", "the tracker has leads: delete them, or deactivate it")
}

var trackerOrder = bunstore.Order[trackerRow]{
	Name: "name", Column: "name_key", Value: func(r *trackerRow) string { return r.NameKey }, Bind: bunstore.BindText,
}

func (s store) ListTrackers(ctx context.Context, f crm.TrackerFilter, p core.Page) (core.List[crm.Tracker], error) {
	var rows []trackerRow
	q := s.Select(bunstore.Shared, &rows)
	if f.Active != nil {
		q = q.Where("tr.active = ?", *f.Active)
	}
	page, err := bunstore.List(ctx, s.Session, q, &rows, trackerOrder, p,
		func(r *trackerRow) uuid.UUID { return r.ID.UUID }, func(r *trackerRow) trackerRow { return *r })
	if err != nil {
		return core.List[crm.Tracker]{}, err
	}
	whole, err := s.whole(ctx, page.Items)
	return core.List[crm.Tracker]{Items: whole, Next: page.Next}, err
}

func (s store) TakeTurn(ctx context.Context, id core.ID[crm.Tracker], next func(crm.Credits)) error {
	var row turnsRow
	if err := s.Lock(s.Select(bunstore.Shared, &row).Where("tu.tracker_id = ?", id)).Scan(ctx); err != nil {
		return s.missing(err, "tracker")
	}
	if row.Credits == nil {
		row.Credits = crm.Credits{}
	}
	next(row.Credits)
	row.UpdatedAt = s.Env().Time()
	_, err := s.Update(bunstore.Shared, &row).Column("credits", "updated_at").Where("tu.tracker_id = ?", id).Exec(ctx)
	return s.Fail(err)
}
