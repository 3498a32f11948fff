package schedulingstore

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/scheduling/slots"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// whoRow is a member whose time is asked for.
type whoRow struct {
	bun.BaseModel `bun:"table:who,alias:who"`

	Place int
	ID    core.UserID `bun:"type:uuid"`
}

// packed are the numbers of a row of the members' time, which are two: when it begins, and all else that is
// asked for, in the bits that [unpack] knows. Buffers are a day at most, and so is a time.
const packed = "string_agg(CAST(se.busy_from AS TEXT) || ' ' || CAST((((se.busy_until - se.busy_from) * 2048 + se.buffer_before) * 2048 + se.buffer_after) * 4" +
	" + CASE WHEN se.buffers = ? THEN 2 ELSE 0 END + CASE WHEN se.agenda_id = ? THEN 1 ELSE 0 END AS TEXT), ' ') AS busy"

// BusyTime reads numbers from one index, and a text of them for each member: a row for each of perhaps ten
// thousand times would take the driver longer than the database takes to find them.
func (s store) BusyTime(ctx context.Context, b scheduling.BusyQuery) ([][]slots.Busy, error) {
	list := make([][]slots.Busy, len(b.Members))
	if len(b.Members) == 0 {
		return list, nil
	}
	who := make([]whoRow, len(b.Members))
	for i, id := range b.Members {
		who[i] = whoRow{Place: i, ID: id}
	}
	busy := s.Select(bunstore.Shared, (*seatRow)(nil)).ColumnExpr(packed, slots.Max, b.Agenda).
		Where("se.member_id = who.id").Where("(se.hold_until IS NULL OR se.hold_until > ?)", b.Now.UTC()).
		Apply(during(b.From, b.Until))
	if len(b.Except) > 0 {
		busy = busy.Where("se.appointment_id NOT IN (?)", bun.List(b.Except))
	}
	rows, err := s.Across((*whoRow)(nil)).With("who", s.Values(&who)).ColumnExpr("who.place").ColumnExpr("(?)", busy).Rows(ctx)
	if err != nil {
		return nil, s.Fail(err)
	}
	defer rows.Close()
	return list, s.Fail(scanBusy(rows, list))
}

// scanBusy reads the busy time of each member to their place in the list.
func scanBusy(rows *sql.Rows, list [][]slots.Busy) (err error) {
	var place int
	var text sql.RawBytes
	for rows.Next() {
		if err := rows.Scan(&place, &text); err != nil {
			return err
		}
		if list[place], err = unpackAll(text); err != nil {
			return err
		}
	}
	return rows.Err()
}

// unpackAll reads the times of a member, by their start.
func unpackAll(text []byte) ([]slots.Busy, error) {
	const perTime = 30 // characters, or more
	list := make([]slots.Busy, 0, len(text)/perTime+1)
	for len(text) > 0 {
		var from, rest int64
		var okFrom, okRest bool
		from, text, okFrom = number(text)
		rest, text, okRest = number(text)
		if !okFrom || !okRest {
			return nil, fmt.Errorf("the members' time is not in numbers: %.40q", text)
		}
		list = append(list, unpack(from, rest))
	}
	byStart := func(a, b slots.Busy) int { return cmp.Compare(a.Start.UnixMicro(), b.Start.UnixMicro()) }
	if !slices.IsSortedFunc(list, byStart) { // the index has them so, but no database says so
		slices.SortFunc(list, byStart)
	}
	return list, nil
}

// unpack is the time of two numbers; see packed.
func unpack(from, rest int64) slots.Busy {
	start := time.UnixMicro(from).UTC()
	return slots.Busy{
		Start: start, End: start.Add(time.Duration(rest>>24) * time.Microsecond),
		Before: slots.Minutes(rest >> 13 & 2047), After: slots.Minutes(rest >> 2 & 2047),
		Larger: rest&2 != 0, Seats: int(rest & 1),
	}
}

// number reads a number and the space behind it.
func number(text []byte) (n int64, rest []byte, ok bool) {
	negative := len(text) > 0 && text[0] == '-'
	if negative {
		text = text[1:]
	}
	i := 0
	for ; i < len(text) && text[i] != ' '; i++ {
		if text[i] < '0' || text[i] > '9' {
			return 0, text, false
		}
		n = n*10 + int64(text[i]-'0')
	}
	if negative {
		n = -n
	}
	return n, text[min(i+1, len(text)):], i > 0
}
