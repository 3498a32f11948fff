package bunstore

import (
	"reflect"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	"github.com/uptrace/bun/schema"

	"github.com/clientele-crm/clientele/core"
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

func TestWhatColumnsHaveAlikeIsInATextOnce(t *testing.T) {
	t.Parallel()
	type entity struct{}
	type row struct {
		bun.BaseModel `bun:"table:said"`
		ID            core.ID[entity]
		Said          uuid.UUID
		By            core.ID[entity]
		Made          string
		Changed       string
		One, Other    int // the same digits in both rows together
	}
	dialect := inUTC(sqlitedialect.New())
	table := dialect.Tables().Get(reflect.TypeFor[*row]())
	id := core.ID[entity]{UUID: uuid.MustParse("00112233-4455-6677-8899-aabbccddeeff")}
	rows := []row{{ID: id, By: id, Made: "a", Changed: "a", One: 1, Other: 12}, {Said: id.UUID, By: id, Made: "a'b", Changed: "a'b", One: 23, Other: 3}}
	want := `INSERT INTO "said" ("id", "said", "by", "made", "changed", "one", "other") SELECT column1, column2, '00112233-4455-6677-8899-aabbccddeeff', column3, column3, column4, column5` +
		` FROM (VALUES ('00112233-4455-6677-8899-aabbccddeeff', '00000000-0000-0000-0000-000000000000', 'a', 1, 12), (NULL, '00112233-4455-6677-8899-aabbccddeeff', 'a''b', 23, 3))`
	require.Equal(t, want, commonText(schema.NewQueryGen(dialect), table, reflect.ValueOf(rows)))
}
