package main

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"log"
	"os"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store/bunstore"
	"github.com/clientele-crm/clientele/store/postgres"
	"github.com/clientele-crm/clientele/store/sqlite"
)

// The shop is the application that was there before: it has a database, and a customer.
func main() {
	ctx := context.Background()
	shop, db, err := open(ctx, cmp.Or(strings.Join(os.Args[1:], ""), "shop.db"))
	if err != nil {
		log.Fatal(err)
	}
	defer shop.Close()
	tenant := core.Tenant{ID: core.CompanyID{UUID: uuid.New()}, Name: "The shop", ContactPolicy: []string{"email"}}
	if err := db.EnsureCompany(ctx, tenant); err != nil {
		log.Fatal(err)
	}
	ada := crm.NewContact{Name: "Ada Lovelace", Email: "ada@example.org"}
	if err := order(ctx, shop, db, core.Scope{Company: tenant.ID, Actor: core.System()}, "A-"+uuid.NewString(), ada); err != nil {
		log.Fatal(err)
	}
	fmt.Println("ordered by", ada.Name)
}

// open opens the application's database as it always did, and Clientele's tables in it.
func open(ctx context.Context, dsn string) (shop *sql.DB, db *bunstore.DB, err error) {
	if strings.HasPrefix(dsn, "postgres:") {
		config, err := pgx.ParseConfig(dsn)
		if err != nil {
			return nil, nil, err
		}
		config.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
		shop = stdlib.OpenDB(*config)
		db = postgres.New(shop)
	} else {
		const settings = "?_pragma=foreign_keys(1)&_pragma=busy_timeout(5000)&_txlock=immediate&_time_format=sqlite&_timezone=UTC"
		if shop, err = sql.Open("sqlite", "file:"+dsn+settings); err != nil {
			return nil, nil, err
		}
		if db, err = sqlite.New(ctx, shop); err != nil {
			return nil, nil, err
		}
	}
	_, err = shop.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS orders (number TEXT PRIMARY KEY, customer TEXT NOT NULL)")
	if err != nil {
		return nil, nil, err
	}
	return shop, db, db.Migrate(ctx)
}
