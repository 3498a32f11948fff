// Package words has the rules by which rows are searched: what the words of a text are, and
// which rows a search finds. Databases keep the words of a row as these rules made them, and
// only look up how they begin, so all of them find the same.
package words

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/clientele-crm/clientele/core"
)

// maxWord is how much of a word counts, in characters, in a row and in a search.
const maxWord = 40

// Of are the words of texts, sorted, each once: runs of letters and digits, without case and
// accents.
func Of(texts ...string) []string {
	var all []string
	for _, text := range texts {
		all = append(all, split(text)...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// split are the words of a text in their order.
func split(text string) []string {
	list := strings.FieldsFunc(core.Fold(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r)
	})
	for i, word := range list {
		list[i] = cut(word)
	}
	return list
}

func cut(word string) string {
	n := 0
	for i := range word {
		if n++; n > maxWord {
			return word[:i]
		}
	}
	return word
}

// OfPhone are the words by which a telephone number is found: its digits with the country's code,
// without it, and without two or three digits more, which is where most area codes end. A
// number that has no "+" is found by its digits alone.
func OfPhone(number string) []string {
	number, _, _ = strings.Cut(number, ";") // the extension
	all := digits(number)
	if all == "" {
		return nil
	}
	if !strings.HasPrefix(number, "+") {
		return []string{cut(all)}
	}
	found := []string{cut(all)}
	national := all[min(len(all), countryCode(all)):]
	for _, area := range []int{0, 2, 3} {
		if len(national) >= area+minLocal {
			found = append(found, cut(national[area:]))
		}
	}
	return found
}

// minNumber is from how many digits on several groups of them are a telephone number and nothing
// else. As words, area codes would be found in half of all telephone numbers.
const minNumber = 7

// minLocal is the fewest digits by which a telephone is found without its beginning.
const minLocal = 4

func digits(text string) string {
	return strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, text)
}

// countryCode is how many digits the country's code has (ITU-T E.164, list of assigned codes:
// no code is the beginning of another).
func countryCode(digits string) int {
	switch digits[0] {
	case '1', '7':
		return 1
	}
	if len(digits) > 1 && slices.Contains(twoDigits, digits[:2]) {
		return 2
	}
	return 3
}

var twoDigits = strings.Fields(`20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58
	60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98`)

// Query is a search: every term has to be met.
type Query []Term

// Term is alternatives, one of which has to be met: every text of one begins a word.
type Term [][]string

// The limits of a search.
const (
	MaxText  = 200 // characters
	MaxWords = 10
)

// Parse makes a search of what a person types, and notes in f what is wrong with it; field is a
// JSON pointer. Groups of digits side by side are a telephone number from seven digits on, with or
// without the zeros that are dialled before it; fewer may be words of their own too.
func Parse(f *core.Faults, field, text string) (q Query) {
	known := len(*f)
	text = f.Line(field, text, MaxText)
	if len(*f) > known {
		return nil
	}
	list := split(text)
	switch {
	case len(list) == 0:
		f.Add(field, "required", "has to have a letter or a digit to search for")
	case len(list) > MaxWords:
		f.Add(field, "max_items", "has more than "+strconv.Itoa(MaxWords)+" words")
		return nil
	}
	for len(list) > 0 {
		n := 0
		for n < len(list) && digits(list[n]) == list[n] {
			n++
		}
		if n == 0 {
			q, list = append(q, Term{{list[0]}}), list[1:]
			continue
		}
		q, list = append(q, number(list[:n])), list[n:]
	}
	return q
}

// number is the term of groups of digits.
func number(groups []string) Term {
	term := Term{groups}
	joined := strings.Join(groups, "")
	switch {
	case len(groups) > 1 && len(joined) >= minNumber:
		term = Term{{cut(joined)}}
	case len(groups) > 1 && len(joined) >= minLocal:
		term = append(term, []string{cut(joined)})
	}
	if dialled := strings.TrimLeft(joined, "0"); dialled != joined && len(dialled) >= minLocal {
		term = append(term, []string{cut(dialled)})
	}
	return term
}

// Match reports whether a row with the words is found.
func (q Query) Match(words []string) bool {
	begins := func(prefix string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, prefix) })
	}
	for _, term := range q {
		met := slices.ContainsFunc(term, func(all []string) bool {
			return !slices.ContainsFunc(all, func(prefix string) bool { return !begins(prefix) })
		})
		if !met {
			return false
		}
	}
	return true
}
