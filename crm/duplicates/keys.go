package duplicates

import (
	"hash/fnv"
	"slices"
	"strings"
	"unicode"
)

// Keys are what a profile is found by: only those who share one are compared. They stay the same
// for the same record as long as the rules do; 0 is none.
type Keys struct {
	Phones []int64 // the last digits of each phone
	Emails []int64 // what is before the @ of each address that is a person's
	Name   int64   // how the first and the last word of the name sound; of every record with a name
	Place  int64   // how the last word of the name sounds, with a part of the place
}

// Keys are what the profile is found by.
func (p *Profile) Keys() Keys { return p.keys }

// PhoneKey is the key of a phone, among [Keys], or 0 where it tells of nobody.
func PhoneKey(phone string) int64 {
	number := digits(phone)
	if len(number) < minPhone {
		return 0
	}
	number, _, _ = strings.Cut(number, "x")
	return key("phone", number[max(0, len(number)-7):])
}

// EmailKey is the key of an e-mail address, among [Keys], or 0 where it tells of nobody.
func EmailKey(address string) int64 {
	e, ok := parts(address)
	if !ok || !e.personal {
		return 0
	}
	return key("email", e.local)
}

// KeysOfName are the keys of a record that has a name and a place alone.
func KeysOfName(name, location string) (k Keys) {
	k.setName(name, nameWords(name), placeWords(location))
	return k
}

// setName makes the keys of a name and a place of the words.
func (k *Keys) setName(name string, names, place []string) {
	switch len(names) {
	case 0: // a name without words is all there is
		if name = strings.TrimSpace(name); name != "" {
			k.Name = key("name", name)
		}
		return
	case 1:
		k.Name = key("name", names[0])
	default:
		sounds := []string{sound(names[0]), sound(names[len(names)-1])}
		slices.Sort(sounds) // some write the family name first
		k.Name = key("name", sounds...)
	}
	if at := anchor(place); at != "" {
		k.Place = key("place", sound(names[len(names)-1]), at)
	}
}

// anchor is the part of a place that few share: its longest number, which most often is the
// postcode; without one its first word.
func anchor(place []string) string {
	best := ""
	for _, w := range place {
		if strings.IndexFunc(w, unicode.IsDigit) >= 0 && len(w) >= max(3, len(best)) {
			best = w
		}
	}
	if best == "" && len(place) > 0 {
		best = place[0]
	}
	return best
}

func key(kind string, parts ...string) int64 {
	h := fnv.New64a()
	h.Write([]byte(kind))
	for _, part := range parts {
		h.Write([]byte{0})
		h.Write([]byte(part))
	}
	return int64(max(h.Sum64(), 1)) // 0 is none
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
