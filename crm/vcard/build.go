package vcard

import (
	"slices"
	"strings"
)

// builder makes a card of properties.
type builder struct {
	made           Card
	family, given  string
	phones, emails []ranked
	labels         map[string]string // by group
}

func (b *builder) add(p property) {
	c := &b.made
	switch p.name {
	case "UID":
		c.UID = text(p.value)
	case "FN":
		first(&c.Name, text(p.value))
	case "N":
		name := append(parts(p.value, ';'), "", "")
		b.family, b.given = name[0], name[1]
	case "TEL":
		if value := strings.TrimPrefix(text(p.value), "tel:"); value != "" && !slices.Contains(p.param("TYPE"), "FAX") {
			b.phones = append(b.phones, ranked{Address{value, p.label()}, p.group, p.preference()})
		}
	case "EMAIL":
		if value := strings.TrimPrefix(text(p.value), "mailto:"); value != "" {
			b.emails = append(b.emails, ranked{Address{value, p.label()}, p.group, p.preference()})
		}
	case "X-ABLABEL":
		b.labels[p.group] = strings.TrimSuffix(strings.TrimPrefix(text(p.value), "_$!<"), ">!$_")
	case "ORG":
		first(&c.Organization, parts(p.value, ';')[0])
	case "TITLE":
		first(&c.Title, text(p.value))
	case "ADR":
		first(&c.Location, place(p.value))
	case "URL":
		first(&c.URL, text(p.value))
	case "NOTE":
		first(&c.Note, text(p.value))
	case "CATEGORIES":
		c.Categories = append(c.Categories, slices.DeleteFunc(parts(p.value, ','), func(s string) bool { return s == "" })...)
	case "TZ":
		first(&c.Timezone, text(p.value))
	case "LANG", "X-CLIENTELE-LOCALE":
		first(&c.Language, text(p.value))
	default:
		if strings.HasPrefix(p.name, "X-") {
			c.Extended = append(c.Extended, Property{p.name, text(p.value)})
		}
	}
}

// first keeps the first of a property that a card may have several of.
func first(to *string, value string) {
	if *to == "" {
		*to = value
	}
}

// place is an address as one text: the locality, the region and the country.
func place(value string) string {
	p := append(parts(value, ';'), "", "", "", "", "", "", "")
	return strings.Join(slices.DeleteFunc([]string{p[3], p[4], p[6]}, func(s string) bool { return s == "" }), ", ")
}

// label is the type of an address that is worth telling.
func (p *property) label() string {
	for _, t := range p.param("TYPE") {
		if t := strings.ToLower(t); standard[t] && t != "voice" {
			return t
		}
	}
	return ""
}

func (b *builder) card() Card {
	if b.made.Name == "" { // version 2.1 lets it be left out
		b.made.Name = strings.TrimSpace(b.given + " " + b.family)
	}
	b.made.Phones, b.made.Emails = addressesOf(b.phones, b.labels), addressesOf(b.emails, b.labels)
	return b.made
}
