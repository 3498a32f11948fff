package core

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
)

// MarshalJSON writes the names of the set, in the order of their declaration.
func (s Permissions) MarshalJSON() ([]byte, error) {
	names := []string{}
	for p := range s.All() {
		names = append(names, p.String())
	}
	return json.Marshal(names)
}

// UnmarshalJSON reads an array of names. A name that is no permission is [ErrInvalid].
func (s *Permissions) UnmarshalJSON(data []byte) error {
	var names []string
	if err := json.Unmarshal(data, &names); err != nil {
		return err
	}
	ps := make([]Permission, len(names))
	for i, name := range names {
		p, err := ParsePermission(name)
		if err != nil {
			return err
		}
		ps[i] = p
	}
	*s = PermissionSet(ps...)
	return nil
}

// Value implements [driver.Valuer]: a set is stored as its JSON.
func (s Permissions) Value() (driver.Value, error) {
	text, err := s.MarshalJSON()
	return string(text), err
}

// Scan implements [database/sql.Scanner]. Names that are no permissions any more are left
// out: a role that had one goes on working without.
func (s *Permissions) Scan(src any) error {
	var text []byte
	switch v := src.(type) {
	case string:
		text = []byte(v)
	case []byte:
		text = v
	default:
		return fmt.Errorf("a set of permissions cannot be read from %T", src)
	}
	var names []string
	if err := json.Unmarshal(text, &names); err != nil {
		return fmt.Errorf("a set of permissions: %w", err)
	}
	*s = Permissions{}
	for _, name := range names {
		if p, err := ParsePermission(name); err == nil {
			s.bits[p/64] |= 1 << (p % 64)
		}
	}
	return nil
}
