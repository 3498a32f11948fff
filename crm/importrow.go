package crm

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/nyaruka/phonenumbers"

	"github.com/clientele-crm/clientele/core"
)

// importedRow is a row of the file with its values in canonical form, and what becomes of it.
type importedRow struct {
	record  importRecord
	id      core.ID[Contact] // of an id column
	says    Contact          // the values that the row has
	active  *bool            // of an active column
	nameKey string           // the folded name by which a row without id and addresses is looked for
	faults  core.Faults      // of its values
	columns rowColumns
	plan    ImportRow
	fresh   bool // the contact that it is about was made by this import
}

// rowColumns tells from which columns a row's addresses are.
type rowColumns struct {
	phone, email string
	others       []string
}

// importRowReader makes values of cells. It asks no database, so that a batch's transaction
// begins only when its rows have been read.
type importRowReader struct {
	columns []importColumn
	rules   *rules
	name    string // of contacts whose row has none
}

func (r *importRowReader) rows(records []importRecord) []*importedRow {
	rows := make([]*importedRow, len(records))
	for i, record := range records {
		rows[i] = r.row(record)
	}
	return rows
}

func (r *importRowReader) row(record importRecord) *importedRow {
	row := &importedRow{record: record, plan: ImportRow{Line: record.line}}
	if record.err != nil {
		row.faults.Add("", "csv", "the row is not CSV: "+record.err.Error())
		return row
	}
	if extra := record.cells[min(len(r.columns), len(record.cells)):]; strings.TrimSpace(strings.Join(extra, "")) != "" {
		row.faults.Add("", "columns", fmt.Sprintf("the row has %d cells, and the file has %d columns", len(record.cells), len(r.columns)))
		return row
	}
	var first, last string
	for i, column := range r.columns[:min(len(r.columns), len(record.cells))] {
		cell := freed(strings.TrimSpace(record.cells[i]))
		if column.field == "" || cell == "" {
			continue
		}
		switch column.field {
		case fieldFirstName:
			first = cell
		case fieldLastName:
			last = cell
		default:
			row.take(column, cell)
		}
	}
	if row.says.Name == "" {
		row.says.Name = strings.TrimSpace(first + " " + last)
	}
	r.rules.checkValues(&row.faults, &Contact{}, &row.says)
	if row.id.IsZero() && len(row.says.AddressKeys()) == 0 {
		row.nameKey = core.Fold(cmp.Or(row.says.Name, r.name))
	}
	if len(row.faults) == 0 && len(row.says.OtherAddresses) < len(row.columns.others) {
		row.columns.others = nil // one was said twice: the columns do not match any more
	}
	return row
}

var yesOrNo = map[string]*bool{
	"true": new(true), "yes": new(true), "1": new(true), "false": new(false), "no": new(false), "0": new(false),
}

// take puts a cell into its field.
func (row *importedRow) take(column importColumn, cell string) {
	c := &row.says
	switch column.field {
	case fieldID:
		id, err := core.ParseID[Contact](cell)
		if err != nil {
			row.faults.Add("/id", "uuid", "is not the id of a contact")
		}
		row.id = id
	case fieldOwnerID:
		var err error
		if c.OwnerID.UUID, err = uuid.Parse(cell); err != nil {
			row.faults.Add("/ownerId", "uuid", "is not the id of a user")
		}
	case fieldActive:
		if row.active = yesOrNo[strings.ToLower(cell)]; row.active == nil {
			row.faults.Add("/active", "boolean", "has to be true or false")
		}
	case fieldTags:
		c.Tags = splitTags(cell)
	case fieldOtherAddresses:
		row.takeOthers(column, cell)
	case "type":
		c.Type = ContactType(strings.ToLower(cell))
	case fieldPhone, fieldEmail:
		row.takeAddress(column, cell)
	default:
		*importTexts[column.field](&c.NewContact) = cell
	}
}

// takeAddress makes the first of a kind the contact's own, and the rest its others.
func (row *importedRow) takeAddress(column importColumn, cell string) {
	c := &row.says
	switch {
	case column.field == fieldPhone && c.Phone == "":
		c.Phone, row.columns.phone = Phone(cell), column.header
	case column.field == fieldEmail && c.Email == "":
		c.Email, row.columns.email = core.Email(cell), column.header
	default:
		c.OtherAddresses = append(c.OtherAddresses, Address{Kind: AddressKind(column.field), Value: cell, Label: column.label})
		row.columns.others = append(row.columns.others, column.header)
	}
}

// takeOthers takes the other addresses of a contact that was exported.
func (row *importedRow) takeOthers(column importColumn, cell string) {
	list, err := splitAddresses(cell)
	if err != nil {
		row.faults.Add("/otherAddresses", "json", "has to be as an export writes it")
	}
	for _, a := range list {
		row.says.OtherAddresses = append(row.says.OtherAddresses, a)
		row.columns.others = append(row.columns.others, column.header)
	}
}

// fail makes the row an error.
func (row *importedRow) fail(columns []importColumn, faults core.Faults) {
	row.plan.Action, row.plan.Changes, row.plan.ContactID = ImportError, nil, core.ID[Contact]{}
	row.plan.Problems = make([]ImportProblem, len(faults))
	for i, fault := range faults {
		row.plan.Problems[i] = ImportProblem{fault, row.columnOf(columns, fault.Field)}
	}
}

// columnOf is the header of the column that has the value at a pointer.
func (row *importedRow) columnOf(columns []importColumn, pointer string) string {
	field, rest, _ := strings.Cut(strings.TrimPrefix(pointer, "/"), "/")
	switch field {
	case "phone":
		return row.columns.phone
	case "email":
		return row.columns.email
	case "otherAddresses":
		var i int
		if _, err := fmt.Sscanf(rest, "%d", &i); err == nil && i < len(row.columns.others) {
			return row.columns.others[i]
		}
	}
	for _, c := range columns {
		if c.field == field {
			return c.header
		}
	}
	return ""
}

// checked is the options' defaults in canonical form, or what is wrong with the options.
func (o ImportOptions) checked(r *rules) (NewContact, error) {
	var f core.Faults
	if o.OnMatch != "" && o.OnMatch != UpdateMatch && o.OnMatch != SkipMatch {
		f.Add("/onMatch", "enum", "has to be update or skip")
	}
	if o.Country != "" && phonenumbers.GetCountryCodeForRegion(o.Country) == 0 {
		f.Add("/country", "country", "is not a country of ISO 3166-1 with telephones")
	}
	var c Contact
	for _, field := range slices.Sorted(maps.Keys(o.Defaults)) {
		if text := importTexts[field]; text != nil {
			*text(&c.NewContact) = o.Defaults[field]
		} else if field == fieldTags {
			c.Tags = strings.Split(o.Defaults[field], ",")
		} else {
			f.Add("/defaults/"+field, "field", "is not a field that may have a default")
		}
	}
	var values core.Faults
	r.checkValues(&values, &Contact{}, &c)
	for _, v := range values {
		f.Add("/defaults"+v.Field, v.Rule, v.Message)
	}
	return c.NewContact, f.Err()
}
