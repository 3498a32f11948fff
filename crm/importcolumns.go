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
	fieldCategory       = "category"       // its name
)

// ImportFields are the names that a column may be mapped to. "phone" and "email" may be said
// of several columns, and have a label after a slash: "email/work". "ownerId" is the id of a
// user, and "active" is true or false, yes or no, 1 or 0. "category" is the name of a category.
// "otherAddresses" is what an export writes there.
func ImportFields() []string {
	return slices.Concat(importTextOrder, []string{fieldID, fieldFirstName, fieldLastName, fieldPhone, fieldEmail, fieldTags, fieldOwnerID, fieldActive, fieldOtherAddresses, fieldCategory})
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
