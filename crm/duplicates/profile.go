package duplicates

import (
	"slices"
	"strings"
	"unicode"

	"github.com/clientele-crm/clientele/core"
)

// Record is what is known of a person, as far as it tells people apart. All of it may be empty.
type Record struct {
	Name     string
	Company  string // the employer
	Location string // a place, or a whole address
	Phones   []string
	Emails   []string
}

// Profile is a record made ready to be compared. It is read only, and may be used by several
// goroutines.
type Profile struct {
	names    [][]rune // the words of the name, sorted
	company  []uint64 // trigrams
	location []uint64 // trigrams
	phones   []string // digits
	emails   []email
	keys     Keys
}

// email is an address in parts.
type email struct {
	local, domain string
	personal      bool // the local part tells of a person
}

// The parts of a record that are looked at: what is beyond is left out, so that comparing takes
// no longer than this however long the texts are.
const (
	maxNames     = 6
	maxPhones    = 10
	maxEmails    = 10
	maxPlace     = 30 // words
	maxPlaceText = 400
)

// Of is the profile of a record.
func Of(r Record) *Profile {
	p := &Profile{}
	names, place := nameWords(r.Name), placeWords(r.Location)
	p.location = trigrams(place)
	p.company = trigrams(withoutLegalForms(words(cut(r.Company))))
	for _, phone := range r.Phones[:min(len(r.Phones), maxPhones)] {
		if d := digits(phone); len(d) >= minPhone {
			p.phones = append(p.phones, d)
			p.keys.Phones = withKey(p.keys.Phones, PhoneKey(phone))
		}
	}
	for _, address := range r.Emails[:min(len(r.Emails), maxEmails)] {
		if e, ok := parts(address); ok {
			p.emails = append(p.emails, e)
			p.keys.Emails = withKey(p.keys.Emails, EmailKey(address))
		}
	}
	p.keys.setName(r.Name, names, place)
	slices.Sort(names)
	for _, name := range names {
		p.names = append(p.names, letters(name))
	}
	return p
}

func nameWords(name string) []string {
	names := words(name)
	if len(names) > maxNames {
		names = append(names[:maxNames-1:maxNames-1], names[len(names)-1])
	}
	return names
}

func placeWords(location string) []string {
	place := words(cut(location))
	return place[:min(len(place), maxPlace)]
}

// withKey adds a key, unless it is none or among them.
func withKey(keys []int64, key int64) []int64 {
	if key == 0 || slices.Contains(keys, key) {
		return keys
	}
	return append(keys, key)
}

func cut(text string) string {
	if len(text) > maxPlaceText {
		text = strings.ToValidUTF8(text[:maxPlaceText], "")
	}
	return text
}

// words are the words of a text, folded: what is between characters that are neither letters
// nor digits. An apostrophe joins: O'Brien is one word.
func words(text string) []string {
	folded := strings.Map(func(r rune) rune {
		switch {
		case r == '\'' || r == '’' || r == '`' || r == '.':
			return -1
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			return r
		}
		return ' '
	}, core.Fold(text))
	return strings.Fields(folded)
}

// legalForms say what a company is in law, and people leave them out.
var legalForms = []string{"inc", "llc", "ltd", "limited", "corp", "corporation", "co", "plc", "gmbh", "ag", "kg", "bv", "nv", "sa", "sas", "sarl", "srl", "spa", "ltda", "eireli", "me", "sl", "oy", "ab", "as", "aps", "pty"}

func withoutLegalForms(name []string) []string {
	kept := slices.DeleteFunc(slices.Clone(name), func(w string) bool { return slices.Contains(legalForms, w) })
	if len(kept) == 0 {
		return name
	}
	return kept
}

// minPhone is how many digits a number has to have to tell of anybody.
const minPhone = 6

// digits are those of a number, without its extension: two who share a switchboard share it.
func digits(phone string) string {
	phone, extension, _ := strings.Cut(phone, ";ext=")
	phone = strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, phone)
	if extension != "" {
		phone += "x" + extension
	}
	return phone
}

// roles are local parts that tell of no person.
var roles = []string{"admin", "billing", "compras", "contact", "contacto", "contato", "enquiries", "financeiro", "hello", "help", "info", "kontakt", "mail", "marketing", "noreply", "office", "reception", "sales", "secretary", "service", "support", "team", "vendas", "webmaster"}

// parts reads an address. What is behind a plus sign is the owner's own, and so are the dots of
// Gmail's addresses; here it only decides who is compared, and how alike two are.
func parts(address string) (email, bool) {
	at := strings.LastIndexByte(address, '@')
	if at <= 0 {
		return email{}, false
	}
	local, domain := core.Fold(address[:at]), core.Fold(address[at+1:])
	local, _, _ = strings.Cut(local, "+")
	if domain == "gmail.com" || domain == "googlemail.com" {
		local = strings.ReplaceAll(local, ".", "")
	}
	return email{local, domain, len(local) >= 5 && !slices.Contains(roles, local)}, local != ""
}
