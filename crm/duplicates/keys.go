package duplicates

import (
	"hash/fnv"
	"slices"
	"strings"
	"unicode"
)

// Keys are what a profile is found by: only those who share one are compared. A store keeps one
// of each kind, which stay the same for the same record as long as the rules do; 0 is none.
type Keys struct {
	Phone int64 // the last digits of the first phone
	Email int64 // what is before the @ of the first address that is a person's
	Name  int64 // how the first and the last word of the name sound; of every record with a name
	Place int64 // how the last word of the name sounds, with a part of the place
}

// Lookup is the keys that those worth comparing have one of: of all phones and addresses.
type Lookup struct {
	Phones, Emails []int64
	Name, Place    int64
}

// Keys are what the profile is found by.
func (p *Profile) Keys() Keys {
	k := Keys{Name: p.lookup.Name, Place: p.lookup.Place}
	if len(p.lookup.Phones) > 0 {
		k.Phone = p.lookup.Phones[0]
	}
	if len(p.lookup.Emails) > 0 {
		k.Email = p.lookup.Emails[0]
	}
	return k
}

// Lookup is what to look for to find whom to compare the profile with.
func (p *Profile) Lookup() Lookup { return p.lookup }

// lookupOf makes the keys. Name is the name as it was given, for one that has no words.
func lookupOf(name string, names, place []string, p *Profile) (l Lookup) {
	for _, phone := range p.phones {
		number, _, _ := strings.Cut(phone, "x")
		l.Phones = append(l.Phones, key("phone", number[max(0, len(number)-7):]))
	}
	for _, e := range p.emails {
		if e.personal {
			l.Emails = append(l.Emails, key("email", e.local))
		}
	}
	switch len(names) {
	case 0:
		if name != "" {
			l.Name = key("name", name)
		}
		return l
	case 1:
		l.Name = key("name", names[0])
	default:
		sounds := []string{sound(names[0]), sound(names[len(names)-1])}
		slices.Sort(sounds) // some write the family name first
		l.Name = key("name", sounds...)
	}
	if at := anchor(place); at != "" {
		l.Place = key("place", sound(names[len(names)-1]), at)
	}
	return l
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
