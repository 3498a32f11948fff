package duplicates

import (
	"hash/fnv"
	"slices"
	"strings"
	"unicode"
)

// Keys are what a profile is looked up by: only those who share one are worth comparing. They
// are sorted and without repetition, at least one unless the record is empty, and 24 at most.
// A store may keep them; they stay the same for the same record and the same version of the rules.
func (p *Profile) Keys() []int64 { return p.keys }

func keysOf(names, place []string, p *Profile) []int64 {
	var keys []int64
	for _, phone := range p.phones {
		number, _, _ := strings.Cut(phone, "x")
		keys = append(keys, key("phone", number[max(0, len(number)-7):]))
	}
	for _, e := range p.emails {
		if e.personal {
			keys = append(keys, key("email", e.local))
		}
	}
	if len(names) > 0 {
		first, last := names[0], names[len(names)-1]
		sounds := []string{sound(first), sound(last)}
		if len(names) == 1 {
			sounds = []string{first}
		}
		slices.Sort(sounds) // some write the family name first
		keys = append(keys, key("name", sounds...))
		for _, at := range anchor(place) {
			keys = append(keys, key("place", sound(first), at), key("place", sound(last), at))
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// anchor is the part of a place that few share: its longest number, which most often is the
// postcode; without one its first word.
func anchor(place []string) []string {
	best := ""
	for _, w := range place {
		if strings.IndexFunc(w, unicode.IsDigit) >= 0 && len(w) >= max(3, len(best)) {
			best = w
		}
	}
	if best == "" && len(place) > 0 {
		best = place[0]
	}
	if best == "" {
		return nil
	}
	return []string{best}
}

func key(kind string, parts ...string) int64 {
	h := fnv.New64a()
	h.Write([]byte(kind))
	for _, part := range parts {
		h.Write([]byte{0})
		h.Write([]byte(part))
	}
	return int64(h.Sum64())
}

// soundex is the class of each letter from a to z that Soundex knows (R. C. Russell, US patent
// 1,261,167, 1918); 0 is a vowel, and - a letter that is passed over.
const soundex = "01230120022455012623010202"

// sound is the Soundex code of a word: how it sounds in English, and near enough elsewhere. A
// word that has other letters than those of the Latin alphabet is its own code.
func sound(word string) string {
	if strings.IndexFunc(word, func(r rune) bool { return r < 'a' || 'z' < r }) >= 0 {
		return word
	}
	code := []byte{word[0]}
	last := soundex[word[0]-'a']
	for i := 1; i < len(word) && len(code) < 4; i++ {
		class := soundex[word[i]-'a']
		if class != '0' && class != last {
			code = append(code, class)
		}
		if word[i] != 'h' && word[i] != 'w' { // what stands on both sides of them is one sound
			last = class
		}
	}
	return string(code)
}
