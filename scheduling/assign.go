package scheduling

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/scheduling/slots"
)

// Assigned says why an appointment has its members.
type Assigned string

// The reasons.
const (
	ByRequest  Assigned = "requested"    // the member was asked for, or put in by hand
	ByOrder    Assigned = "first_free"   // the first in the agenda's order who is free
	AsOnlyOne  Assigned = "only_free"    // nobody else is free
	ByWeight   Assigned = "least_share"  // has had the least for their weight in the last 90 days
	ByRecency  Assigned = "longest_ago"  // of those with the least, was booked last the longest ago
	ByID       Assigned = "lowest_id"    // of those alike in both, has the lowest id
	Everybody  Assigned = "collective"   // all of them
	KeptMember Assigned = "kept_members" // had it before it was moved, or the one before it in its series, and is free
)

// turnsSince is how far back a round robin looks.
const turnsSince = 90 * 24 * time.Hour

// assign chooses whom of those free an appointment is for; free are places in the agenda.
func (d *desk) assign(ctx context.Context, free []int, wanted core.UserID) (members []core.UserID, by Assigned, err error) {
	ids := make([]core.UserID, len(free))
	for i, place := range free {
		ids[i] = d.agenda.Members[place].ID
	}
	switch assignment := d.agenda.Rules.Assignment; {
	case assignment == slots.Collective:
		return ids, Everybody, nil
	case !wanted.IsZero():
		return []core.UserID{wanted}, ByRequest, nil
	case len(ids) == 1:
		return ids, AsOnlyOne, nil
	case assignment == slots.AnyMember:
		return ids[:1], ByOrder, nil
	}
	if err := d.finish(ctx); err != nil { // what a series has booked counts
		return nil, "", err
	}
	turns, err := d.tx.Store.Turns(ctx, d.agenda.ID, d.now.Add(-turnsSince), d.now)
	if err != nil {
		return nil, "", err
	}
	next, by := nextTurn(d.candidates(free, turns))
	return []core.UserID{next}, by, nil
}

// candidate is a member whose turn it may be.
type candidate struct {
	id     core.UserID
	weight int
	count  int
	last   time.Time
}

func (d *desk) candidates(free []int, turns []Turn) []candidate {
	list := make([]candidate, len(free))
	for i, place := range free {
		m := d.agenda.Members[place]
		list[i] = candidate{id: m.ID, weight: m.Weight}
		for _, t := range turns {
			if t.MemberID == m.ID {
				list[i].count, list[i].last = t.Count, t.Last
			}
		}
	}
	return list
}

// nextTurn is the one who had the least for their weight, or of those the one whose last turn was
// the longest ago, or of those the one with the lowest id; and which of these it was.
func nextTurn(list []candidate) (core.UserID, Assigned) {
	share := func(a, b candidate) int { return cmp.Compare(a.count*b.weight, b.count*a.weight) }
	recency := func(a, b candidate) int { return a.last.Compare(b.last) }
	slices.SortFunc(list, func(a, b candidate) int {
		return cmp.Or(share(a, b), recency(a, b), bytes.Compare(a.id.UUID[:], b.id.UUID[:]))
	})
	first, second := list[0], list[1]
	switch {
	case share(first, second) != 0:
		return first.id, ByWeight
	case recency(first, second) != 0:
		return first.id, ByRecency
	}
	return first.id, ByID
}
