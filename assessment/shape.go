package assessment

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// shape notes where a value of JSON is not of the type that is read into: what the decoder would
// tell of the first place alone and without a pointer, or, of a name in another case, not at all.
func shape(f *faults, pointer string, t reflect.Type, v any) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if _, ok := reflect.New(t).Interface().(json.Unmarshaler); ok && t != reflect.TypeFor[Condition]() {
		shapeItself(f, pointer, t, v)
		return
	}
	wanted := "an object"
	switch v := v.(type) {
	case map[string]any:
		if t.Kind() == reflect.Struct || t.Kind() == reflect.Map {
			shapeMembers(f, pointer, t, v)
			return
		}
	case []any:
		if t.Kind() == reflect.Slice {
			for i, element := range v {
				shape(f, at(pointer, i), t.Elem(), element)
			}
			return
		}
	}
	ok := false
	switch t.Kind() {
	case reflect.Slice:
		wanted = "a list"
	case reflect.Bool:
		wanted = "true or false"
		_, ok = v.(bool)
	case reflect.String:
		wanted = "a text"
		_, ok = v.(string)
	case reflect.Int, reflect.Int64:
		wanted = "a whole number"
		n, is := v.(json.Number)
		_, err := n.Int64()
		ok = is && err == nil
	}
	if !ok {
		f.add(pointer, "type", "has to be %s", wanted)
	}
}

// shapeMembers notes what is wrong with the members of an object.
func shapeMembers(f *faults, pointer string, t reflect.Type, object map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(object)) {
		below := in(pointer, short(name))
		if t.Kind() == reflect.Map {
			shape(f, below, t.Elem(), object[name])
			continue
		}
		field, ok := fieldOf(t, name)
		if !ok {
			f.add(below, "unknown_field", "there is no such field")
			continue
		}
		shape(f, below, field, object[name])
	}
}

// shapeItself asks a type that reads itself.
func shapeItself(f *faults, pointer string, t reflect.Type, v any) {
	data, err := json.Marshal(v)
	if err == nil && !bytes.Equal(data, []byte("null")) {
		err = json.Unmarshal(data, reflect.New(t).Interface())
		if err == nil {
			return
		}
	}
	switch t {
	case reflect.TypeFor[Percent]():
		f.add(pointer, "percentage", "is not a percentage with at most two decimals, such as 66.67")
	case reflect.TypeFor[Number]():
		f.add(pointer, "number", "is not a number such as 3, -0.25 or 1/3")
	default:
		f.add(pointer, "type", "has to be an option's id or a rating")
	}
}

// fieldOf is the type of the field of exactly that name.
func fieldOf(t reflect.Type, name string) (reflect.Type, bool) {
	for i := range t.NumField() {
		tag, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if tag == name {
			return t.Field(i).Type, true
		}
	}
	return nil, false
}

// short is a name as it stands in a pointer.
func short(name string) string {
	if r := []rune(name); len(r) > maxID {
		return string(r[:maxID]) + "…"
	}
	return name
}
