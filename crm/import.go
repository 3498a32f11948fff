package crm

import (
	"context"
	"errors"
	"io"

	"github.com/clientele-crm/clientele/core"
)

// ImportOptions say how a file is read and what becomes of its rows. The zero value creates
// and updates.
type ImportOptions struct {
	// Resume is an import that ended early, or whose caller does not know that it ended: the same
	// file with the same options goes on behind the rows that it stored. The rows before are told
	// to nobody, and counted in the result. [core.ErrInvalid]: the file or the options are others.
	// A dry run resumes nothing.
	Resume core.ID[ImportRecord]

	DryRun bool // plan every row and store nothing

	// OnMatch is what becomes of a row that is about a contact there is: UpdateMatch, the
	// default, or SkipMatch.
	OnMatch OnMatch

	// OnNew is what becomes of any other row: CreateNew, the default, or SkipNew.
	OnNew OnNew

	// MatchBy says by what a row finds the contact that it is about: "id", "phone" and "email";
	// by all of them with nil. An address of another contact that is not gone by makes the row
	// an error, since no two contacts have the same.
	MatchBy []string

	// ClearBlanks are fields of which a blank cell clears what the contact has: any but the name
	// and the addresses, or "*" for all of these. Of the others a blank cell says nothing.
	ClearBlanks []string

	// CreateCategories makes a category that a row names and that does not exist, up to 1000 in
	// an import, where the row would be refused otherwise. It needs [core.CategoriesWrite].
	CreateCategories bool

	// Encoding is that of the file, one of [ImportEncodings], and Delimiter the sign between
	// its cells. What is empty is found out.
	Encoding, Delimiter string

	// Relax lifts the company's contact policy for this import: a contact that lacks what
	// the policy asks for comes in, and is Incomplete.
	Relax bool

	// KeepPhones keeps a phone that no telephone plan contains as it was typed, where the
	// row would be refused otherwise.
	KeepPhones bool

	// Country (ISO 3166-1 alpha-2) is the plan of numbers without a "+"; empty: the company's.
	Country string

	// Mapping gives the field of each column that is to be read, by the column's header; the
	// other columns are ignored. With nil, fields are guessed from the headers. The fields
	// are in [ImportFields].
	Mapping map[string]string

	// Defaults are values for fields that neither the row nor its contact has.
	Defaults map[string]string

	// Rejected takes the rows that could not be stored as CSV: the file's columns, and
	// before them the line and the reason. A cell that a spreadsheet would run has an
	// apostrophe put before it. May be nil.
	Rejected io.Writer

	// OnRow is told each row's plan, in the order of the file, after what it says was
	// committed. An error of it ends the import. May be nil.
	OnRow func(ImportRow) error
}

// OnMatch says what an import does with a row that is about a contact there is.
type OnMatch string

// What may be done on a match.
const (
	UpdateMatch OnMatch = "update"
	SkipMatch   OnMatch = "skip"
)

// OnNew says what an import does with a row that is about no contact yet.
type OnNew string

// What may be done without a match.
const (
	CreateNew OnNew = "create"
	SkipNew   OnNew = "skip"
)

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

// Import reads contacts from CSV with a header, or from vCards. It needs the permissions
// [core.ContactsImport] and [core.ContactsWrite].
//
// CSV may be UTF-8, UTF-16 or of the old encodings of the West, its cells between commas,
// semicolons, tabs or bars, its lines ended by any system. Headers are known as the exports of
// Google Contacts, Outlook and HubSpot write them. A vCard is of version 3 or 4; of its
// properties those are read that a contact has fields for.
//
// A row is about the contact whose id it has in an id column, or who has one of its phones
// or e-mail addresses, and makes a new contact if there is none. The identifier of a vCard is
// looked for, and says nothing where it is of no contact. Rows that are about two
// contacts are errors. A row with neither id nor address is about the oldest contact without
// addresses that has its name and all else that it says, so that it changes nothing; if there
// is none it makes a contact, since two people may have one name. An earlier row of the file
// counts as stored. A blank cell clears nothing; tags and addresses are added, and none is
// taken away, but that a row with an id replaces the first phone and e-mail. A category is named, and has to
// exist and be active.
//
// What became of the import is kept ([Contacts.ImportRecord]) and grows with each batch, in its
// transaction: an import that was cut off can be resumed, and all of one can be undone by
// [Contacts.RevertImport].
//
// Rows are stored in batches, a transaction each, so a file of any size takes the same
// memory and holds no lock for long; inside a workspace's Atomic all are one transaction
// after all. A dry run plans by the same code and reads the same rows, and keeps what it
// would have stored in a temporary file, so it takes no lock at all.
//
// A row that cannot be stored, be it that it is no CSV, is an error row and never an error of
// Import. That is for a file that is neither CSV nor vCards ([core.ErrInvalid]), a database that fails, and a context that
// ends; the result then says how far the import came, and a second one skips what is there.
func (s *Contacts) Import(ctx context.Context, r io.Reader, o ImportOptions) (ImportResult, error) {
	if err := errors.Join(s.require(core.ContactsImport), s.require(core.ContactsWrite)); err != nil {
		return ImportResult{}, err
	}
	if o.CreateCategories {
		if err := s.require(core.CategoriesWrite); err != nil {
			return ImportResult{}, err
		}
	}
	im, err := newImporter(ctx, s.work, r, o)
	if err != nil {
		return ImportResult{DryRun: o.DryRun}, err
	}
	defer im.close()
	if !o.DryRun {
		if err := im.begin(ctx); err != nil {
			return im.result, err
		}
	}
	err = im.run(ctx)
	if kept := im.finish(ctx, err); err == nil {
		err = kept
	}
	return im.result, err
}

