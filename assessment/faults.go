package assessment

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/clientele-crm/clientele/core"
)

// faults gathers what is wrong with a definition, up to a hundred things.
type faults struct{ core.Faults }

func (f *faults) add(pointer, rule, format string, args ...any) {
	if len(f.Faults) < maxFaults {
		f.Add(pointer, rule, fmt.Sprintf(format, args...))
	}
}

// text notes that a text is not right, and changes nothing.
func (f *faults) text(pointer, value string, limit int, required bool) {
	if required && strings.TrimSpace(value) == "" {
		f.add(pointer, "required", "is missing")
		return
	}
	if len(f.Faults) < maxFaults {
		f.Text(pointer, value, limit)
	}
}

// number notes that a number is out of its bounds.
func (f *faults) number(pointer string, n Number, limit int64) bool {
	if n.Cmp(Int(limit)) > 0 || n.Cmp(Int(-limit)) < 0 {
		f.add(pointer, "range", "has to be from %d to %d", -limit, limit)
		return false
	}
	return true
}

// count notes that there are too many.
func (f *faults) count(pointer string, n, limit int) bool {
	if n > limit {
		f.add(pointer, "max_items", "has more than %d", limit)
	}
	return n <= limit
}

// id notes that something is no identifier.
func (f *faults) id(pointer, id string) {
	ok := id != "" && len(id) <= maxID
	for i := range len(id) {
		switch c := id[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '.', c == '_', c == '-':
		default:
			ok = false
		}
	}
	if !ok {
		f.add(pointer, "id", "has to be 1 to %d letters, digits, \".\", \"_\" or \"-\"", maxID)
	}
}

// at is a JSON pointer to an element of an array.
func at(array string, i int) string { return array + "/" + strconv.Itoa(i) }

// in is a JSON pointer to a member of an object.
func in(object, name string) string {
	if strings.ContainsAny(name, "~/") {
		name = strings.ReplaceAll(strings.ReplaceAll(name, "~", "~0"), "/", "~1")
	}
	return object + "/" + name
}
