package crm

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/clientele-crm/clientele/crm/vcard"
)

// exportColumns are the columns of an export to CSV. An import reads all but the last two.
var exportColumns = []struct {
	name string
	cell func(*ExportedContact) string
}{
	{fieldID, func(c *ExportedContact) string { return c.ID.String() }},
	{"name", func(c *ExportedContact) string { return inert(c.Name) }},
	{fieldPhone, func(c *ExportedContact) string { return inert(string(c.Phone)) }},
	{fieldEmail, func(c *ExportedContact) string { return inert(string(c.Email)) }},
	{fieldOtherAddresses, func(c *ExportedContact) string { return joinAddresses(c.OtherAddresses) }},
	{"location", func(c *ExportedContact) string { return inert(c.Location) }},
	{"type", func(c *ExportedContact) string { return string(c.Type) }},
	{"company", func(c *ExportedContact) string { return inert(c.Company) }},
	{"designation", func(c *ExportedContact) string { return inert(c.Designation) }},
	{"industry", func(c *ExportedContact) string { return inert(c.Industry) }},
	{"website", func(c *ExportedContact) string { return inert(c.Website) }},
	{"category", func(c *ExportedContact) string { return inert(c.Category) }},
	{fieldTags, func(c *ExportedContact) string { return inert(joinTags(c.Tags)) }},
	{"notes", func(c *ExportedContact) string { return inert(c.Notes) }},
	{"innerDrives", func(c *ExportedContact) string { return inert(c.InnerDrives) }},
	{"baselines", func(c *ExportedContact) string { return inert(c.Baselines) }},
	{"traits", func(c *ExportedContact) string { return inert(c.Traits) }},
	{"personalityType", func(c *ExportedContact) string { return inert(c.PersonalityType) }},
	{fieldOwnerID, func(c *ExportedContact) string { return idText(c.OwnerID.UUID) }},
	{"source", func(c *ExportedContact) string { return inert(c.Source) }},
	{"timezone", func(c *ExportedContact) string { return c.Timezone }},
	{"locale", func(c *ExportedContact) string { return c.Locale }},
	{fieldActive, func(c *ExportedContact) string { return strconv.FormatBool(c.Active) }},
	{"createdAt", func(c *ExportedContact) string { return c.CreatedAt.Format(time.RFC3339Nano) }},
	{"updatedAt", func(c *ExportedContact) string { return c.UpdatedAt.Format(time.RFC3339Nano) }},
}

func idText(id uuid.UUID) string {
	if id == uuid.Nil {
		return ""
	}
	return id.String()
}

// csvExport writes contacts as CSV. The header is there even if nobody is.
type csvExport struct {
	csv *csv.Writer
	row []string
}

func newCSVExport(w *bufio.Writer) rowWriter[ExportedContact] {
	e := &csvExport{csv: csv.NewWriter(w), row: make([]string, len(exportColumns))}
	for i, column := range exportColumns {
		e.row[i] = column.name
	}
	_ = e.csv.Write(e.row) // an error of the writer comes again with what follows
	return e
}

func (e *csvExport) write(c *ExportedContact) error {
	for i, column := range exportColumns {
		e.row[i] = column.cell(c)
	}
	return e.csv.Write(e.row)
}

func (e *csvExport) flush() error {
	e.csv.Flush()
	return e.csv.Error()
}

// linesExport writes rows as JSON lines.
type linesExport[T any] struct{ json *json.Encoder }

func newLinesExport[T any](w *bufio.Writer) rowWriter[T] {
	e := linesExport[T]{json.NewEncoder(w)}
	e.json.SetEscapeHTML(false)
	return e
}

func (e linesExport[T]) write(row *T) error { return e.json.Encode(row) }
func (e linesExport[T]) flush() error       { return nil }

// vcardExport writes contacts as vCards.
type vcardExport struct{ cards *vcard.Writer }

func newVCardExport(w *bufio.Writer) rowWriter[ExportedContact] {
	return vcardExport{vcard.NewWriter(w, vcard.V4)}
}
func newVCard3Export(w *bufio.Writer) rowWriter[ExportedContact] {
	return vcardExport{vcard.NewWriter(w, vcard.V3)}
}

func (e vcardExport) write(c *ExportedContact) error {
	card := c.card()
	return e.cards.Write(&card)
}

func (e vcardExport) flush() error { return nil }

// cardPrefix begins the names of properties that vCard does not have.
const cardPrefix = "X-CLIENTELE-"

// card is a contact as a vCard. What has no property of its own is under the name of its
// field in capitals, after "X-CLIENTELE-".
func (c *ExportedContact) card() vcard.Card {
	card := vcard.Card{
		UID: "urn:uuid:" + c.ID.String(), Name: c.Name, Organization: c.Company, Title: c.Designation, Location: c.Location,
		URL: c.Website, Note: c.Notes, Categories: c.Tags, Timezone: c.Timezone, Language: c.Locale,
		Extended: []vcard.Property{
			{Name: cardPrefix + "TYPE", Value: string(c.Type)}, {Name: cardPrefix + "INDUSTRY", Value: c.Industry},
			{Name: cardPrefix + "CATEGORY", Value: c.Category}, {Name: cardPrefix + "SOURCE", Value: c.Source},
			{Name: cardPrefix + "INNERDRIVES", Value: c.InnerDrives}, {Name: cardPrefix + "BASELINES", Value: c.Baselines},
			{Name: cardPrefix + "TRAITS", Value: c.Traits}, {Name: cardPrefix + "PERSONALITYTYPE", Value: c.PersonalityType},
			{Name: cardPrefix + "OWNERID", Value: idText(c.OwnerID.UUID)}, {Name: cardPrefix + "ACTIVE", Value: strconv.FormatBool(c.Active)},
		},
	}
	if c.Phone != "" {
		card.Phones = append(card.Phones, vcard.Address{Value: string(c.Phone)})
	}
	if c.Email != "" {
		card.Emails = append(card.Emails, vcard.Address{Value: string(c.Email)})
	}
	for _, a := range c.OtherAddresses {
		list := &card.Emails
		if a.Kind == PhoneAddress {
			list = &card.Phones
		}
		if len(*list) == 0 && a.Label == "" {
			a.Label = "other" // a first one without a label is read as the contact's own
		}
		*list = append(*list, vcard.Address{Value: a.Value, Label: a.Label})
	}
	return card
}
