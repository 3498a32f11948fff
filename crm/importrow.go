package crm

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm/duplicates"
)

// importedRow is a row of the file with its values in canonical form, and what becomes of it.
type importedRow struct {
	record         importRecord
	id             core.ID[Contact] // of an id column
	says           Contact          // the values that the row has
	hint           bool             // the id is of no contact, perhaps
	active         *bool            // of an active column
	category       string           // its name
	chosen         *Category        // the one of that name
	blanks         []string         // the fields that its blank cells clear
	nameKey        string           // the folded name by which a row without id and addresses is looked for
	faults         core.Faults      // of its values
	columns        rowColumns
	profile        *duplicates.Profile // of what it says, where duplicates are looked for
	plan           ImportRow
	fresh          bool // the contact that it is about was made by this import
	freshDuplicate bool // and so was the one that it is probably about
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
	hints   bool   // the file is no CSV: an id may be of no contact
	byID    bool
	alikes  bool            // duplicates are looked for
	clears  map[string]bool // the fields that a blank cell clears
}

func newImportRowReader(columns []importColumn, rules *rules, name string, hints bool, o *ImportOptions) *importRowReader {
	r := &importRowReader{columns: columns, rules: rules, name: name, hints: hints, byID: matchedBy(o.MatchBy)[fieldID], alikes: o.seeks(), clears: map[string]bool{}}
	for _, field := range o.ClearBlanks {
		if field == "*" {
			for _, each := range clearable {
				r.clears[each] = true
			}
		}
		r.clears[field] = true
	}
	return r
}

func (r *importRowReader) rows(records []importRecord) []*importedRow {
	rows := make([]*importedRow, len(records))
	for i, record := range records {
		rows[i] = r.row(record)
	}
	return rows
}

func (r *importRowReader) row(record importRecord) *importedRow {
	row := &importedRow{record: record, plan: ImportRow{Line: record.line}, hint: r.hints}
	if record.err != nil {
		row.faults.Add("", "row", "the row cannot be read: "+record.err.Error())
		return row
	}
	if extra := record.cells[min(len(r.columns), len(record.cells)):]; strings.TrimSpace(strings.Join(extra, "")) != "" {
		row.faults.Add("", "columns", fmt.Sprintf("the row has %d cells, and the file has %d columns", len(record.cells), len(r.columns)))
		return row
	}
	var first, last string
	for i, column := range r.columns[:min(len(r.columns), len(record.cells))] {
		cell := strings.TrimSpace(record.cells[i])
		if !r.hints { // it is a cell of CSV
			cell = freed(cell)
		}
		if cell == "" && r.clears[column.field] {
			row.blanks = append(row.blanks, column.field)
		}
		if column.field == "" || cell == "" || column.field == fieldID && !r.byID {
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
	if (row.id.IsZero() || row.hint) && len(row.says.AddressKeys()) == 0 {
		row.nameKey = core.Fold(cmp.Or(row.says.Name, r.name))
	}
	if r.alikes && len(row.faults) == 0 {
		row.profile = duplicates.Of(row.says.Compared())
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
		if err != nil && !row.hint {
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
		c.Tags = importedTags(cell)
	case fieldCategory:
		row.category = row.faults.Line("/categoryId", cell, maxName)
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

// importedTags are tags as exports write them: ours, Google's between " ::: ", which marks
// groups of its own with an asterisk, and Outlook's between semicolons.
func importedTags(cell string) []string {
	switch {
	case strings.Contains(cell, googleSeparator) || strings.HasPrefix(cell, "* "):
		return slices.DeleteFunc(strings.Split(cell, googleSeparator), func(tag string) bool { return strings.HasPrefix(strings.TrimSpace(tag), "* ") })
	case strings.Contains(cell, ";") && !strings.ContainsAny(cell, `,"`):
		return strings.Split(cell, ";")
	}
	return splitTags(cell)
}

const googleSeparator = ":::"

// takeAddress makes the first of a kind the contact's own, and the rest its others.
func (row *importedRow) takeAddress(column importColumn, cell string) {
	if strings.Contains(cell, googleSeparator) { // several in one cell
		for one := range strings.SplitSeq(cell, googleSeparator) {
			if one = strings.TrimSpace(one); one != "" {
				row.takeAddress(column, one)
			}
		}
		return
	}
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
	row.plan.Action, row.plan.Changes, row.plan.ContactID, row.plan.Duplicate = ImportError, nil, core.ID[Contact]{}, nil
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
	case "categoryId":
		field = fieldCategory
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