// The size of a batch: as many rows as pay for its statements, as many bytes as memory
// may hold.
const (
	importBatchRows  = 500
	importBatchBytes = 4 << 20
)

// importer is an import on its way.
type importer struct {
	work     core.Work[Tx]
	opts     ImportOptions
	file     *importFile
	reader   *importRowReader
	planner  planner
	rejected *rejectedRows
	spill    *importSpill        // of a dry run
	invented map[string]Category // by folded name, those that a dry run would have made
	record   ImportRecord        // of a commit
	grown    int                 // the rows made when the database was last told that there are many
	result   ImportResult
}

func newImporter(ctx context.Context, work core.Work[Tx], r io.Reader, o ImportOptions) (*importer, error) {
	tx := work.Plain()
	rules, err := rulesOf(ctx, tx)
	if err != nil {
		return nil, err
	}
	rules.anyPhone = o.KeepPhones
	if o.Country != "" {
		rules.country = o.Country
	}
	defaults, err := o.checked(ctx, tx, rules)
	if err != nil {
		return nil, err
	}
	encoding, comma, err := o.checkFile()
	if err != nil {
		return nil, err
	}
	file, err := openImport(r, encoding, comma)
	if err != nil {
		return nil, err
	}
	columns, err := mapColumns(file.header, o.Mapping)
	if err != nil {
		return nil, err
	}
	if o.Mapping == nil && !file.cards {
		dropForeignIDs(columns, file.peek())
	}
	im := &importer{
		work: work, opts: o, file: file,
		reader: newImportRowReader(columns, rules, defaults.Name, file.cards, &o),
		planner: planner{
			rules: rules, defaults: defaults, columns: columns, relax: o.Relax, scope: tx.Scope, env: tx.Env,
			skip: o.OnMatch == SkipMatch, skipNew: o.OnNew == SkipNew, invents: o.CreateCategories, by: matchedBy(o.MatchBy),
		},
		result: ImportResult{DryRun: o.DryRun, Columns: named(columns)},
	}
	if o.Rejected != nil {
		im.rejected = newRejectedRows(o.Rejected, file)
	}
	if o.DryRun {
		im.invented = map[string]Category{}
		im.spill, err = newImportSpill()
	}
	return im, err
}

func (im *importer) close() {
	if im.spill != nil {
		im.spill.close()
	}
}

// run reads batch after batch and stores each. While one is stored, the values of the next
// are parsed. What was read before a failure of the reader is still stored: it is whole rows.
func (im *importer) run(ctx context.Context) error {
	var parsed []*importedRow
	for {
		records, readErr := im.read()
		next := make(chan []*importedRow, 1)
		go func() { next <- im.reader.rows(records) }()
		err := im.store(ctx, parsed)
		parsed = <-next
		if err == nil && readErr != nil {
			err = im.store(ctx, parsed)
		}
		if err != nil {
			return errors.Join(err, im.rejected.flush())
		}
		if errors.Is(readErr, io.EOF) {
			return im.rejected.flush()
		}
		if readErr != nil {
			return errors.Join(readErr, im.rejected.flush())
		}
	}
}

// read is the records of the next batch, and why it is the last.
func (im *importer) read() (records []importRecord, err error) {
	for bytes := 0; len(records) < importBatchRows && bytes < importBatchBytes; {
		record, err := im.file.next()
		if err != nil {
			return records, err
		}
		if !record.blank() {
			bytes += record.size
			records = append(records, record)
		}
	}
	return records, nil
}

// report tells of rows that are stored.
func (im *importer) report(rows []*importedRow) error {
	for _, row := range rows {
		r := &im.result
		r.Rows++
		r.LastLine = row.plan.Line
		*row.plan.Action.counter(&r.Created, &r.Updated, &r.Skipped, &r.Failed)++
		if row.plan.Action == ImportError {
			if err := im.rejected.write(row); err != nil {
				return err
			}
		}
		if im.opts.OnRow == nil {
			continue
		}
		if err := im.opts.OnRow(row.plan); err != nil {
			return err
		}
	}
	return nil
}
