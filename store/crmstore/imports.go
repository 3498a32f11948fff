package crmstore

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store/bunstore"
)

func (s store) ContactsByID(ctx context.Context, ids []core.ID[crm.Contact]) ([]crm.Contact, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var rows []contactRow
	if err := s.Select(contacts, &rows).ExcludeColumn(onlyToFind...).Where("c.id IN (?)", bun.List(ids)).Scan(ctx); err != nil {
		return nil, s.Fail(err)
	}
	found := make([]crm.Contact, len(rows))
	for i := range rows {
		found[i] = rows[i].Contact
	}
	return found, nil
}

func (s store) ContactsNamed(ctx context.Context, folded []string) ([]crm.Contact, error) {
	if len(folded) == 0 {
		return nil, nil
	}
	var rows []contactRow
	err := s.Select(contacts, &rows).ExcludeColumn(onlyToFind...).Where("c.name_key IN (?)", bun.List(folded)).Where("c.deleted_at IS NULL").
		Where("c.phone = ''").Where("c.email = ''").Scan(ctx)
	if err != nil {
		return nil, s.Fail(err)
	}
	var found []crm.Contact
	for i := range rows {
		if len(rows[i].OtherAddresses) == 0 {
			found = append(found, rows[i].Contact)
		}
	}
	return found, nil
}

func (s store) CategoriesNamed(ctx context.Context, folded []string) ([]crm.Category, error) {
	if len(folded) == 0 {
		return nil, nil
	}
	var rows []categoryRow
	if err := s.Select(bunstore.Shared, &rows).Where("cat.name_key IN (?)", bun.List(folded)).Scan(ctx); err != nil {
		return nil, s.Fail(err)
	}
	found := make([]crm.Category, len(rows))
	for i := range rows {
		found[i] = rows[i].Category
	}
	return found, nil
}

func (s store) ContactsGrown(ctx context.Context) error {
	return s.Analyze(ctx, "crm_contacts (company_id, id, match_name, match_place)", "crm_contact_addresses (company_id, kind, address_key, contact_id, match_key)",
		"crm_contact_tags (company_id, tag_key, contact_id)")
}
