package crmstore

import (
	"context"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/words"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// searched is what is read of rows that a search finds; see [bunstore.Session.Searching].
func searched[T any](ctx context.Context, s store, search words.Query, read func(store) (T, error)) (found T, err error) {
	err = s.Searching(ctx, search, func(session *bunstore.Session) (err error) {
		found, err = read(store{session})
		return err
	})
	return found, err
}

func (s store) ListContacts(ctx context.Context, f crm.ContactFilter, p core.Page) (core.List[crm.Contact], error) {
	return searched(ctx, s, f.Words(), func(s store) (core.List[crm.Contact], error) { return s.listContacts(ctx, f, p) })
}

func (s store) ContactBatch(ctx context.Context, f crm.ContactFilter, p core.Page) (core.List[crm.Contact], error) {
	return searched(ctx, s, f.Words(), func(s store) (core.List[crm.Contact], error) { return s.contactBatch(ctx, f, p) })
}

func (s store) CountContacts(ctx context.Context, f crm.ContactFilter, limit int) (int, error) {
	return searched(ctx, s, f.Words(), func(s store) (int, error) { return s.countContacts(ctx, f, limit) })
}

func (s store) ListLeads(ctx context.Context, q crm.LeadQuery, p core.Page) (core.List[crm.Lead], error) {
	return searched(ctx, s, q.Words, func(s store) (core.List[crm.Lead], error) { return s.listLeads(ctx, q, p) })
}

func (s store) LeadBatch(ctx context.Context, q crm.LeadQuery, p core.Page) (core.List[crm.Lead], error) {
	return searched(ctx, s, q.Words, func(s store) (core.List[crm.Lead], error) { return s.leadBatch(ctx, q, p) })
}

func (s store) CountLeads(ctx context.Context, q crm.LeadQuery, limit int) (int, error) {
	return searched(ctx, s, q.Words, func(s store) (int, error) { return s.countLeads(ctx, q, limit) })
}
