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
	if err := s.Select(contacts, &rows).Where("c.id IN (?)", bun.List(ids)).Scan(ctx); err != nil {
		return nil, s.Fail(err)
	}
	found := make([]crm.Contact, len(rows))
	for i := range rows {
		found[i] = rows[i].Contact
	}
	return found, nil
}

func (s store) HeldAddresses(ctx context.Context, keys []crm.AddressKey) ([]crm.AddressKey, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	var rows []addressRow
	if err := s.held(keys, &rows).Scan(ctx); err != nil {
		return nil, s.Fail(err)
	}
	held := make([]crm.AddressKey, len(rows))
	for i, row := range rows {
		held[i] = crm.AddressKey{Kind: row.Kind, Key: row.AddressKey}
	}
	return held, nil
}

// held is the rows of those of the addresses that live contacts have, whoever may see them.
func (s store) held(keys []crm.AddressKey, rows any) *bun.SelectQuery {
	byKind := map[crm.AddressKind][]string{}
	for _, k := range keys {
		byKind[k.Kind] = append(byKind[k.Kind], k.Key)
	}
	return s.Select(bunstore.Shared, rows).WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
		for kind, values := range byKind {
			q = q.WhereOr("ca.kind = ? AND ca.address_key IN (?)", kind, bun.List(values))
		}
		return q
	})
}
