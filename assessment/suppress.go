package assessment

import (
	"context"
	"maps"
	"slices"
	"strings"
)

// suppressBatch is how many lines are made alike at a time: it bounds the memory. What holds of
// each batch holds of all.
const suppressBatch = 10_000

// alike writes the lines without small cells, sorted: their order would tell who came when.
func (e *Export) alike(ctx context.Context, write func([]string) error) error {
	fields := e.fields()
	flush := func(lines []line) error {
		if people(lines) < minStatistics {
			return nil // one person may answer often, and the others may be deleted meanwhile
		}
		suppress(lines, fields)
		slices.SortFunc(lines, func(a, b line) int { return slices.Compare(a.cells, b.cells) })
		for _, l := range lines {
			if err := write(l.cells); err != nil {
				return err
			}
		}
		return nil
	}
	var lines []line
	for r, err := range e.responses(ctx) {
		if err != nil {
			return err
		}
		lines = append(lines, line{e.row(&r), r.ContactID})
		if len(lines) == suppressBatch+minStatistics { // so that the last batch is never too small
			if err := flush(lines[:suppressBatch]); err != nil {
				return err
			}
			lines = slices.Clone(lines[suppressBatch:])
		}
	}
	return flush(lines)
}

// line is what is written of a response, and who it is of.
type line struct {
	cells []string
	who   ContactID
}

// people counts who the lines are of. Whom nobody knows is somebody else each time.
func people(lines []line) (n int) {
	known := map[ContactID]bool{}
	for _, l := range lines {
		if l.who.IsZero() || !known[l.who] {
			n++
		}
		known[l.who] = true
	}
	return n
}

// field is the columns from one to before another that are shown or suppressed together.
type field struct{ from, to int }

// fields are those of an anonymous line.
func (e *Export) fields() (fields []field) {
	end := 0
	add := func(columns int) {
		if columns > 0 {
			fields = append(fields, field{end, end + columns})
			end += columns
		}
	}
	for i := range e.v.items {
		switch q := e.v.items[i].question; {
		case q.chooses():
			add(len(q.Options))
		case q.Type == RatingScale:
			add(1)
		}
	}
	for end < len(e.header()) {
		add(1)
	}
	return fields
}

// suppress empties what fewer than the minimum of people have in common: afterwards each line is the
// same in these fields as those of enough others. The lines, alike in the fields before, are of
// enough people.
func suppress(lines []line, fields []field) {
	if len(fields) == 0 {
		return
	}
	f := fields[0]
	groups := map[string][]line{}
	for _, l := range lines {
		value := strings.Join(l.cells[f.from:f.to], "\x00")
		groups[value] = append(groups[value], l)
	}
	nothing := strings.Repeat("\x00", f.to-f.from-1)
	empty := groups[nothing]
	delete(groups, nothing)
	values := slices.Sorted(maps.Keys(groups))
	sizes := make(map[string]int, len(groups))
	for value, group := range groups {
		sizes[value] = people(group)
	}
	slices.SortStableFunc(values, func(a, b string) int { return sizes[a] - sizes[b] })
	for _, value := range values {
		group := groups[value]
		if sizes[value] >= minStatistics && (len(empty) == 0 || people(empty) >= minStatistics) {
			suppress(group, fields[1:])
			continue
		}
		for _, l := range group {
			clear(l.cells[f.from:f.to])
		}
		empty = append(empty, group...)
	}
	if len(empty) > 0 {
		suppress(empty, fields[1:])
	}
}
