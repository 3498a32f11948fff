package bunstore

import (
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
	now := o.Env().Time()
	rows := make([]eventRow, len(events))
	entries := make([]newAuditRow, len(events))
	for i, e := range events {
		before, err := encode(e.Before)
		if err != nil {
			return err
		}
		after, err := encode(e.After)
		if err != nil {
			return err
		}
		changes, err := core.EncodeChanges(before, after)
		if err != nil {
			return fmt.Errorf("audit of %s: %w", e.Name, err)
		}
		rows[i] = eventRow{
			CompanyID: o.scope.Company, ID: o.Env().UUID(), Name: e.Name,
			SubjectKind: e.Subject.Kind, SubjectID: e.Subject.ID, ActorID: o.scope.Actor.ID,
			Data: change(before, after), CreatedAt: now,
		}
		entries[i] = newAuditRow{
			CompanyID: o.scope.Company, ID: core.NewID[core.AuditEntry](o.Env()), Action: e.Name,
			SubjectKind: e.Subject.Kind, SubjectID: e.Subject.ID, ActorID: o.scope.Actor.ID,
			Changes: changes, CreatedAt: now,
		}
	}
	if err := o.InsertAll(ctx, &rows); err != nil {
		return err
	}
	if err := o.InsertAll(ctx, &entries); err != nil {
		return err
	}
	return o.Left(ctx)
}

func encode(v any) (json.RawMessage, error) {
	if v == nil {
		return nil, nil
	}
	data, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("event of %T: %w", v, err)
	}
	return data, nil
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
