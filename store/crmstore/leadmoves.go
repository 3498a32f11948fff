package crmstore

import (
	"context"

	"github.com/google/uuid"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// titledMoveRow is a move with the title of its lead.
type titledMoveRow struct {
	moveRow `bun:",extend"`
	Title   string `bun:",scanonly"`
}

var newestTitledMoves = bunstore.Order[titledMoveRow]{
	Name: "-createdAt", Column: "created_at", Desc: true,
	Value: func(r *titledMoveRow) string { return bunstore.TimeText(r.CreatedAt) }, Bind: bunstore.BindTime,
}

func (s store) MovesOf(ctx context.Context, contact core.ID[crm.Contact], p core.Page) (core.List[crm.TitledMove], error) {
	var rows []titledMoveRow
	q := s.Select(ofOwnLead, &rows).ColumnExpr("mv.*").ColumnExpr("of.title").
		Join("JOIN crm_leads AS of ON of.company_id = mv.company_id AND of.id = mv.lead_id").
		Where("mv.contact_id = ?", contact)
	return bunstore.List(ctx, s.Session, q, &rows, newestTitledMoves, p,
		func(r *titledMoveRow) uuid.UUID { return r.ID.UUID },
		func(r *titledMoveRow) crm.TitledMove {
			return crm.TitledMove{LeadMove: r.move(), Title: r.Title}
		})
}
