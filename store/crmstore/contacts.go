package crmstore

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/filter"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// contactRow is a contact with the keys that it is sorted and found by.
type contactRow struct {
	bun.BaseModel `bun:"table:crm_contacts,alias:c"`

	CompanyID      core.CompanyID
	NameKey        string
	CompanyKey     string
	LocationKey    string
	DesignationKey string
	IndustryKey    string
	matchKeys
	Words string // what it is searched by; see bunstore.Session.Words
	crm.Contact
}

func (s store) contactRow(c crm.Contact) contactRow {
	if c.Tags == nil {
		c.Tags = []string{}
	}
	if c.OtherAddresses == nil {
		c.OtherAddresses = []crm.Address{}
	}
	return contactRow{
		CompanyID: s.Scope().Company, NameKey: core.Fold(c.Name), CompanyKey: core.Fold(c.Company),
		LocationKey: core.Fold(c.Location), DesignationKey: core.Fold(c.Designation), IndustryKey: core.Fold(c.Industry),
		Words: s.Session.Words(c.Words()), matchKeys: matchKeysOf(&c), Contact: c,
	}
}

// contacts are seen by those who made them or look after them.
var (
	contacts = bunstore.Table{Own: "(?TableAlias.created_by_id = ?0 OR ?TableAlias.owner_id = ?0)"}
	ofOwn    = bunstore.Table{Own: "EXISTS (SELECT 1 FROM crm_contacts AS own WHERE own.company_id = ?TableAlias.company_id" +
		" AND own.id = ?TableAlias.contact_id AND (own.created_by_id = ?0 OR own.owner_id = ?0))"}
)

func (s store) InsertContacts(ctx context.Context, cs ...crm.Contact) error {
	if len(cs) == 0 {
		return nil
	}
	if err := bunstore.InsertEach(ctx, s.Session, len(cs), func(i int) contactRow { return s.contactRow(cs[i]) }); err != nil {
		return err
	}
	if err := s.insertAddresses(ctx, cs); err != nil {
		return err
	}
	return s.insertTags(ctx, cs)
}

func (s store) Contact(ctx context.Context, id core.ID[crm.Contact]) (crm.Contact, error) {
	var row contactRow
	if err := s.Select(contacts, &row).ExcludeColumn(onlyToFind...).Where("c.id = ?", id).Scan(ctx); err != nil {
		return crm.Contact{}, s.missing(err, "contact")
	}
	return row.Contact, nil
}

func (s store) HoldContact(ctx context.Context, id core.ID[crm.Contact]) (crm.Contact, error) {
	var row contactRow
	if err := s.Share(s.Select(contacts, &row).Where("c.id = ?", id)).Scan(ctx); err != nil {
		return crm.Contact{}, s.missing(err, "contact")
	}
	return row.Contact, nil
}

func (s store) ReplaceContacts(ctx context.Context, changes ...crm.ContactChange) error {
	for _, c := range changes {
		was, now := s.contactRow(c.Was), s.contactRow(c.Now)
		res, err := s.Update(contacts, &now).Column(bunstore.Changed(s.Session, &was, &now)...).
			Value("words", unlessMissing("words"), now.Words).Value("match_name", unlessMissing("match_name"), now.MatchName).
			Where("c.id = ?", c.Was.ID).Where("c.version = ?", c.Was.Version).Exec(ctx)
		if err := bunstore.One(res, err, s.Session, core.Stale("contact")); err != nil {
			return err
		}
	}
	if err := s.replaceAddresses(ctx, changes); err != nil {
		return err
	}
	return s.replaceTags(ctx, changes)
}

// unlessMissing is a column's new value where it has one: by those that have none yet, Index and KeyContacts come upon
// contacts that are older than all that they fill.
func unlessMissing(column string) string {
	return "CASE WHEN c." + column + " IS NULL THEN c." + column + " ELSE ? END"
}

// onlyToFind are columns by which contacts are found and that nobody reads.
var onlyToFind = []string{
	"words", "company_key", "location_key", "designation_key", "industry_key",
	"match_name", "match_place",
}

var contactOrders = []bunstore.Order[contactRow]{
	{Name: "name", Column: "name_key", Value: func(r *contactRow) string { return r.NameKey }, Bind: bunstore.BindText},
	{Name: "-name", Column: "name_key", Desc: true, Value: func(r *contactRow) string { return r.NameKey }, Bind: bunstore.BindText},
	{Name: "createdAt", Column: "created_at", Value: createdText, Bind: bunstore.BindTime},
	{Name: "-createdAt", Column: "created_at", Desc: true, Value: createdText, Bind: bunstore.BindTime},
	{Name: "updatedAt", Column: "updated_at", Value: updatedText, Bind: bunstore.BindTime},
	{Name: "-updatedAt", Column: "updated_at", Desc: true, Value: updatedText, Bind: bunstore.BindTime},
}

