package crmstore

import "github.com/clientele-crm/clientele/store/bunstore"

// contactColumns are where the fields of a filter of contacts are. Those that are listed have an index of
// their own, and so have, of those that seldom are filled in, the contacts that have any. By the others a list
// looks at the rows in its order until the page is full.
var contactColumns = map[string]bunstore.Column{
	"name":            {Value: "c.name_key"},
	"location":        bunstore.Filled("c.location_key").List(),
	"company":         bunstore.Filled("c.company_key").List(),
	"designation":     bunstore.Filled("c.designation_key").List(),
	"industry":        bunstore.Filled("c.industry_key").List(),
	"type":            bunstore.Filled("c.type"),
	"source":          bunstore.Filled("c.source").List(),
	"website":         {Value: "c.website", Has: "c.website <> ''", Listed: true, Rare: true, Begin: 100},
	"timezone":        bunstore.Filled("c.timezone").List().Seldom(),
	"locale":          bunstore.Filled("c.locale").List().Seldom(),
	"personalityType": bunstore.Filled("c.personality_type").List().Seldom(),
	"innerDrives":     bunstore.Filled("c.inner_drives").Seldom(),
	"baselines":       bunstore.Filled("c.baselines").Seldom(),
	"traits":          bunstore.Filled("c.traits").Seldom(),
	"notes":           bunstore.Filled("c.notes").Seldom(),
	"active":          {Value: "c.active", Listed: true, Only: false},
	"incomplete":      {Value: "c.incomplete", Listed: true, Only: true},
	"createdAt":       {Value: "c.created_at"},
	"updatedAt":       {Value: "c.updated_at"},
	"categoryId":      inOrders(bunstore.Nullable("c.category_id")),
	"ownerId":         inOrders(bunstore.Nullable("c.owner_id")),
	"createdById":     bunstore.Nullable("c.created_by_id").List(),

	"tag":   {Value: "tag.tag_key", Listed: true, Hung: bunstore.Hung{Table: "crm_contact_tags AS tag", Alias: "tag", Row: "contact_id"}},
	"email": addressColumn("email"),
	"phone": addressColumn("phone"),
}

// inOrders are columns that the indexes of the orders by time have.
func inOrders(c bunstore.Column) bunstore.Column {
	c = c.List()
	c.Ordered = true
	return c
}

func addressColumn(kind string) bunstore.Column {
	return bunstore.Column{
		Value: kind + ".address_key", Listed: true, Unique: true,
		Hung: bunstore.Hung{Table: "crm_contact_addresses AS " + kind, Alias: kind, Row: "contact_id", Where: kind + ".kind = '" + kind + "'"},
	}
}
