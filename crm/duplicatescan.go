package crm

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/clientele-crm/clientele/core"
)

// The sizes of a page's work: how many contacts are compared at once, and for one page.
const (
	scanBatch = 200
	scanMost  = 2000
)

// scanOrder is the name of the scan's order in its cursors.
const scanOrder = "duplicates"

// ListDuplicates reads a page of the pairs of contacts that may be one person, by the id of the
// newer contact and then of the older one. A page looks at no more than 2,000 contacts, so it
// may have few pairs or none and yet a next page: the list is at its end where Next is empty. What was
// marked by [Contacts.MarkDistinct] is left out.
func (s *Contacts) ListDuplicates(ctx context.Context, f DuplicateFilter, p core.Page) (core.List[DuplicatePair], error) {
	if err := errors.Join(s.require(core.ContactsRead), f.check()); err != nil {
		return core.List[DuplicatePair]{}, err
	}
	limit, err := p.Size()
	if err != nil {
		return core.List[DuplicatePair]{}, err
	}
	scan := pairScan{tx: s.work.Plain(), filter: f, limit: limit}
	if err := scan.begin(p.Cursor); err != nil {
		return core.List[DuplicatePair]{}, err
	}
	for seen := 0; !scan.ended; seen += scanBatch {
		if seen >= scanMost {
			break
		}
		if err := scan.batch(ctx); err != nil {
			return core.List[DuplicatePair]{}, err
		}
	}
	return scan.page, nil
}

// pairScan is a scan of all contacts on its way through one page.
type pairScan struct {
	tx     Tx
	filter DuplicateFilter
	limit  int

	at, after core.ID[Contact] // the newer contact to go on with, and the older one that was told last
	page      core.List[DuplicatePair]
	ended     bool // the page is full, or there are no more contacts
}

func (s *pairScan) begin(cursor string) error {
	s.page.Items = []DuplicatePair{}
	if cursor == "" {
		return nil
	}
	c, err := core.DecodeCursor(cursor, scanOrder)
	if err != nil {
		return err
	}
	s.at = core.ID[Contact]{UUID: c.ID}
	if s.after.UUID, err = uuid.Parse(c.Value); err != nil {
		return core.Faults{{Field: "/cursor", Rule: "cursor", Message: "is not a cursor of this list"}}.Err()
	}
	return nil
}

// goOn makes the next page begin at the newer contact, after the older one.
func (s *pairScan) goOn(at, after core.ID[Contact]) {
	s.at, s.after = at, after
	s.page.Next = core.Cursor{Order: scanOrder, Value: after.String(), ID: at.UUID}.Encode()
}

// pending is a pair whose older contact is not read yet.
type pending struct {
	with  found
	newer *Contact
}

// batch compares the next contacts with all that are older.
func (s *pairScan) batch(ctx context.Context) error {
	cs, err := s.tx.Store.LiveContacts(ctx, s.at, scanBatch+1)
	if err != nil {
		return err
	}
	some := cs[:min(len(cs), scanBatch)]
	all, err := findDuplicates(ctx, s.tx, some)
	if err != nil {
		return err
	}
	var pairs []pending
	for i := range some {
		for _, d := range olderThan(some[i].ID, s.at, s.after, s.filter.of(all[i])) {
			pairs = append(pairs, pending{d, &some[i]})
		}
	}
	room := s.limit - len(s.page.Items)
	switch {
	case len(pairs) > room:
		last := pairs[room-1]
		pairs = pairs[:room]
		s.goOn(last.newer.ID, last.with.Name)
		s.ended = true
	case len(cs) > scanBatch:
		s.goOn(cs[scanBatch].ID, core.ID[Contact]{})
		s.ended = len(pairs) == room
	default:
		s.page.Next, s.ended = "", true
	}
	return s.tell(ctx, pairs)
}

// tell adds pairs to the page. Who was deleted meanwhile is left out.
func (s *pairScan) tell(ctx context.Context, pairs []pending) error {
	some := make([]found, len(pairs))
	for i := range pairs {
		some[i] = pairs[i].with
	}
	older, err := contactsOf(ctx, s.tx, some)
	if err != nil {
		return err
	}
	for _, p := range pairs {
		if c, is := older[p.with.Name]; is {
			s.page.Items = append(s.page.Items, DuplicatePair{c, *p.newer, p.with.Match})
		}
	}
	return nil
}
