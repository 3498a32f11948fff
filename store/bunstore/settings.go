package bunstore

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
)

type settingRow struct {
	bun.BaseModel `bun:"table:core_settings,alias:st"`

	Name      string
	Value     string
	CreatedAt time.Time
}

// ID is by what the database is told from others, wherever it is restored to: a UUID. Its
// tables have to be there.
func (db *DB) ID(ctx context.Context) (string, error) {
	s := db.Session(core.Scope{Actor: core.System()})
	row := settingRow{Name: "id", Value: db.Env.UUID().String(), CreatedAt: db.Env.Time()}
	if _, err := s.Insert(&row).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
		return "", s.Fail(err)
	}
	err := s.Across(&row).Where("st.name = 'id'").Scan(ctx)
	return row.Value, s.Fail(err)
}
