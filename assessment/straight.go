package assessment

// straight scores the first items, as many as have an answer in their order that is one choice:
// mostly that is all. It does nothing else, which makes it fast.
func straight(items []item, answers []Answer, scores []ItemScore, words []uint64) (n int) {
	sum, most := uint64(0), min(len(items), len(answers))
	for scores = scores[:most]; n < most; n++ {
		c := items[n].choice(&answers[n])
		if c == nil {
			break
		}
		scores[n] = c.score
		sum += c.gives
		if c.more != nil {
			addWords(words[1:], c.more)
		}
	}
	words[0] += sum
	return n
}

// choice is the one that an answer to the item is; nil: it is not that simple.
func (it *item) choice(a *Answer) *choice {
	if keyOf(string(a.QuestionID)) != it.key {
		return nil
	}
	choices, place := it.choices, -1
	switch {
	case it.found == byRating && a.Value != nil && len(a.OptionIDs) == 0:
		place = int(*a.Value - it.first)
	case it.found == byOption && a.Value == nil && len(a.OptionIDs) == 1:
		key := keyOf(string(a.OptionIDs[0]))
		for place = 0; place < len(choices) && choices[place].key != key; place++ {
		}
	}
	if uint(place) >= uint(len(choices)) || it.long && !it.names(a, place) {
		return nil
	}
	return &choices[place]
}

// names reports whether an answer is to the item's question and, if it is an option, the one at
// the place.
func (it *item) names(a *Answer, place int) bool {
	return a.QuestionID == it.question.ID && (it.found == byRating || a.OptionIDs[0] == it.options[place])
}

// keyOf is an id as a number, which is compared much faster: all of an id of up to seven bytes,
// and the end of a longer one.
func keyOf(id string) uint64 {
	key := uint64(len(id)) // so that ids of two lengths differ
	if key > 7 {
		id, key = id[len(id)-7:], longKey>>56
	}
	for i := range len(id) {
		key = key<<8 | uint64(id[i])
	}
	return key
}

// longKey is the least key of a longer id.
const longKey = 0x80 << 56
