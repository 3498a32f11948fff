// Join puts a CRM into an application's own database: an order of the application's and a
// contact are written in one transaction, and are both there or both not.
//
//	go run ./examples/join             # SQLite, in shop.db
//	go run ./examples/join postgres://…
package main

import (
	"context"
	"database/sql"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// order takes an order from a customer who may be new: in the application's transaction.
func order(ctx context.Context, shop *sql.DB, db *bunstore.DB, as core.Scope, number string, by crm.NewContact) error {
	tx, err := shop.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after the commit there is nothing to roll back
	customer, err := clientele.New(db).WorkspaceIn(db.Join(as, tx)).Contacts.Create(ctx, by)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO orders (number, customer) VALUES ($1, $2)", number, customer.ID)
	if err != nil {
		return err
	}
	return tx.Commit()
}
