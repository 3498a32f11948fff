package duplicates

import (
	"slices"
	"unicode/utf8"
)

// jaroWinkler is how alike two words are, from 0 to 1, by Jaro's measure with Winkler's bonus
// for a common prefix of up to four letters (W. E. Winkler, "String Comparator Metrics and
// Enhanced Decision Rules in the Fellegi-Sunter Model of Record Linkage", 1990).
func jaroWinkler(a, b []rune) float64 {
	if slices.Equal(a, b) {
		return 1
	}
	matched, transposed := matching(a, b)
	if matched == 0 {
		return 0
	}
	m := float64(matched)
	jaro := (m/float64(len(a)) + m/float64(len(b)) + (m-float64(transposed/2))/m) / 3
	prefix := 0
	for prefix < min(4, len(a), len(b)) && a[prefix] == b[prefix] {
		prefix++
	}
	return jaro + 0.1*float64(prefix)*(1-jaro)
}

// maxWord is how many letters of a word are compared.
const maxWord = 32

// matching counts the letters that two words share no further apart than half of the longer
// one, and those of them that stand in another order.
func matching(a, b []rune) (matched, transposed int) {
	a, b = a[:min(len(a), maxWord)], b[:min(len(b), maxWord)]
	window := max(len(a), len(b))/2 - 1
	var ofA, ofB [maxWord]bool
	for i := range a {
		for j := max(0, i-window); j < min(len(b), i+window+1); j++ {
			if !ofB[j] && a[i] == b[j] {
				ofA[i], ofB[j] = true, true
				matched++
				break
			}
		}
	}
	j := 0
	for i := range a {
		if !ofA[i] {
			continue
		}
		for !ofB[j] {
			j++
		}
		if a[i] != b[j] {
			transposed++
		}
		j++
	}
	return matched, transposed
}

// oneSlip reports whether one slip of a typist makes a of b: a character more, less or other, or
// two neighbours exchanged (F. J. Damerau, "A technique for computer detection and correction of
// spelling errors", 1964).
func oneSlip(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return a[i:] == b[i+1:]
	}
	if i >= len(a)-1 {
		return true
	}
	return a[i+1:] == b[i+1:] || a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}

// trigrams are the runs of three letters in the words of a text, with a blank before each word
// and after it, sorted and without repetition.
func trigrams(words []string) []uint64 {
	var grams []uint64
	for _, word := range words {
		before, at := uint64(' '), uint64(' ')
		first := true
		for _, r := range word + " " {
			if !first {
				grams = append(grams, before<<42|at<<21|uint64(r))
			}
			before, at, first = at, uint64(r), false
		}
	}
	slices.Sort(grams)
	return slices.Compact(grams)
}

// shared counts what two sorted lists have in common.
func shared[T int64 | uint64](a, b []T) (n int) {
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			a = a[1:]
		case b[0] < a[0]:
			b = b[1:]
		default:
			n++
			a, b = a[1:], b[1:]
		}
	}
	return n
}

// dice is how much two sorted lists have in common, from 0 to 1: twice the common part, of all.
func dice(common, a, b int) float64 {
	if a+b == 0 {
		return 0
	}
	return 2 * float64(common) / float64(a+b)
}

// letters are those of a word, up to maxWord of them.
func letters(word string) []rune {
	if utf8.RuneCountInString(word) > maxWord {
		return []rune(word)[:maxWord]
	}
	return []rune(word)
}
