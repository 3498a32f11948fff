package crm

import (
	"slices"
	"strconv"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm/duplicates"
)

// spilledKey is one of those that share a key: a list from the newest back, of the oldest that a
// block may have.
type spilledKey struct {
	ID     core.ID[Contact]
	Before spillPlace
	N      int
}

func alikeHash(key int64) [16]byte { return spillHash("alike", strconv.FormatInt(key, 36)) }

// putAlike makes a contact one that is found by the keys of its profile, if it has one.
func (s *importSpill) putAlike(c *rostered) error {
	if c.profile == nil {
		return nil
	}
	for key := range c.profile.Keys().All {
		entry := spilledKey{ID: c.now.ID, N: 1}
		place, found, err := s.places.get(alikeHash(key))
		if err != nil {
			return err
		}
		if found {
			var last spilledKey
			if err := s.read(place, &last); err != nil {
				return err
			}
			if last.N == duplicates.MaxBlock || last.ID == entry.ID {
				continue
			}
			entry.Before, entry.N = place, last.N+1
		}
		if place, err = s.write(entry); err != nil {
			return err
		}
		if err := s.places.set(alikeHash(key), place); err != nil {
			return err
		}
	}
	return nil
}

// overlayAlikes puts among those that rows may be duplicates of what earlier batches would have left.
func (s *importSpill) overlayAlikes(r *roster) error {
	if r.alikes == nil {
		return nil
	}
	var ids []core.ID[Contact]
	for id := range r.alikes.latest {
		ids = append(ids, id)
	}
	for key := range r.alikes.wanted {
		some, err := s.sharing(key)
		if err != nil {
			return err
		}
		ids = append(ids, some...)
	}
	slices.SortFunc(ids, func(a, b core.ID[Contact]) int { return slices.Compare(a.UUID[:], b.UUID[:]) }) // the oldest first
	for _, id := range slices.Compact(ids) {
		place, found, err := s.places.get(spillHash("id", id.String()))
		if err != nil || !found {
			if err != nil {
				return err
			}
			continue
		}
		var c spilled
		if err := s.read(place, &c); err != nil {
			return err
		}
		p := duplicates.Of(c.Contact.Compared())
		r.alikes.add(contactState{id, c.Contact.Version, c.Fresh}, p)
		r.alikes.kin[id] = &rostered{now: c.Contact, was: &c.Contact, fresh: c.Fresh, listed: true, profile: p}
	}
	return nil
}

// sharing are the contacts that were put with a key.
func (s *importSpill) sharing(key int64) (ids []core.ID[Contact], err error) {
	place, _, err := s.places.get(alikeHash(key))
	for err == nil && place.Size > 0 {
		var entry spilledKey
		if err = s.read(place, &entry); err == nil {
			ids, place = append(ids, entry.ID), entry.Before
		}
	}
	return ids, err
}
