package crm

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"time"

	"github.com/clientele-crm/clientele/core"
)

// ImportRecord is what is kept of an import: how far it has come, and nothing of its file.
type ImportRecord struct {
	ID    core.ID[ImportRecord] `json:"id"`
	State ImportState           `json:"state"` // running, done, failed or reverted

	Rows     int `json:"rows"`     // the rows that the counts are of
	Created  int `json:"created"`  // new contacts
	Updated  int `json:"updated"`  // contacts that were changed
	Skipped  int `json:"skipped"`  // rows of which nothing came
	Failed   int `json:"failed"`   // rows with errors
	LastLine int `json:"lastLine"` // where the last of these rows begins
	Reverted int `json:"reverted"` // contacts that a revert has brought back to what they were
	Kept     int `json:"kept"`     // contacts that it left, since they have changed after the import
	Gone     int `json:"gone"`     // contacts that had been erased by then

	Stamp
	FinishedAt *time.Time `json:"finishedAt,omitzero"` // when it came to its end; absent while it has not

	RowsDigest    string `json:"-"` // of the rows that the counts are of
	OptionsDigest string `json:"-"`
}

// ImportState is how an import stands.
type ImportState string

// The states of an import. One that was cut off by a crash stays running; a failed one and a
// running one can be resumed.
const (
	ImportRunning  ImportState = "running"
	ImportDone     ImportState = "done"
	ImportFailed   ImportState = "failed"
	ImportReverted ImportState = "reverted"
)

// The events of an import.
var (
	ImportStarted     = core.EventType[ImportRecord]{Name: "contact_import.started", Kind: "contact_import"}
	ImportFinished    = core.EventType[ImportRecord]{Name: "contact_import.finished", Kind: "contact_import"}
	ImportWasReverted = core.EventType[ImportRecord]{Name: "contact_import.reverted", Kind: "contact_import"}
)

// ImportBatch is which contacts a batch of an import made or changed.
type ImportBatch struct {
	ImportID  core.ID[ImportRecord]
	FirstLine int
	Contacts  []ImportedContact // once it is reverted, those that were left
	Reverted  bool
}

// ImportedContact is a contact with its version before a batch, 0 for one that it made, and
// after.
type ImportedContact struct {
	ID   core.ID[Contact] `json:"id"`
	From int64            `json:"from,omitempty"`
	To   int64            `json:"to"`
}

// ImportRecord reads what is kept of an import, also while it runs.
func (s *Contacts) ImportRecord(ctx context.Context, id core.ID[ImportRecord]) (ImportRecord, error) {
	if err := s.require(core.ContactsImport); err != nil {
		return ImportRecord{}, err
	}
	return s.work.Plain().Store.Import(ctx, id)
}

// ImportRecords reads a page of what is kept of imports, the newest first.
func (s *Contacts) ImportRecords(ctx context.Context, p core.Page) (core.List[ImportRecord], error) {
	if err := s.require(core.ContactsImport); err != nil {
		return core.List[ImportRecord]{}, err
	}
	return s.work.Plain().Store.ListImports(ctx, p)
}

var (
	errOtherImport = &core.Error{Kind: core.ErrInvalid, Code: "not_the_file", Message: "this is not the file of the import, or the options are others"}
	errImportMoved = &core.Error{Kind: core.ErrState, Code: "import_moved", Message: "another run goes on with this import, or it has been reverted"}
)

// begin makes the record of the import, or reads the one that it goes on with and passes over
// the rows that are stored already.
func (im *importer) begin(ctx context.Context) error {
	options := im.opts.digest()
	if im.opts.Resume.IsZero() {
		return im.work.Atomic(ctx, func(tx Tx) error {
			im.record = ImportRecord{ID: core.NewID[ImportRecord](tx.Env), State: ImportRunning, OptionsDigest: options, Stamp: newStamp(tx)}
			im.result.ID = im.record.ID
			if err := tx.Store.InsertImport(ctx, im.record); err != nil {
				return err
			}
			return tx.Events.Emit(ctx, ImportStarted.Of(im.record.ID, nil, &im.record))
		})
	}
	var err error
	if im.record, err = im.work.Plain().Store.Import(ctx, im.opts.Resume); err != nil {
		return err
	}
	r := &im.record
	switch {
	case r.State == ImportReverted:
		return errImportMoved
	case r.OptionsDigest != options:
		return errOtherImport
	}
	im.result.ID = r.ID
	im.result.Rows, im.result.Created, im.result.Updated = r.Rows, r.Created, r.Updated
	im.result.Skipped, im.result.Failed, im.result.LastLine = r.Skipped, r.Failed, r.LastLine
	return im.passOver()
}

