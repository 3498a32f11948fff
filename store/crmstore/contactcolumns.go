package crmstore

import "github.com/clientele-crm/clientele/store/bunstore"

// contactColumns are where the fields of a filter of contacts are.
var contactColumns = map[string]bunstore.Column{
	"name":            {Value: "c.name_key"},
	"location":        bunstore.Filled("c.location_key"),
	"company":         bunstore.Filled("c.company_key"),
	"designation":     bunstore.Filled("c.designation_key"),
	"industry":        bunstore.Filled("c.industry_key"),
	"type":            bunstore.Filled("c.type"),
	"source":          bunstore.Filled("c.source"),
	"website":         bunstore.Filled("c.website"),
	"timezone":        bunstore.Filled("c.timezone"),
	"locale":          bunstore.Filled("c.locale"),
	"personalityType": bunstore.Filled("c.personality_type"),
	"innerDrives":     bunstore.Filled("c.inner_drives"),
	"baselines":       bunstore.Filled("c.baselines"),
	"traits":          bunstore.Filled("c.traits"),
	"notes":           bunstore.Filled("c.notes"),
	"active":          {Value: "c.active"},
	"incomplete":      {Value: "c.incomplete"},
	"createdAt":       {Value: "c.created_at"},
	"updatedAt":       {Value: "c.updated_at"},
	"categoryId":      bunstore.Nullable("c.category_id"),
	"ownerId":         bunstore.Nullable("c.owner_id"),
	"createdById":     bunstore.Nullable("c.created_by_id"),

	"tag":   {Value: "tag.tag_key", Of: "c.id IN (SELECT tag.contact_id FROM crm_contact_tags AS tag WHERE tag.company_id = ? AND ?)"},
	"email": {Value: "address.address_key", Of: "c.id IN (SELECT address.contact_id FROM crm_contact_addresses AS address WHERE address.company_id = ? AND address.kind = 'email' AND ?)"},
	"phone": {Value: "address.address_key", Of: "c.id IN (SELECT address.contact_id FROM crm_contact_addresses AS address WHERE address.company_id = ? AND address.kind = 'phone' AND ?)"},
}
