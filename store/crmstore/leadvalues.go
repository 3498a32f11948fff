package crmstore

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// valueRow is a value of a lead; of a multi_select, one option.
type valueRow struct {
	bun.BaseModel `bun:"table:crm_lead_values,alias:lv"`

	CompanyID core.CompanyID
	FieldID   core.ID[crm.Field]
	LeadID    core.ID[crm.Lead]
	Old       bool
	Position  int
	Value     string
	SortKey   string
	CreatedAt time.Time
	UpdatedAt time.Time

	// Of the field.
	Name      string        `bun:",scanonly"`
	Label     string        `bun:",scanonly"`
	Type      crm.FieldType `bun:",scanonly"`
	RetiredAt *time.Time    `bun:",scanonly"`
}

func (s store) insertValues(ctx context.Context, l crm.Lead, v crm.ValueChange) error {
	if len(v.Rows) == 0 {
		return nil
	}
	rows := make([]valueRow, len(v.Rows))
	for i, r := range v.Rows {
		rows[i] = valueRow{
			CompanyID: s.Scope().Company, FieldID: r.FieldID, LeadID: l.ID, Old: r.Old, Position: r.Position,
			Value: r.Value, SortKey: r.SortKey, CreatedAt: l.UpdatedAt, UpdatedAt: l.UpdatedAt,
		}
	}
	_, err := s.Insert(&rows).Exec(ctx)
	return s.Fail(err)
}

// replaceValues is only called behind a change of the lead's row, which has the actor's limits.
func (s store) replaceValues(ctx context.Context, l crm.Lead, v crm.ValueChange) error {
	if len(v.Fields) > 0 {
		_, err := s.Delete(bunstore.Shared, (*valueRow)(nil)).Where("lv.lead_id = ?", l.ID).
			Where("lv.field_id IN (?)", bun.List(v.Fields)).Where("NOT lv.old").Exec(ctx)
		if err != nil {
			return s.Fail(err)
		}
	}
	return s.insertValues(ctx, l, v)
}

// wholeLeads are the leads of the rows with their values, in one query for all of them.
func (s store) wholeLeads(ctx context.Context, rows []leadRow) ([]crm.Lead, error) {
	found := make([]crm.Lead, len(rows))
	ids := make([]core.ID[crm.Lead], len(rows))
	at := map[core.ID[crm.Lead]]*crm.Lead{}
	for i := range rows {
		found[i] = rows[i].lead()
		ids[i], at[rows[i].ID] = rows[i].ID, &found[i]
	}
	if len(rows) == 0 {
		return found, nil
	}
	var values []valueRow
	err := s.Select(bunstore.Shared, &values).
		Column("field_id", "lead_id", "old", "position", "value").ColumnExpr("fi.name, fi.label, fi.type, fi.retired_at").
		Join("JOIN crm_fields AS fi ON fi.company_id = lv.company_id AND fi.id = lv.field_id").
		Where("lv.lead_id IN (?)", bun.List(ids)).OrderExpr("lv.lead_id, lv.field_id, lv.old, lv.position").Scan(ctx)
	if err != nil {
		return nil, s.Fail(err)
	}
	for i := range values {
		values[i].addTo(at[values[i].LeadID])
	}
	return found, nil
}

func (r *valueRow) addTo(l *crm.Lead) {
	switch {
	case r.Old || r.RetiredAt != nil:
		l.OldValues = append(l.OldValues, crm.OldValue{Field: r.Name, Label: r.Label, Value: r.Value})
	case r.Type == crm.MultiSelectField:
		l.Values[r.Name] = crm.FieldValue{Chosen: append(l.Values[r.Name].Chosen, r.Value)}
	default:
		l.Values[r.Name] = crm.Text(r.Value)
	}
}
