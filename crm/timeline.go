package crm

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/clientele-crm/clientele/core"
)

// TimelineEntry is one thing that happened with a contact.
type TimelineEntry struct {
	Kind  string      `json:"kind"`            // what the id is of: note, activity, lead_move, consent, merge, appointment, assessment_response, …
	ID    uuid.UUID   `json:"id"`              // of the thing itself
	At    time.Time   `json:"at"`              // when it happened; of an appointment, when it begins
	Title string      `json:"title"`           // a line about it
	ByID  core.UserID `json:"byId,omitzero"`   // who did it, where that is known
	Of    *core.Ref   `json:"of,omitempty"`    // what it belongs to: the lead of a move, the form of a response
	State string      `json:"state,omitempty"` // how it stands: open, done, a stage, a status
}

// TimelineSource is where entries of a contact's timeline come from. Each package has its own,
// and package clientele brings them together.
type TimelineSource interface {
	// Timeline is the newest of the contact's entries that lie behind the page's place: the newest
	// first, and those of one instant by their ids from the highest on. Next says only whether
	// there are more. Who may not see what it is about is told of nothing.
	Timeline(ctx context.Context, contact core.ID[Contact], p TimelinePage) (core.List[TimelineEntry], error)
}

// TimelinePage asks a source for a part of a timeline.
type TimelinePage struct {
	Limit  int
	behind *core.Cursor // nil: from the newest on
}

// Page is the same part of a list that is in the given order: by a time and then by id, the newest
// first.
func (p TimelinePage) Page(order string) core.Page {
	page := core.Page{Limit: p.Limit}
	if p.behind != nil {
		page.Cursor = core.Cursor{Order: order, Value: p.behind.Value, ID: p.behind.ID}.Encode()
	}
	return page
}

// TimelineOf makes entries of a list, for a source. A list that the actor may not read is empty.
func TimelineOf[T any](l core.List[T], err error, entry func(*T) TimelineEntry) (core.List[TimelineEntry], error) {
	if errors.Is(err, core.ErrForbidden) {
		return core.List[TimelineEntry]{}, nil
	}
	entries := core.List[TimelineEntry]{Items: make([]TimelineEntry, len(l.Items)), Next: l.Next}
	for i := range l.Items {
		entries.Items[i] = entry(&l.Items[i])
	}
	return entries, err
}

// Timeline is the service of what happened with a contact, in every package.
type Timeline struct {
	work   core.Work[Tx]
	others func() []TimelineSource
}

// NewTimeline is the service over a store, with what this package knows of a contact and the
// sources of others, which are asked for when somebody reads a timeline.
func NewTimeline(work core.Work[Tx], others func() []TimelineSource) *Timeline {
	return &Timeline{work, others}
}

func (s *Timeline) sources() []TimelineSource {
	return append([]TimelineSource{noteSource{s.work}, activitySource{s.work}, leadMoveSource{s.work},
		consentSource{s.work}, mergeSource{s.work, false}, mergeSource{s.work, true}}, s.others()...)
}

// timelineOrder is the order of a timeline's cursors.
const timelineOrder = "timeline"

// List reads a page of a contact's timeline, the newest first. It needs [core.ContactsRead]; each
// source asks for the permission to read what it tells of. It asks every source once, whichever
// the page is.
func (s *Timeline) List(ctx context.Context, contact core.ID[Contact], p core.Page) (core.List[TimelineEntry], error) {
	var none core.List[TimelineEntry]
	if err := permit(s.work, core.ContactsRead); err != nil {
		return none, err
	}
	limit, err := p.Size()
	if err != nil {
		return none, err
	}
	page, err := timelinePage(p.Cursor, limit)
	if err != nil {
		return none, err
	}
	return ofSurvivor(ctx, s.work.Plain(), contact, func(c Contact) (core.List[TimelineEntry], bool, error) {
		l, err := s.read(ctx, c.ID, page)
		return l, false, err // what there is of it says nothing of the rest, which may have moved since
	})
}

// read asks every source once.
func (s *Timeline) read(ctx context.Context, contact core.ID[Contact], page TimelinePage) (core.List[TimelineEntry], error) {
	sources := s.sources()
	all, more := make([]TimelineEntry, 0, page.Limit*len(sources)), false
	for _, source := range sources {
		l, err := source.Timeline(ctx, contact, page)
		if err != nil {
			return core.List[TimelineEntry]{}, err
		}
		all, more = append(all, l.Items...), more || l.Next != ""
	}
	return newest(all, page.Limit, more), nil
}

// timelinePage is the page behind a cursor, whose value has to be a time.
func timelinePage(cursor string, limit int) (TimelinePage, error) {
	if cursor == "" {
		return TimelinePage{Limit: limit}, nil
	}
	c, err := core.DecodeCursor(cursor, timelineOrder)
	return TimelinePage{Limit: limit, behind: &c}, err
}

// newest is the first page of entries, of which there may be more in their sources.
func newest(all []TimelineEntry, limit int, more bool) core.List[TimelineEntry] {
	slices.SortFunc(all, func(a, b TimelineEntry) int {
		if c := b.At.Compare(a.At); c != 0 {
			return c
		}
		return slices.Compare(b.ID[:], a.ID[:])
	})
	l := core.List[TimelineEntry]{Items: all[:min(limit, len(all))]}
	if len(l.Items) > 0 && (more || len(all) > limit) {
		last := l.Items[len(l.Items)-1]
		l.Next = core.Cursor{Order: timelineOrder, Value: last.At.UTC().Format(time.RFC3339Nano), ID: last.ID}.Encode()
	}
	return l
}
