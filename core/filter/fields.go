package filter

import "slices"

// Kind is what sort of values a field has, and so how it can be compared.
type Kind int

// The kinds.
const (
	Text   Kind = iota // compared without case and accents: is, in, startsWith, contains, has
	Key                // compared as it is: is, in, has
	Truth              // true or false: is
	Time               // instants: from, before, has
	Whole              // whole numbers: is, from, before, has
	Day                // days of the calendar, "2026-01-31": is, from, before, has
	Any                // of which only is known whether there is one: has
	Number             // decimal numbers as Read makes them comparable, byte by byte: is, from, before, has
)

var ops = map[Kind][]Op{
	Text:  {Is, In, StartsWith, Contains, Has, HasNot},
	Key:   {Is, In, Has, HasNot},
	Truth: {Is},
	Time:  {From, Before, Has, HasNot},
	Whole: {Is, From, Before, Has, HasNot},
	Day:   {Is, From, Before, Has, HasNot},
	Any:   {Has, HasNot},

	Number: {Is, From, Before, Has, HasNot},
}

// Ops are the ways in which fields of the kind are compared.
func (k Kind) Ops() []Op { return slices.Clone(ops[k]) }

// Field is one thing by which rows of R can be chosen.
type Field[R any] struct {
	Name string
	Kind Kind

	// Values are a row's values of the field, in the form in which they are compared: texts
	// (folded for Text), bool for Truth, [time.Time] for Time, int64 for Whole. None: it has none. A
	// row with several is met by any of them.
	Values func(*R) []any

	// Read brings an operand of is and in, and any of a Number, into that form, with the error of a
	// wrong one. Nil: as the kind does by itself.
	Read func(text string) (string, error)
}

// Fields are the fields of a row, by which a filter is checked.
type Fields[R any] []Field[R]

func (fs Fields[R]) find(name string) (*Field[R], bool) {
	i := slices.IndexFunc(fs, func(f Field[R]) bool { return f.Name == name })
	if i < 0 {
		return nil, false
	}
	return &fs[i], true
}
