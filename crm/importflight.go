package crm

import (
	"context"
	"time"

	"github.com/clientele-crm/clientele/core"
)

// importFlight is a batch that is planned and on its way to the database, in a transaction of its own.
// Several may be under way at once where they have nothing to do with each other; what is kept of the
// import is written by one after the other, so that they commit in the order of the file.
type importFlight struct {
	rows   []*importedRow
	roster *roster
	before *importFlight // which has to be stored first; nil: none

	begun  chan struct{}
	done   chan struct{} // closed when the transaction is over; then the next three are set
	record ImportRecord
	err    error
	died   any       // what the store has panicked with
	told   chan bool // once it was told of; false: nothing behind it may be stored
}

// importPatience is how long a batch waits until the one before it is told of. Telling may take as
// long as it likes, and a transaction may not: what waits longer is rolled back, and stored later.
const importPatience = time.Second

var errBehind = &core.Error{Kind: core.ErrConflict, Code: "import_behind", Message: "the rows before these are not stored yet"}

// send has rows stored: beside those before, or after them where it has to be.
func (im *importer) send(ctx context.Context, rows []*importedRow) error {
	if im.abreast == 0 || len(rows) == 0 {
		return im.store(ctx, rows)
	}
	r := im.plannedAhead(ctx, rows)
	for len(im.flights) > 0 && (r == nil || r.heir || len(im.flights) >= im.abreast) {
		if r != nil {
			if err := r.encode(); err != nil {
				return err
			}
		}
		asPlanned, err := im.land(ctx)
		if err != nil {
			return err
		}
		if !asPlanned {
			r = im.plannedAhead(ctx, rows)
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if r == nil {
		return im.store(ctx, rows)
	}
	f := &importFlight{rows: rows, roster: r, record: im.record, begun: make(chan struct{}), done: make(chan struct{}), told: make(chan bool, 1)}
	if n := len(im.flights); n > 0 {
		f.before = im.flights[n-1]
	}
	im.flights = append(im.flights, f)
	go func() {
		defer close(f.done)
		defer func() {
			if f.died = recover(); f.died != nil {
				f.err = errBehind
			}
			f.before = nil // else each would keep all before it
		}()
		f.err = f.fly(ctx, im.work)
	}()
	return nil
}

// fly stores the batch.
func (f *importFlight) fly(ctx context.Context, work core.Work[Tx]) error {
	if err := f.roster.encode(); err != nil {
		return err
	}
	if f.before != nil { // who may have to wait for a connection does so in order
		select {
		case <-f.before.begun:
		case <-f.before.done:
		}
	}
	return work.Atomic(ctx, func(tx Tx) (err error) {
		close(f.begun)
		if err := f.roster.write(ctx, tx); err != nil {
			return err
		}
		if err := f.await(); err != nil {
			return err
		}
		f.record, err = f.record.note(ctx, tx, f.rows, f.roster)
		return err
	})
}

// await waits until it is the batch's turn to commit.
func (f *importFlight) await() error {
	if f.before == nil {
		return nil
	}
	<-f.before.done
	if f.before.err != nil {
		return errBehind
	}
	f.record = f.before.record
	select {
	case goOn := <-f.before.told:
		if goOn {
			return nil
		}
	case <-time.After(importPatience):
	}
	return errBehind
}

// land waits for the first batch and tells of it. One that the database refuses is planned anew and
// stored alone, and so are those behind it: then what was planned after them does not hold.
func (im *importer) land(ctx context.Context) (asPlanned bool, err error) {
	f := im.flights[0]
	<-f.done
	if f.died != nil {
		panic(f.died) // where the caller of the import can catch it
	}
	if f.err == nil {
		im.flights = im.flights[1:]
		im.record, im.made = f.record, im.made+len(f.roster.invented)
		err := im.report(f.rows)
		f.told <- err == nil && ctx.Err() == nil
		im.settle(ctx)
		return true, err
	}
	failed := im.flights
	im.flights = nil
	for _, f := range failed {
		<-f.done
	}
	if !refused(f.err) {
		return false, f.err
	}
	for _, f := range failed {
		if err := im.store(ctx, f.rows); err != nil {
			return false, err
		}
	}
	return false, nil
}

func (im *importer) landAll(ctx context.Context) error {
	for len(im.flights) > 0 {
		if _, err := im.land(ctx); err != nil {
			return err
		}
	}
	return nil
}

// ground waits for what is under way when the import ends early, and tells of what came through.
func (im *importer) ground() {
	for _, f := range im.flights {
		if <-f.done; f.err == nil {
			im.record = f.record
			_ = im.report(f.rows) // it ends with an error anyhow
		}
		f.told <- false
	}
}

// abandon waits for what is under way when somebody has panicked: who recovers finds nothing that is stored
// behind their back.
func (im *importer) abandon() {
	for _, f := range im.flights {
		<-f.done
		f.told <- false
	}
}
