package duplicates

import (
	"cmp"
	"slices"
)

// MaxBlock is how many of those who share a key somebody is compared with: the oldest of them. A
// key that more have in common says little, and those who are one person most often share
// another, so the work stays in proportion to the number of people.
const MaxBlock = 50

// Index finds the duplicates among the profiles that were added to it. T names a profile. It is
// not safe for concurrent use.
type Index[T comparable] struct {
	blocks   map[int64][]T
	profiles map[T]*Profile
}

// NewIndex is an index without profiles.
func NewIndex[T comparable]() *Index[T] {
	return &Index[T]{map[int64][]T{}, map[T]*Profile{}}
}

// Add makes a profile one that is found. Those added first are the oldest.
func (x *Index[T]) Add(name T, p *Profile) {
	if x.profiles[name] != nil {
		return
	}
	x.profiles[name] = p
	for k := range p.keys.All {
		if len(x.blocks[k]) < MaxBlock {
			x.blocks[k] = append(x.blocks[k], name)
		}
	}
}

// All are the keys that there are, each once or more.
func (k Keys) All(yield func(int64) bool) {
	for _, some := range [][]int64{k.Phones, k.Emails, {k.Name}, {k.Place}} {
		for _, key := range some {
			if key != 0 && !yield(key) {
				return
			}
		}
	}
}

// Found is a profile of an index that somebody was compared with.
type Found[T comparable] struct {
	Name T
	Match
}

// Find is those of the profiles that are at least [Possible] to be the same person as p, the
// highest score first, and of one score those that were added first.
func (x *Index[T]) Find(p *Profile) []Found[T] {
	var found []Found[T]
	tried := map[T]bool{}
	for k := range p.keys.All {
		for _, name := range x.blocks[k] {
			if tried[name] {
				continue
			}
			tried[name] = true
			if m := Compare(x.profiles[name], p); m.Likelihood != Unlikely {
				found = append(found, Found[T]{name, m})
			}
		}
	}
	slices.SortStableFunc(found, func(a, b Found[T]) int { return cmp.Compare(b.Score, a.Score) })
	return found
}
