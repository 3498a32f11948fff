package bunstore

import (
	"context"
	"errors"
	"time"

	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
)

// Answer is what was answered to a request that may be sent again.
type Answer struct {
	Scope   string // whose key it is
	Key     string
	Request string // a hash of what was asked: the same key may not be used for something else
	Status  int    // of HTTP; 0: the first request is still at work
	Headers map[string][]string
	Body    []byte

	CreatedAt time.Time
}

type answerRow struct {
	bun.BaseModel `bun:"table:core_idempotency,alias:i"`

	Answer
}

// How long an answer is kept, and how long a request may be at work before another may
// take its place: whoever had it has died. The clocks are those of the servers.
const (
	answerLife = 24 * time.Hour
	answerWork = 2 * time.Minute
)

// BeginAnswer notes that a request is at work. If its key is known already, the answer kept
// for it is returned instead: the caller has to compare Request and look whether there is a
// Status yet. Else a has the time by which KeepAnswer and ForgetAnswer tell it from a request
// that takes its place.
func (db *DB) BeginAnswer(ctx context.Context, a *Answer) (*Answer, error) {
	a.CreatedAt, a.Status, a.Headers, a.Body = db.Env.Time(), 0, map[string][]string{}, nil
	for range 2 {
		_, err := db.write.NewInsert().Model(&answerRow{Answer: *a}).Exec(ctx)
		if err = db.fail(err); !errors.Is(err, core.ErrExists) {
			return nil, err
		}
		var row answerRow
		err = db.write.NewSelect().Model(&row).Where("scope = ?", a.Scope).Where("key = ?", a.Key).Scan(ctx)
		if err = db.fail(err); errors.Is(err, core.ErrNotFound) {
			continue // forgotten meanwhile
		} else if err != nil {
			return nil, err
		}
		age := a.CreatedAt.Sub(row.CreatedAt)
		if age < answerWork || row.Status != 0 && age < answerLife {
			return &row.Answer, nil
		}
		if err := db.ForgetAnswer(ctx, row.Answer); err != nil {
			return nil, err
		}
	}
	return nil, &core.Error{Kind: core.ErrConflict, Message: "others use the same key at the same time"}
}

// KeepAnswer keeps what was answered, for 24 hours, unless another request has taken the place.
func (db *DB) KeepAnswer(ctx context.Context, a Answer) error {
	_, err := db.write.NewUpdate().Model(&answerRow{Answer: a}).Column("status", "headers", "body").
		Where("scope = ?", a.Scope).Where("key = ?", a.Key).Where("created_at = ?", a.CreatedAt).Exec(ctx)
	return db.fail(err)
}

// ForgetAnswer lets the request be made again. One that another has put in its place stays.
func (db *DB) ForgetAnswer(ctx context.Context, a Answer) error {
	_, err := db.write.NewDelete().Model((*answerRow)(nil)).
		Where("scope = ?", a.Scope).Where("key = ?", a.Key).Where("created_at = ?", a.CreatedAt).Exec(ctx)
	return db.fail(err)
}

// ForgetAnswers removes those of more than 24 hours ago.
func (db *DB) ForgetAnswers(ctx context.Context) error {
	_, err := db.write.NewDelete().Model((*answerRow)(nil)).
		Where("created_at < ?", db.Env.Time().Add(-answerLife)).Exec(ctx)
	return db.fail(err)
}
