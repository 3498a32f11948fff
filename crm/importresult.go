package crm

import "github.com/clientele-crm/clientele/core"

// ImportAction is what an import does with a row.
type ImportAction string

// The actions of an import.
const (
	ImportCreate ImportAction = "create"
	ImportUpdate ImportAction = "update"
	ImportSkip   ImportAction = "skip" // the contact has all that the row says, or the options skip it
	ImportError  ImportAction = "error"
)

// ImportRow is the plan of one row of a file.
type ImportRow struct {
	Line   int          `json:"line"`   // where the row begins, from 1; the header is line 1
	Action ImportAction `json:"action"` // what is done with it

	// ContactID is the contact that the row is about. A contact that a dry run only would
	// have made has none.
	ContactID core.ID[Contact] `json:"contactId,omitzero"`

	Duplicate *ImportDuplicate `json:"duplicate,omitempty"` // whom the row is probably about, where it is about nobody for sure

	Changes  []string        `json:"changes,omitempty"`  // the fields that an update changes
	Problems []ImportProblem `json:"problems,omitempty"` // why the row is an error
}

// ImportProblem is what is wrong with a value of a row.
type ImportProblem struct {
	core.FieldError        // the pointer is into the contact
	Column          string `json:"column,omitempty"` // the header of the cell, where it is one cell's fault
}

// ImportColumn says what a column of a file was read as.
type ImportColumn struct {
	Header string `json:"header"`          // of the column, as the file has it
	Field  string `json:"field,omitempty"` // empty: the column is ignored
}

// ImportResult says what an import did, or a dry run would do.
type ImportResult struct {
	ID core.ID[ImportRecord] `json:"id,omitzero"` // of what is kept of the import; a dry run leaves nothing

	DryRun  bool           `json:"dryRun"`  // nothing was stored
	Columns []ImportColumn `json:"columns"` // of the file, in its order

	Rows    int `json:"rows"`    // the rows that the counts below are of
	Created int `json:"created"` // new contacts
	Updated int `json:"updated"` // contacts that were changed
	Skipped int `json:"skipped"` // rows of which nothing came
	Failed  int `json:"failed"`  // rows with errors

	// Duplicates are the rows of this run that probably are about somebody though no id or address
	// says so, whatever became of them. Those before a resumed run are not among them.
	Duplicates int `json:"duplicates"`

	// LastLine is where the last of these rows begins. After an error, all up to here is
	// stored, and nothing after it.
	LastLine int `json:"lastLine"`
}

// Ignored are the headers of the columns that were not read.
func (r ImportResult) Ignored() (headers []string) {
	for _, c := range r.Columns {
		if c.Field == "" {
			headers = append(headers, c.Header)
		}
	}
	return headers
}
