package crmstore

import (
	"context"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// indexed are the columns of a contact that it fills.
var indexed = []string{"words", "company_key", "location_key", "designation_key", "industry_key"}

// indexBatch is how many rows are indexed in one transaction.
const indexBatch = 500

// Index makes contacts and leads findable that are older than the search, of all companies: run it
// after [bunstore.DB.Migrate], as often as one likes. It works in small transactions, goes on where
// it was broken off, and reads nothing where nothing is left to do. Until it has come by, they are
// not found by words, nor contacts by a filter of their location, designation or industry.
func Index(ctx context.Context, db *bunstore.DB) error {
	all := db.Session(core.Scope{})
	for _, some := range []func(context.Context, *bunstore.Session) (int, error){indexContacts, indexLeads} {
		for {
			var n int
			err := all.Atomic(ctx, func(all *bunstore.Session) (err error) {
				n, err = some(ctx, all)
				return err
			})
			if err != nil {
				return err
			}
			if n == 0 {
				break
			}
		}
	}
	return nil
}

func indexContacts(ctx context.Context, all *bunstore.Session) (n int, err error) {
	var rows []contactRow
	err = all.Lock(all.Across(&rows).ExcludeColumn("words").Where("c.words IS NULL").OrderExpr("c.company_id, c.id").Limit(indexBatch)).Scan(ctx)
	if err != nil {
		return 0, all.Fail(err)
	}
	for i := range rows {
		s := store{all.In(core.Scope{Company: rows[i].CompanyID})}
		row := s.contactRow(rows[i].Contact)
		_, err := s.Update(bunstore.Shared, &row).Column(indexed...).Where("c.id = ?", row.ID).Exec(ctx)
		if err != nil {
			return 0, s.Fail(err)
		}
	}
	return len(rows), nil
}

func indexLeads(ctx context.Context, all *bunstore.Session) (n int, err error) {
	var rows []leadRow
	err = all.Across(&rows).Where("l.words IS NULL").OrderExpr("l.company_id, l.id").Limit(indexBatch).Scan(ctx)
	if err != nil {
		return 0, all.Fail(err)
	}
	for i := range rows {
		s := store{all.In(core.Scope{Company: rows[i].CompanyID})}
		whole, err := s.wholeLeads(ctx, rows[i:i+1])
		if err != nil {
			return 0, err
		}
		row := s.leadRow(whole[0])
		_, err = s.Update(bunstore.Shared, row).Column("words").Where("l.id = ?", row.ID).Where("l.words IS NULL").Exec(ctx)
		if err != nil {
			return 0, s.Fail(err)
		}
	}
	return len(rows), nil
}