func createdText(r *contactRow) string { return bunstore.TimeText(r.CreatedAt) }
func updatedText(r *contactRow) string { return bunstore.TimeText(r.UpdatedAt) }

func (s store) listContacts(ctx context.Context, f crm.ContactFilter, p core.Page) (core.List[crm.Contact], error) {
	order, err := bunstore.Find(contactOrders, string(f.Sort))
	if err != nil {
		return core.List[crm.Contact]{}, err
	}
	var rows []contactRow
	q, err := s.filtered(ctx, f, &rows)
	if err != nil {
		return core.List[crm.Contact]{}, err
	}
	return bunstore.List(ctx, s.Session, q.ExcludeColumn(onlyToFind...), &rows, order, p,
		func(r *contactRow) uuid.UUID { return r.ID.UUID },
		func(r *contactRow) crm.Contact { return r.Contact })
}

func (s store) contactBatch(ctx context.Context, f crm.ContactFilter, p core.Page) (core.List[crm.Contact], error) {
	f.Sort = crm.ByCreated
	order, err := bunstore.Find(contactOrders, string(f.Sort))
	if err != nil {
		return core.List[crm.Contact]{}, err
	}
	var rows []contactRow
	q, err := s.filtered(ctx, f, &rows)
	if err != nil {
		return core.List[crm.Contact]{}, err
	}
	return bunstore.Batch(ctx, s.Session, q, &rows, order, p, append([]string{"company_id", "name_key"}, onlyToFind...),
		func(r *contactRow) uuid.UUID { return r.ID.UUID },
		func(r *contactRow) crm.Contact { return r.Contact })
}

func (s store) countContacts(ctx context.Context, f crm.ContactFilter, limit int) (int, error) {
	var rows []contactRow
	f.Sort = crm.ByName // a count has no order: whatever index is the shortest
	q, err := s.filtered(ctx, f, &rows)
	if err != nil {
		return 0, err
	}
	return bunstore.Count(ctx, s.Session, q, limit)
}

// filtered is the contacts that f lets through.
func (s store) filtered(ctx context.Context, f crm.ContactFilter, rows *[]contactRow) (*bun.SelectQuery, error) {
	q := s.Select(contacts, rows)
	if f.Deleted {
		q = q.Where("c.deleted_at IS NOT NULL")
	} else {
		q = q.Where("c.deleted_at IS NULL")
	}
	if f.Type != "" {
		q = q.Where("c.type = ?", f.Type)
	}
	q = between(q, "created_at", f.CreatedFrom, f.CreatedBefore)
	q = between(q, "updated_at", f.UpdatedFrom, f.UpdatedBefore)
	byName := f.Sort == crm.ByName || f.Sort == crm.ByNameDesc
	return s.Find(ctx, q, bunstore.Wanted{
		Table: "crm_contacts", Alias: "c", Name: "crm_contact", Search: f.Words(), Filters: append(plain(f), f.Conditions()...), Columns: contactColumns,
		Ordered: byName, ByName: byName,
	})
}

// plain are the conditions of f that have an index, as conditions of a filter.
func plain(f crm.ContactFilter) (nodes []filter.Node) {
	is := func(field string, value any) {
		nodes = append(nodes, filter.Node{Test: filter.Test{Field: field, Op: filter.Is, Operands: []any{value}}})
	}
	if !f.Category.IsZero() {
		is("categoryId", f.Category)
	}
	if !f.Owner.IsZero() {
		is("ownerId", f.Owner)
	}
	if f.Active != nil {
		is("active", *f.Active)
	}
	if f.Incomplete != nil {
		is("incomplete", *f.Incomplete)
	}
	if f.Source != "" {
		is("source", f.Source)
	}
	if f.Company != "" {
		is("company", core.Fold(f.Company))
	}
	if f.Tag != "" {
		is("tag", core.Fold(f.Tag))
	}
	if f.Email != "" {
		is("email", f.Email.Key())
	}
	if f.Phone != "" {
		is("phone", f.Phone.Key())
	}
	return nodes
}

// between keeps the rows whose column is in the half-open range; a zero time is no bound.
func between(q *bun.SelectQuery, column string, from, before time.Time) *bun.SelectQuery {
	if !from.IsZero() {
		q = q.Where("?TableAlias.? >= ?", bun.Ident(column), from.UTC())
	}
	if !before.IsZero() {
		q = q.Where("?TableAlias.? < ?", bun.Ident(column), before.UTC())
	}
	return q
}

// missing is NotFound of the entity if err is of no row.
func (s store) missing(err error, entity string) error {
	if err = s.Fail(err); errors.Is(err, core.ErrNotFound) {
		return core.NotFound(entity)
	}
	return err
}