// passOver reads the rows that an earlier run has stored.
func (im *importer) passOver() error {
	digest := ""
	for rows := 0; rows < im.record.Rows; {
		record, err := im.file.next()
		if errors.Is(err, io.EOF) {
			return errOtherImport
		}
		if err != nil {
			return err
		}
		if !record.blank() {
			digest = digestOf(digest, &record)
			rows++
		}
	}
	if digest != im.record.RowsDigest {
		return errOtherImport
	}
	return nil
}

// digestOf is the digest of rows and of one more.
func digestOf(before string, r *importRecord) string {
	text := append(make([]byte, 0, 256), before...)
	for _, cell := range r.cells {
		text = append(append(text, cell...), 0xff) // which stands in no UTF-8
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// digest is of what makes of a row what becomes of it.
func (o *ImportOptions) digest() string {
	text, err := json.Marshal([]any{
		o.OnMatch, o.OnNew, o.OnDuplicate, o.MatchBy, o.ClearBlanks, o.CreateCategories, o.Relax, o.KeepPhones, o.Country, o.Mapping, o.Defaults, o.Encoding, o.Delimiter,
	})
	if err != nil { // texts and truths always encode
		panic(err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// note keeps, in the transaction of a batch, how far the import has come by it, and which
// contacts it made or changed.
func (r ImportRecord) note(ctx context.Context, tx Tx, batch []*importedRow, made *roster) (ImportRecord, error) {
	for _, row := range batch {
		r.Rows++
		r.LastLine = row.plan.Line
		r.RowsDigest = digestOf(r.RowsDigest, &row.record)
		*row.plan.Action.counter(&r.Created, &r.Updated, &r.Skipped, &r.Failed)++
	}
	if err := replaceImport(ctx, tx, &r); err != nil {
		return r, err
	}
	if made == nil || len(made.order) == 0 {
		return r, nil
	}
	b := ImportBatch{ImportID: r.ID, FirstLine: batch[0].plan.Line, Contacts: make([]ImportedContact, len(made.order))}
	for i, c := range made.order {
		b.Contacts[i] = ImportedContact{ID: c.now.ID, To: c.now.Version}
		if c.was != nil {
			b.Contacts[i].From = c.was.Version
		}
	}
	return r, tx.Store.InsertImportBatch(ctx, b)
}

// replaceImport writes a record as the next version.
func replaceImport(ctx context.Context, tx Tx, r *ImportRecord) error {
	r.Version++
	r.UpdatedAt = tx.Env.Time()
	err := tx.Store.ReplaceImport(ctx, *r, r.Version-1)
	if errors.Is(err, core.ErrConflict) { // no fault of the rows: they are not tried again
		return errImportMoved
	}
	return err
}

// counter is the one of the counts that an action adds to.
func (a ImportAction) counter(created, updated, skipped, failed *int) *int {
	switch a {
	case ImportCreate:
		return created
	case ImportUpdate:
		return updated
	case ImportSkip:
		return skipped
	}
	return failed
}

// finish keeps how the import ended.
func (im *importer) finish(ctx context.Context, failure error) error {
	if im.spill != nil || im.record.State == ImportDone || errors.Is(failure, errImportMoved) {
		return nil
	}
	ctx = context.WithoutCancel(ctx)
	return im.work.Atomic(ctx, func(tx Tx) error {
		was, r := im.record, im.record
		now := tx.Env.Time()
		r.State, r.FinishedAt = ImportDone, &now
		if failure != nil {
			r.State = ImportFailed
		}
		if err := replaceImport(ctx, tx, &r); err != nil {
			return err
		}
		return tx.Events.Emit(ctx, ImportFinished.Of(r.ID, &was, &r))
	})
}
