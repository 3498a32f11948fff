package crmstore

import (
	"maps"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// leadColumns are where the fields of a filter of leads are.
var leadColumns = map[string]bunstore.Column{
	"title":             {Value: "l.title_key", Listed: true},
	"description":       bunstore.Filled("l.description").Seldom(),
	"status":            {Value: "l.status"},
	"reached":           bunstore.Filled("l.reached"),
	"source":            bunstore.Filled("l.source"),
	"lostReason":        bunstore.Filled("l.lost_reason").Seldom(),
	"currency":          bunstore.Filled("l.value_currency"),
	"estimatedValue":    {Value: "l.value_minor", Has: "l.value_currency <> ''"},
	"expectedCloseDate": bunstore.Filled("l.expected_close_date").List(),
	"closedOn":          bunstore.Filled("l.closed_on"),
	"enteredAt":         {Value: "l.entered_at"},
	"createdAt":         {Value: "l.created_at"},
	"updatedAt":         {Value: "l.updated_at"},
	"trackerId":         {Value: "l.tracker_id", Listed: true},
	"contactId":         {Value: "l.contact_id", Listed: true},
	"assignedToId":      bunstore.Nullable("l.assigned_to_id").List(),
	"createdById":       bunstore.Nullable("l.created_by_id").List(),
}

// leadColumnsWith are those with the fields of a tracker.
func leadColumnsWith(fields map[string]core.ID[crm.Field]) map[string]bunstore.Column {
	if len(fields) == 0 {
		return leadColumns
	}
	columns := maps.Clone(leadColumns)
	for name, id := range fields {
		columns[name] = bunstore.Column{
			Value: "val.sort_key", Listed: true,
			Hung: bunstore.Hung{Table: "crm_lead_values AS val", Alias: "val", Row: "lead_id", Where: "NOT val.old AND val.field_id = '" + id.String() + "'"},
		}
	}
	return columns
}
