package bunstore

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/clientele-crm/clientele/core"
)

// eventRow is an event on its way to those who wait for it.
type eventRow struct {
	bun.BaseModel `bun:"table:core_outbox,alias:e"`

	CompanyID   core.CompanyID
	ID          uuid.UUID
	Name        string
	SubjectKind string
	SubjectID   uuid.UUID
	ActorID     core.UserID
	Data        json.RawMessage
	CreatedAt   time.Time
}

// newAuditRow is a [core.AuditEntry] whose changes are encoded already.
type newAuditRow struct {
	bun.BaseModel `bun:"table:core_audit,alias:a"`

	CompanyID   core.CompanyID
	ID          core.ID[core.AuditEntry]
	Action      string
	SubjectKind string
	SubjectID   uuid.UUID
	ActorID     core.UserID
	Changes     json.RawMessage
	CreatedAt   time.Time
}

// Outbox takes the events of the session's transaction.
func (s *Session) Outbox() core.Outbox { return outbox{s} }

type outbox struct{ *Session }

// Emit stores each event in the outbox and what it changed in the audit.
func (o outbox) Emit(ctx context.Context, events ...core.Event) error {
	if len(events) == 0 {
		return nil
	}
	if err := o.store(ctx, events); err != nil {
		return err
	}
	return o.Left(ctx)
}

func (o outbox) store(ctx context.Context, events []core.Event) error {
	now := o.Env().Time()
	entries := make([]newAuditRow, len(events))
	var failed error
	row := func(i int) (row eventRow) {
		var err error
		if row, entries[i], err = o.rows(events[i], now); err != nil {
			failed = err // and nothing of all this is kept
		}
		return row
	}
	if len(events) <= copyFrom {
		rows := made(0, len(events), row)
		if failed != nil {
			return failed
		}
		if err := InsertLater(ctx, o.Session, rows); err != nil {
			return err
		}
		return InsertLater(ctx, o.Session, entries)
	}
	err := InsertEach(ctx, o.Session, len(events), row)
	if err := cmp.Or(failed, err); err != nil {
		return err
	}
	return InsertAll(ctx, o.Session, entries)
}

// rows are an event's in the outbox and in the audit.
func (o outbox) rows(e core.Event, now time.Time) (event eventRow, entry newAuditRow, err error) {
	event = eventRow{
		CompanyID: o.scope.Company, ID: o.Env().UUID(), Name: e.Name,
		SubjectKind: e.Subject.Kind, SubjectID: e.Subject.ID, ActorID: o.scope.Actor.ID,
		Data: json.RawMessage("{}"), CreatedAt: now,
	}
	entry = newAuditRow{
		CompanyID: o.scope.Company, ID: core.NewID[core.AuditEntry](o.Env()), Action: e.Name,
		SubjectKind: e.Subject.Kind, SubjectID: e.Subject.ID, ActorID: o.scope.Actor.ID,
		Changes: json.RawMessage("{}"), CreatedAt: now,
	}
	if err := e.Encode(); err != nil {
		return event, entry, err
	}
	before, _ := e.Before.(json.RawMessage)
	after, _ := e.After.(json.RawMessage)
	changes, err := core.EncodeChanges(before, after)
	if err != nil {
		return event, entry, fmt.Errorf("audit of %s: %w", e.Name, err)
	}
	event.Data, entry.Changes = change(before, after), changes
	return event, entry, nil
}

// change is {"before": …, "after": …} of what is encoded already.
func change(before, after json.RawMessage) json.RawMessage {
	data := make([]byte, 0, len(before)+len(after)+32)
	data = append(data, '{')
	if before != nil {
		data = append(append(data, `"before":`...), before...)
	}
	if after != nil {
		if before != nil {
			data = append(data, ',')
		}
		data = append(append(data, `"after":`...), after...)
	}
	return append(data, '}')
}
