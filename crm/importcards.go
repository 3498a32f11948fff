package crm

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/clientele-crm/clientele/crm/vcard"
)

// isCard reports whether a file is of vCards.
func isCard(start []byte) bool {
	const begin = "BEGIN:VCARD"
	start = bytes.TrimLeft(start, " \t\r\n")
	return len(start) >= len(begin) && strings.EqualFold(string(start[:len(begin)]), begin)
}

// cardColumns are the columns that a vCard is a row of. Their names are those of the fields, so
// that cards that are rejected can be mended as CSV.
var cardColumns = slices.Concat(
	[]string{fieldID, "name", fieldPhone, fieldEmail, fieldOtherAddresses, "company", "designation", "location", "website", "notes", fieldTags, "timezone", "locale"},
	cardExtended,
)

// cardExtended are those that an export writes under names of our own.
var cardExtended = []string{"type", "industry", fieldCategory, "source", "innerDrives", "baselines", "traits", "personalityType", fieldOwnerID, fieldActive}

func cardFile(source *bufio.Reader) *importFile {
	cards := vcard.NewReader(source)
	return &importFile{header: cardColumns, comma: ',', cards: true, read: func() (importRecord, error) {
		card, line, err := cards.Read()
		switch {
		case err == nil:
			return importRecord{line: line, cells: cardCells(&card), size: cardSize}, nil
		case errors.Is(err, vcard.ErrTruncated), errors.Is(err, vcard.ErrTooLarge), errors.Is(err, vcard.ErrNoCard):
			return importRecord{line: line, err: err}, nil
		case errors.Is(err, io.EOF):
			return importRecord{}, io.EOF
		}
		return importRecord{}, err
	}}
}

// cardSize is what a card is taken to weigh in a batch, in bytes: as much as it may at most, by
// all that a batch of them could hold.
const cardSize = 2 << 10

// cardCells are the cells of a card.
func cardCells(c *vcard.Card) []string {
	cells := map[string]string{
		"name": c.Name, "company": c.Organization, "designation": c.Title, "location": c.Location, "website": c.URL,
		"notes": c.Note, fieldTags: joinTags(c.Categories), "timezone": c.Timezone, "locale": c.Language,
	}
	cells[fieldID], _ = strings.CutPrefix(c.UID, "urn:uuid:")
	if cells[fieldID] == c.UID {
		cells[fieldID] = "" // an identifier of another program
	}
	var others []Address
	cells[fieldPhone], others = firstAddress(c, c.Phones, PhoneAddress, others)
	cells[fieldEmail], others = firstAddress(c, c.Emails, EmailAddress, others)
	cells[fieldOtherAddresses] = joinAddresses(others)
	for _, p := range c.Extended {
		for _, field := range cardExtended {
			if p.Name == cardPrefix+strings.ToUpper(field) {
				cells[field] = p.Value
			}
		}
	}
	row := make([]string, len(cardColumns))
	for i, column := range cardColumns {
		row[i] = cells[column]
	}
	return row
}

// firstAddress is the first of a card's addresses, and the others. On a card of ours a first one
// with a label is one of the others: the contact has none of its own.
func firstAddress(c *vcard.Card, list []vcard.Address, kind AddressKind, others []Address) (string, []Address) {
	first := ""
	ours := slices.ContainsFunc(c.Extended, func(p vcard.Property) bool { return strings.HasPrefix(p.Name, cardPrefix) })
	for i, a := range list {
		if i == 0 && (a.Label == "" || !ours) {
			first = a.Value
		} else {
			others = append(others, Address{Kind: kind, Value: a.Value, Label: a.Label})
		}
	}
	return first, others
}
