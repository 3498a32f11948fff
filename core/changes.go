package core

import (
	"bytes"
	"encoding/json"
	"errors"
)

// Changes compares the JSON of a row before and after, field by field, as texts. Either may
// be nil. Fields that are equal are left out, and so are those that are absent on one side
// and empty on the other: nothing became of nothing.
func Changes(before, after json.RawMessage) (map[string]AuditChange, error) {
	changes := map[string]AuditChange{}
	err := compare(before, after, func(quoted, was, is json.RawMessage) error {
		var name string
		if err := json.Unmarshal(quoted, &name); err != nil {
			return err
		}
		changes[name] = AuditChange{Old: was, New: is}
		return nil
	})
	return changes, err
}

// EncodeChanges is the JSON of [Changes]. It only copies, where encoding the map would take
// longer than all the rest of writing an audit entry.
func EncodeChanges(before, after json.RawMessage) (json.RawMessage, error) {
	text := append(make(json.RawMessage, 0, len(before)+2*len(after)), '{')
	err := compare(before, after, func(quoted, was, is json.RawMessage) error {
		if len(text) > 1 {
			text = append(text, ',')
		}
		text = append(append(text, quoted...), ":{"...)
		if was != nil {
			text = append(append(text, `"old":`...), was...)
		}
		if was != nil && is != nil {
			text = append(text, ',')
		}
		if is != nil {
			text = append(append(text, `"new":`...), is...)
		}
		text = append(text, '}')
		return nil
	})
	return append(text, '}'), err
}

// compare tells of each field that differs, by its quoted name.
func compare(before, after json.RawMessage, tell func(quoted, was, is json.RawMessage) error) error {
	was, err := membersOf(before)
	if err != nil {
		return err
	}
	is, err := membersOf(after)
	if err != nil {
		return err
	}
	for i, w := range was {
		now := find(is, w.quoted, i)
		if bytes.Equal(now, w.value) || now == nil && w.empty() {
			continue
		}
		if err := tell(w.quoted, w.value, now); err != nil {
			return err
		}
	}
	for i, n := range is {
		if n.empty() || find(was, n.quoted, i) != nil {
			continue
		}
		if err := tell(n.quoted, nil, n.value); err != nil {
			return err
		}
	}
	return nil
}

// member is a field of a JSON object, as it is written there.
type member struct{ quoted, value json.RawMessage }

// empty reports whether the value says nothing.
func (m member) empty() bool {
	switch string(m.value) {
	case `""`, "[]", "{}", "null":
		return true
	}
	return false
}

// find is the value of a field, which most likely is at the given place.
func find(members []member, quoted json.RawMessage, likely int) json.RawMessage {
	if likely < len(members) && bytes.Equal(members[likely].quoted, quoted) {
		return members[likely].value
	}
	for _, m := range members {
		if bytes.Equal(m.quoted, quoted) {
			return m.value
		}
	}
	return nil
}

var errNotObject = errors.New("is not a JSON object")

// membersOf splits a JSON object into its fields. Of what the encoder writes it needs to
// know only where strings and brackets end.
func membersOf(object json.RawMessage) (members []member, err error) {
	rest := bytes.TrimSpace(object)
	if len(rest) == 0 || bytes.Equal(rest, []byte("null")) {
		return nil, nil
	}
	if len(rest) < 2 || rest[0] != '{' || rest[len(rest)-1] != '}' {
		return nil, errNotObject
	}
	rest = bytes.TrimSpace(rest[1 : len(rest)-1])
	members = make([]member, 0, 40)
	for len(rest) > 0 {
		quoted := rest[:valueEnd(rest, ':')]
		if len(quoted) == len(rest) || len(quoted) < 2 || quoted[0] != '"' {
			return nil, errNotObject
		}
		rest = rest[len(quoted)+1:]
		value := rest[:valueEnd(rest, ',')]
		if len(bytes.TrimSpace(value)) == 0 {
			return nil, errNotObject
		}
		rest = bytes.TrimSpace(rest[min(len(value)+1, len(rest)):])
		members = append(members, member{bytes.TrimSpace(quoted), bytes.TrimSpace(value)})
	}
	return members, nil
}

// valueEnd is where the delimiter is outside of strings and brackets, or the end.
func valueEnd(text []byte, delimiter byte) int {
	depth, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			depth--
		case c == delimiter && depth == 0:
			return i
		}
	}
	return len(text)
}
