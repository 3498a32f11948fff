package bunstore

import (
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	"github.com/uptrace/bun/schema"
)

func TestALongRowTakesNoRoomForOthersLikeIt(t *testing.T) {
	t.Parallel()
	type said struct {
		bun.BaseModel `bun:"table:said"`
		Text          string
	}
	rows := make([]said, insertRows)
	rows[0].Text = strings.Repeat("long ", 40_000)
	dialect := inUTC(sqlitedialect.New())
	table := dialect.Tables().Get(reflect.TypeFor[*said]())
	l := literalsOf(schema.NewQueryGen(dialect), table.Fields[0], reflect.ValueOf(rows))
	require.Equal(t, "'"+rows[0].Text+"'", string(l.of(0)))
	require.Equal(t, "''", string(l.of(insertRows-1)))
	require.Less(t, cap(l.text), 2*insertBytes)
	text := commonText(schema.NewQueryGen(dialect), table, reflect.ValueOf(rows[:2]))
	require.Equal(t, `INSERT INTO "said" ("text") SELECT column1 FROM (VALUES ('`+rows[0].Text+`'), (''))`, text)
}
