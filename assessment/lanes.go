package assessment

import "math/bits"

// lane is where a sum is kept among words. Sums that are small enough lie beside each other in
// one word, so that an answer adds what it gives to all of them at once. Each is counted from
// the least that it can be, and has room for the most: none runs over into the next.
type lane struct {
	word, shift int
	mask        uint64
}

// in reads the lane.
func (l lane) in(words []uint64) int64 { return int64(words[l.word] >> l.shift & l.mask) }

// lay places a lane for each sum, and notes what each choice adds to them.
func (c *compiler) lay() {
	const word = 64
	used := word // of the last
	for i := range c.full {
		width := max(bits.Len64(uint64(c.full[i].meanHigh-c.full[i].meanLow)), 1)
		if used+width > word {
			c.words, used = c.words+1, 0
		}
		c.lanes = append(c.lanes, lane{c.words - 1, used, 1<<width - 1})
		used += width
	}
	for i := range c.items {
		it := &c.items[i]
		if it.found == byRule {
			continue
		}
		for j := range it.choices {
			words := make([]uint64, c.words)
			c.give(words, it, it.choices[j].earns)
			if it.choices[j].gives = words[0]; c.words > 1 {
				it.choices[j].more = words[1:]
			}
		}
	}
}

// addWords adds each to its word.
func addWords(words, more []uint64) {
	for w, n := range more {
		words[w] += n
	}
}

// give adds what an item gives that has earned so much.
func (s *Scorer) give(words []uint64, it *item, earned int64) {
	for i := range it.shares {
		of := &it.shares[i]
		l := s.lanes[of.to]
		words[l.word] += uint64(earned*of.weight-of.low) << l.shift
	}
}
