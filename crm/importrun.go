package crm

import (
	"cmp"
	"context"
	"errors"
	"io"

	"github.com/clientele-crm/clientele/core"
)

// The size of a batch: as many rows as pay for its statements and for its commit, as many bytes
// as memory may hold.
const (
	importBatchRows  = 1_000
	importMostRows   = 2_000
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
	abreast  int                 // the batches that are stored while the next is planned; 0: none may be
	flights  []*importFlight     // those, the first first
	invented map[string]Category // by folded name, those that a dry run would have made
	record   ImportRecord        // of a commit
	made     int                 // the categories that were made
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
	abreast := tx.Store.Abreast()
	if abreast == 1 { // with nothing beside it a longer transaction costs each row less
		o.BatchRows = cmp.Or(o.BatchRows, importMostRows)
	}
	o.BatchRows = cmp.Or(o.BatchRows, importBatchRows)
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
		work: work, opts: o, file: file, abreast: abreast,
		reader: newImportRowReader(columns, rules, defaults.Name, file.cards, &o),
		planner: planner{
			rules: rules, defaults: defaults, columns: columns, relax: o.Relax, scope: tx.Scope, env: tx.Env,
			skip: o.OnMatch == SkipMatch, skipNew: o.OnNew == SkipNew, duplicates: o.OnDuplicate, invents: o.CreateCategories, by: matchedBy(o.MatchBy),
		},
		result: ImportResult{DryRun: o.DryRun, Columns: named(columns)},
	}
	if o.Rejected != nil {
		im.rejected = newRejectedRows(o.Rejected, file)
	}
	if o.DryRun {
		im.abreast = 0
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

// run reads batch after batch and stores each. While some are stored, the next is planned, and the
// values of the one after it are parsed. What was read before a failure of the reader is still
// stored: it is whole rows.
func (im *importer) run(ctx context.Context) error {
	ended := false
	defer func() {
		if !ended {
			im.abandon()
		}
	}()
	err := im.all(ctx)
	ended = true
	if err != nil {
		im.ground()
	}
	return errors.Join(err, im.rejected.flush())
}

func (im *importer) all(ctx context.Context) error {
	var parsed []*importedRow
	for {
		records, readErr := im.read()
		next := make(chan []*importedRow, 1)
		go func() { next <- im.reader.rows(records) }()
		err := im.send(ctx, parsed)
		parsed = <-next
		if err == nil && readErr != nil {
			err = errors.Join(im.send(ctx, parsed), im.landAll(ctx))
		}
		switch {
		case err != nil:
			return err
		case errors.Is(readErr, io.EOF):
			return nil
		case readErr != nil:
			return readErr
		}
	}
}

// read is the records of the next batch, and why it is the last.
func (im *importer) read() (records []importRecord, err error) {
	for bytes := 0; len(records) < im.opts.BatchRows && bytes < importBatchBytes; {
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
		if row.plan.Duplicate != nil {
			r.Duplicates++
		}
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
