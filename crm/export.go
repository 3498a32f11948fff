package crm

import (
	"bufio"
	"context"
	"errors"
	"io"

	"github.com/clientele-crm/clientele/core"
)

// ExportFormat is what an export writes.
type ExportFormat string

// The formats of an export. An import of either into the company that it is of changes nothing,
// with [ImportOptions.KeepPhones] where phones are kept that no telephone plan contains.
//
// Into an empty company it makes the same contacts, with ids and times of their own. The options for
// that are [ImportOptions.MatchBy] without "id", since the ids are of no contact there, ClearBlanks with
// "*", so that a contact without a source has none afterwards, CreateCategories, KeepPhones, and
// CreateDuplicate. What no format keeps is how a phone was typed, a category's description, and the
// second of two contacts that are the same in all and have no address. A vCard does not keep the order
// between phones and e-mails, and an other address that is the first of its kind gets the label "other"
// if it has none and the contact has no such address of its own.
const (
	ExportCSV       ExportFormat = "csv"    // with a header, its columns being [ImportFields] first
	ExportVCard     ExportFormat = "vcard"  // version 4, RFC 6350
	ExportVCard3    ExportFormat = "vcard3" // version 3, RFC 2426, for those that cannot read version 4
	ExportJSONLines ExportFormat = "jsonl"  // an [ExportedContact] on each line
)

// ExportedContact is a contact as an export tells of it.
type ExportedContact struct {
	Contact
	Category string `json:"category,omitempty"` // the name of its category
}

// Export makes ready to write the contacts that the filter lets through: the oldest first,
// whatever the order of the filter, since the time of creation never changes, and a contact
// that somebody changes meanwhile comes once. It needs [core.ContactsExport] and
// [core.ContactsRead]. Whoever sees own rows only exports those.
func (s *Contacts) Export(ctx context.Context, f ContactFilter, format ExportFormat) (*Export, error) {
	if err := errors.Join(s.require(core.ContactsExport), s.require(core.ContactsRead)); err != nil {
		return nil, err
	}
	tx := s.work.Plain()
	f, err := f.checked(ctx, tx)
	if err != nil {
		return nil, err
	}
	if exporters[format] == nil {
		return nil, core.Faults{{Field: "/format", Rule: "enum", Message: "has to be csv, vcard, vcard3 or jsonl"}}.Err()
	}
	return &Export{tx: tx, filter: f, format: format, categories: map[core.ID[Category]]string{}}, nil
}

// Export is contacts that are ready to be written, once.
type Export struct {
	tx         Tx
	filter     ContactFilter
	format     ExportFormat
	categories map[core.ID[Category]]string // the names of those that were looked up
}

var exporters = map[ExportFormat]func(*bufio.Writer) rowWriter[ExportedContact]{
	ExportCSV: newCSVExport, ExportVCard: newVCardExport, ExportVCard3: newVCard3Export, ExportJSONLines: newLinesExport[ExportedContact],
}

// Write writes the contacts, page by page: nothing is open in the database between two of
// them, and any number takes the same memory. It ends with ctx, and with an error of w.
// While one page is written the next is read.
func (e *Export) Write(ctx context.Context, w io.Writer) error {
	return writePages(ctx, w, exporters[e.format], func(ctx context.Context, p core.Page) (core.List[ExportedContact], error) {
		list, err := e.tx.Store.ContactBatch(ctx, e.filter, p)
		if err != nil {
			return core.List[ExportedContact]{}, err
		}
		items, err := e.named(ctx, list.Items)
		return core.List[ExportedContact]{Items: items, Next: list.Next}, err
	})
}

// maxCategoryNames bounds the names that an export remembers.
const maxCategoryNames = 10_000

// named is contacts with the names of their categories.
func (e *Export) named(ctx context.Context, contacts []Contact) ([]ExportedContact, error) {
	list := make([]ExportedContact, len(contacts))
	for i := range contacts {
		list[i].Contact = contacts[i]
		id := contacts[i].CategoryID
		if id.IsZero() {
			continue
		}
		name, known := e.categories[id]
		if !known {
			category, err := e.tx.Store.Category(ctx, id)
			if err != nil && !errors.Is(err, core.ErrNotFound) { // it may have been deleted since
				return nil, err
			}
			if len(e.categories) >= maxCategoryNames {
				clear(e.categories)
			}
			name = category.Name
			e.categories[id] = name
		}
		list[i].Category = name
	}
	return list, nil
}
