package crm

import (
	"encoding/json"
	"errors"
	"os"

	"github.com/clientele-crm/clientele/core"
)

// importSpill remembers the contacts that a dry run would have stored, and finds them by id,
// by address and, without one, by name, as the store would. They lie in temporary files, so that memory stays the
// same however many they are.
type importSpill struct {
	contacts *os.File // one JSON text after the other
	end      int64
	places   *spillIndex // of what id, which address and the last of which name is where
}

// spilled is a contact in the file.
type spilled struct {
	Contact Contact
	Fresh   bool // the dry run would have made it

	Namesake spillPlace // the one of the same name that was put before, or none
}

func newImportSpill() (*importSpill, error) {
	contacts, err := os.CreateTemp("", "clientele-import-*")
	if err != nil {
		return nil, err
	}
	places, err := newSpillIndex(1 << 12)
	if err != nil {
		return nil, errors.Join(err, discard(contacts))
	}
	return &importSpill{contacts: contacts, places: places}, nil
}

func (s *importSpill) close() {
	// Nothing is lost with a temporary file that cannot be removed.
	_ = errors.Join(discard(s.contacts), s.places.close())
}

func discard(f *os.File) error { return errors.Join(f.Close(), os.Remove(f.Name())) }

// put remembers a contact, instead of what was remembered of it before.
func (s *importSpill) put(rostered *rostered) error {
	c := &rostered.now
	keys, name := c.AddressKeys(), spillHash("name", core.Fold(c.Name))
	entry := spilled{Contact: *c, Fresh: rostered.fresh}
	var err error
	if len(keys) == 0 {
		if entry.Namesake, _, err = s.places.get(name); err != nil {
			return err
		}
	}
	place, err := s.write(entry)
	if err != nil {
		return err
	}
	if err := s.places.set(spillHash("id", c.ID.String()), place); err != nil {
		return err
	}
	if err := s.putAlike(rostered); err != nil {
		return err
	}
	if len(keys) == 0 {
		return s.places.set(name, place)
	}
	for _, key := range keys {
		if err := s.places.set(spillHash(string(key.Kind), key.Key), place); err != nil {
			return err
		}
	}
	return nil
}

// write adds a text of JSON to the file.
func (s *importSpill) write(entry any) (spillPlace, error) {
	text, err := json.Marshal(entry)
	if err != nil {
		return spillPlace{}, err
	}
	place := spillPlace{Offset: s.end, Size: int64(len(text))}
	s.end += place.Size
	_, err = s.contacts.WriteAt(text, place.Offset)
	return place, err
}

// overlay puts into the roster what earlier batches would have left in the store.
func (s *importSpill) overlay(r *roster, batch []*importedRow) (err error) {
	if err := s.overlayAlikes(r); err != nil {
		return err
	}
	named := map[string]bool{}
	var stored []core.ID[Contact]
	for id := range r.byID {
		stored = append(stored, id)
	}
	for _, id := range stored {
		err = errors.Join(err, s.enter(r, spillHash("id", id.String())))
	}
	for _, row := range batch {
		if len(row.faults) > 0 {
			continue
		}
		row.eachKey(func(_ string, key AddressKey) {
			err = errors.Join(err, s.enter(r, spillHash(string(key.Kind), key.Key)))
		})
		if !row.id.IsZero() {
			err = errors.Join(err, s.enter(r, spillHash("id", row.id.String())))
		}
		if row.nameKey != "" && !named[row.nameKey] {
			named[row.nameKey] = true
			err = errors.Join(err, s.enterNamed(r, spillHash("name", row.nameKey)))
		}
	}
	return err
}

// enterNamed enters all that were put with a name.
func (s *importSpill) enterNamed(r *roster, hash [16]byte) error {
	place, _, err := s.places.get(hash)
	for err == nil && place.Size > 0 {
		var c spilled
		if err = s.read(place, &c); err != nil {
			break
		}
		place, err = c.Namesake, s.enter(r, spillHash("id", c.Contact.ID.String()))
	}
	return err
}

// enter puts a contact into the roster as it was left last. The place of an address may be
// out of date: the contact may have changed without it since.
func (s *importSpill) enter(r *roster, hash [16]byte) error {
	place, found, err := s.places.get(hash)
	if err != nil || !found {
		return err
	}
	var c spilled
	if err := s.read(place, &c); err != nil {
		return err
	}
	latest, _, err := s.places.get(spillHash("id", c.Contact.ID.String()))
	if err != nil {
		return err
	}
	if latest != place {
		if err := s.read(latest, &c); err != nil {
			return err
		}
	}
	if before := r.byID[c.Contact.ID]; before != nil {
		r.leave(before)
	}
	r.enter(&rostered{now: c.Contact, was: &c.Contact, fresh: c.Fresh})
	return nil
}

func (s *importSpill) read(p spillPlace, entry any) error {
	text := make([]byte, p.Size)
	if _, err := s.contacts.ReadAt(text, p.Offset); err != nil {
		return err
	}
	return json.Unmarshal(text, entry)
}
