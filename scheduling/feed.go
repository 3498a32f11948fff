package scheduling

import (
	"context"
	"time"

	"github.com/clientele-crm/clientele/core"
)

// Feed is a private address at which a calendar program reads the appointments of an agenda or of a
// member. Whoever has the address reads them, until it is rotated or revoked; that of a member is revoked
// when they leave the company or are deactivated.
type Feed struct {
	ID core.ID[Feed] `json:"id"`
	NewFeed
	Stamp
}

// NewFeed says whose appointments a feed has: of an agenda, of a member, or those of a member in an
// agenda.
type NewFeed struct {
	AgendaID core.ID[Agenda] `json:"agendaId,omitzero"` // absent: of all agendas
	MemberID core.UserID     `json:"memberId,omitzero"` // absent: of all members
}

// FeedFilter says which feeds a list has. Several conditions are met all at once.
type FeedFilter struct {
	Agenda core.ID[Agenda]
	Member core.UserID
}

// The events of a feed. Its address is in none.
var (
	FeedCreated = core.EventType[Feed]{Name: "feed.created", Kind: "feed"}
	FeedRotated = core.EventType[Feed]{Name: "feed.rotated", Kind: "feed"}
	FeedRevoked = core.EventType[Feed]{Name: "feed.revoked", Kind: "feed"}
)

// FeedStore keeps feeds, and shows an actor with OwnRows those of which they are the member.
type FeedStore interface {
	// InsertFeed adds a feed, with the hash of its token.
	InsertFeed(ctx context.Context, f Feed, hash string) error

	// Feed reads one.
	Feed(ctx context.Context, id core.ID[Feed]) (Feed, error)

	// ReplaceFeed writes all of f and the hash of a new token if the row's version is still was, else
	// [core.ErrConflict].
	ReplaceFeed(ctx context.Context, f Feed, was int64, hash string) error

	// DeleteFeed removes one.
	DeleteFeed(ctx context.Context, id core.ID[Feed]) error

	// ListFeeds lists them by their age.
	ListFeeds(ctx context.Context, f FeedFilter, p core.Page) (core.List[Feed], error)

	// AppointmentsState tells whether something has changed that the filter lets through.
	AppointmentsState(ctx context.Context, f AppointmentFilter) (State, error)
}

// State is how appointments stand: another one where any of them, or of their series, has changed,
// come, or gone.
type State struct {
	Count     int
	ChangedAt time.Time // the last change; the zero time if there is none
}

// Feeds is the service of a company's feeds. It needs [core.AppointmentsRead] to read. To make, rotate
// and revoke a feed of other people's appointments needs [core.AgendasWrite] too; one's own feed as a
// member does not. An actor with OwnRows has to do with their own only.
type Feeds struct{ work core.Work[Tx] }

// NewFeeds is the service over a store, in the scope of work.
func NewFeeds(work core.Work[Tx]) *Feeds { return &Feeds{work} }

// mayShare is [core.ErrForbidden] unless the actor may let others read what the feed has.
func (s *Feeds) mayShare(f NewFeed) error {
	if err := permit(s.work, core.AppointmentsRead); err != nil {
		return err
	}
	actor := s.work.Plain().Scope.Actor
	if !f.MemberID.IsZero() && f.MemberID == actor.ID {
		return nil
	}
	if actor.OwnRows {
		return &core.Error{Kind: core.ErrForbidden, Code: "own_feeds_only", Message: "only a feed of one's own appointments can be made"}
	}
	return permit(s.work, core.AgendasWrite)
}

// Create makes a feed, and answers its token: shown this once, then kept as a hash only.
func (s *Feeds) Create(ctx context.Context, n NewFeed) (f Feed, token string, err error) {
	if err := s.mayShare(n); err != nil {
		return Feed{}, "", err
	}
	if n == (NewFeed{}) {
		return Feed{}, "", core.Faults{{Field: "/agendaId", Rule: "required", Message: "a feed has to have an agenda or a member"}}.Err()
	}
	token, hash := core.NewToken()
	err = s.work.Atomic(ctx, func(tx Tx) error {
		if !n.AgendaID.IsZero() {
			if _, err := tx.Store.Agenda(ctx, n.AgendaID); err != nil {
				return err
			}
		}
		f = Feed{ID: core.NewID[Feed](tx.Env), NewFeed: n, Stamp: newStamp(tx)}
		if err := tx.Store.InsertFeed(ctx, f, hash); err != nil {
			return err
		}
		return tx.Events.Emit(ctx, FeedCreated.Of(f.ID, nil, &f))
	})
	if err != nil {
		return Feed{}, "", err
	}
	return f, token, nil
}

// Get reads a feed.
func (s *Feeds) Get(ctx context.Context, id core.ID[Feed]) (Feed, error) {
	if err := permit(s.work, core.AppointmentsRead); err != nil {
		return Feed{}, err
	}
	return s.work.Plain().Store.Feed(ctx, id)
}

// List reads a page of the feeds that the filter lets through, the newest first.
func (s *Feeds) List(ctx context.Context, f FeedFilter, p core.Page) (core.List[Feed], error) {
	if err := permit(s.work, core.AppointmentsRead); err != nil {
		return core.List[Feed]{}, err
	}
	return s.work.Plain().Store.ListFeeds(ctx, f, p)
}

// Rotate gives a feed a new token, shown this once. The one before no longer opens it.
func (s *Feeds) Rotate(ctx context.Context, id core.ID[Feed]) (f Feed, token string, err error) {
	token, hash := core.NewToken()
	err = s.change(ctx, id, func(tx Tx, was Feed) error {
		f = was
		f.Version++
		f.UpdatedAt = tx.Env.Time()
		if err := tx.Store.ReplaceFeed(ctx, f, was.Version, hash); err != nil {
			return err
		}
		return tx.Events.Emit(ctx, FeedRotated.Of(id, &was, &f))
	})
	if err != nil {
		return Feed{}, "", err
	}
	return f, token, nil
}

// Revoke ends a feed at once and for good.
func (s *Feeds) Revoke(ctx context.Context, id core.ID[Feed]) error {
	return s.change(ctx, id, func(tx Tx, was Feed) error { return revoke(ctx, tx, was) })
}

// EndFeeds revokes the feeds of a member who is out of the company. It is for the program itself, and asks
// for no permission.
func EndFeeds(ctx context.Context, tx Tx, member core.UserID) error {
	var all []Feed // what is deleted leaves the list
	for f, err := range core.All(ctx, func(ctx context.Context, p core.Page) (core.List[Feed], error) {
		return tx.Store.ListFeeds(ctx, FeedFilter{Member: member}, p)
	}) {
		if err != nil {
			return err
		}
		all = append(all, f)
	}
	for _, f := range all {
		if err := revoke(ctx, tx, f); err != nil {
			return err
		}
	}
	return nil
}

func revoke(ctx context.Context, tx Tx, f Feed) error {
	if err := tx.Store.DeleteFeed(ctx, f.ID); err != nil {
		return err
	}
	return tx.Events.Emit(ctx, FeedRevoked.Of(f.ID, &f, nil))
}

func (s *Feeds) change(ctx context.Context, id core.ID[Feed], do func(Tx, Feed) error) error {
	if err := permit(s.work, core.AppointmentsRead); err != nil {
		return err
	}
	return again(ctx, s.work, func(tx Tx) error {
		was, err := tx.Store.Feed(ctx, id)
		if err != nil {
			return err
		}
		if err := s.mayShare(was.NewFeed); err != nil {
			return err
		}
		return do(tx, was)
	})
}
