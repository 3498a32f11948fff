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

	// OnDuplicate is what becomes of a new row that probably is somebody whom there is, in the
	// company or in an earlier row: WarnDuplicate, the default, CreateDuplicate, SkipDuplicate or
	// UpdateDuplicate. Whoever is compared is among the 50 oldest that share a key; see
	// package duplicates.
	OnDuplicate OnDuplicate

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

	// BatchRows is how many rows are stored in one transaction, at most 2000. 0 means 1000, or 2000
	// where one writes at a time, as into a file of SQLite. Fewer hold its locks for less time, and tell sooner how far the import is; more are faster.
	BatchRows int

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
