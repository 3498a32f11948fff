package crm

import (
	"maps"
	"slices"
	"strings"

	"github.com/clientele-crm/clientele/core"
)

// importTexts are the fields that are one text.
var importTexts = map[string]func(*NewContact) *string{
	"name":            func(n *NewContact) *string { return &n.Name },
	"location":        func(n *NewContact) *string { return &n.Location },
	"type":            func(n *NewContact) *string { return (*string)(&n.Type) },
	"company":         func(n *NewContact) *string { return &n.Company },
	"designation":     func(n *NewContact) *string { return &n.Designation },
	"industry":        func(n *NewContact) *string { return &n.Industry },
	"website":         func(n *NewContact) *string { return &n.Website },
	"innerDrives":     func(n *NewContact) *string { return &n.InnerDrives },
	"baselines":       func(n *NewContact) *string { return &n.Baselines },
	"traits":          func(n *NewContact) *string { return &n.Traits },
	"personalityType": func(n *NewContact) *string { return &n.PersonalityType },
	"notes":           func(n *NewContact) *string { return &n.Notes },
	"source":          func(n *NewContact) *string { return &n.Source },
	"timezone":        func(n *NewContact) *string { return &n.Timezone },
	"locale":          func(n *NewContact) *string { return &n.Locale },
}

// importTextOrder is the order in which a plan tells of them.
var importTextOrder = slices.Sorted(maps.Keys(importTexts))

// The fields that are more than one text, or less.
const (
	fieldID        = "id"        // of the contact, in this company
	fieldFirstName = "firstName" // joined with lastName to a name
	fieldLastName  = "lastName"
	fieldPhone     = "phone" // the first is the contact's, the others are its otherAddresses
	fieldEmail     = "email"
	fieldTags      = "tags" // between commas
	fieldOwnerID   = "ownerId"
	fieldActive    = "active" // true or false, yes or no, 1 or 0

	fieldOtherAddresses = "otherAddresses" // JSON, as an export writes it
)

// ImportFields are the names that a column may be mapped to. "phone" and "email" may be said
// of several columns, and have a label after a slash: "email/work". "ownerId" is the id of a
// user, and "active" is true or false, yes or no, 1 or 0. "otherAddresses" is what an export
// writes there.
func ImportFields() []string {
	return slices.Concat(importTextOrder, []string{fieldID, fieldFirstName, fieldLastName, fieldPhone, fieldEmail, fieldTags, fieldOwnerID, fieldActive, fieldOtherAddresses})
}

// importColumn is what a column is read as; the zero field: nothing.
type importColumn struct {
	header, field, label string
}

// name is the field as a mapping writes it.
func (c importColumn) name() string {
	if c.label == "" {
		return c.field
	}
	return c.field + "/" + c.label
}

func named(columns []importColumn) []ImportColumn {
	list := make([]ImportColumn, len(columns))
	for i, c := range columns {
		list[i] = ImportColumn{Header: c.header, Field: c.name()}
	}
	return list
}

// mapColumns gives each column its field: by the mapping, or by a guess if there is none.
func mapColumns(header []string, mapping map[string]string) ([]importColumn, error) {
	columns := make([]importColumn, len(header))
	var f core.Faults
	for i, h := range header {
		columns[i].header = h
		if mapping == nil {
			columns[i].field, columns[i].label = guessField(h)
		} else {
			columns[i].field, columns[i].label, _ = strings.Cut(mapping[h], "/")
		}
	}
	for h, field := range mapping {
		at := "/mapping/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(h)
		if !slices.Contains(header, h) {
			f.Add(at, "column", "the file has no column of this name")
		}
		name, label, labelled := strings.Cut(field, "/")
		switch {
		case field == "":
		case !slices.Contains(ImportFields(), name) || labelled && name != fieldPhone && name != fieldEmail:
			f.Add(at, "field", "there is no field "+field)
		case label != "":
			f.Line(at, label, maxLabel)
		}
	}
	dropRepeated(columns)
	if !slices.ContainsFunc(columns, func(c importColumn) bool { return c.field != "" }) {
		f.Add("/mapping", "required", "none of the file's columns is known: say what they are")
	}
	return columns, f.Err()
}

// dropRepeated leaves a field to one column: to the one that has its very name, or else
// to the first. Of phones and e-mails there may be any number.
func dropRepeated(columns []importColumn) {
	chosen := map[string]int{}
	for i, c := range columns {
		if c.field == "" || c.field == fieldPhone || c.field == fieldEmail {
			continue
		}
		first, taken := chosen[c.field]
		switch {
		case !taken:
			chosen[c.field] = i
		case c.header == c.field && columns[first].header != c.field:
			chosen[c.field], columns[first].field = i, ""
		default:
			columns[i].field = ""
		}
	}
}

// dropForeignIDs leaves out a column of ids that was guessed, if they are none of ours but of
// the program that wrote the file.
func dropForeignIDs(columns []importColumn, first importRecord) {
	for i, c := range columns {
		if c.field != fieldID && c.field != fieldOwnerID || i >= len(first.cells) {
			continue
		}
		id := strings.TrimSpace(first.cells[i])
		if _, err := core.ParseID[Contact](id); err != nil && id != "" {
			columns[i].field = ""
		}
	}
}

// guesses are headers, without case, spaces and signs, as spreadsheets and other programs
// write them.
var guesses = map[string]string{
	"fullname": "name", "contactname": "name", "clientname": "name", "displayname": "name",
	"firstname": fieldFirstName, "givenname": fieldFirstName, "forename": fieldFirstName,
	"lastname": fieldLastName, "familyname": fieldLastName, "surname": fieldLastName,
	"companyname": "company", "organization": "company", "organisation": "company", "organizationname": "company", "employer": "company",
	"title": "designation", "jobtitle": "designation", "position": "designation", "role": "designation",
	"city": "location", "address": "location",
	"background": "notes", "note": "notes", "comments": "notes", "description": "notes",
	"url": "website", "web": "website", "homepage": "website",
	"labels": fieldTags, "tag": fieldTags,
	"contacttype": "type", "leadsource": "source", "language": "locale",
	"contactid": fieldID, "contactno": fieldPhone, "emailid": fieldEmail,
}

// The words of a header that names an address, and those that label one.
var (
	phoneWords = []string{"phonenumber", "telephone", "phone", "tel"}
	emailWords = []string{"emailaddress", "email", "mail"}
	labelWords = []string{"", "primary", "main", "work", "business", "home", "personal", "private", "mobile", "cell", "other", "secondary"}
)

// guessField is the field that a header seems to name, or nothing.
func guessField(header string) (field, label string) {
	key := strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' || '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, core.Fold(header))
	for _, name := range ImportFields() {
		if key == strings.ToLower(name) {
			return name, ""
		}
	}
	if field := guesses[key]; field != "" {
		return field, ""
	}
	key = strings.TrimRight(key, "0123456789")
	if key == "mobile" || key == "cell" {
		return fieldPhone, key
	}
	if label, ok := labelOf(key, phoneWords); ok {
		return fieldPhone, label
	}
	if label, ok := labelOf(key, emailWords); ok {
		return fieldEmail, label
	}
	return "", ""
}

// labelOf is the label beside one of the words: "work" in "workemail" and "emailwork".
func labelOf(key string, words []string) (string, bool) {
	for _, word := range words {
		before, prefixed := strings.CutSuffix(key, word)
		after, suffixed := strings.CutPrefix(key, word)
		if prefixed && slices.Contains(labelWords, before) {
			return before, true
		}
		if suffixed && slices.Contains(labelWords, after) {
			return after, true
		}
	}
	return "", false
}
