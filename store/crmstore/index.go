package crmstore

import (
	"context"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// indexBatch is how many contacts are indexed in one transaction.
const indexBatch = 500

// Index makes contacts findable that are older than the search, of all companies: run it after
// [bunstore.DB.Migrate], as often as one likes. It works in small transactions, goes on where
// it was broken off, and reads nothing where nothing is left to do. Until it has come by, a contact is
// not found by words, nor by a filter of its location, designation or industry.
func Index(ctx context.Context, db *bunstore.DB) error {
	for {
		n, err := indexSome(ctx, db.Session(core.Scope{}))
		if err != nil || n == 0 {
			return err
		}
	}
}

func indexSome(ctx context.Context, all *bunstore.Session) (n int, err error) {
	err = all.Atomic(ctx, func(all *bunstore.Session) error {
		var rows []contactRow
		err := all.Across(&rows).ExcludeColumn("words").Where("c.words IS NULL").OrderExpr("c.company_id, c.id").Limit(indexBatch).Scan(ctx)
		if err != nil {
			return all.Fail(err)
		}
		n = len(rows)
		for i := range rows {
			s := store{all.In(core.Scope{Company: rows[i].CompanyID})}
			row := s.contactRow(rows[i].Contact)
			// Who has changed it meanwhile has given it its words.
			_, err := s.Update(bunstore.Shared, &row).Column(onlyToFind...).Where("c.id = ?", row.ID).Where("c.words IS NULL").Exec(ctx)
			if err != nil {
				return s.Fail(err)
			}
		}
		return nil
	})
	return n, err
}
