package scheduling

import (
	"context"
	"errors"
	"iter"

	"github.com/clientele-crm/clientele/core"
)

// Agendas is the service of a company's agendas. It needs [core.AgendasRead] to read and
// [core.AgendasWrite] to change. An actor with OwnRows sees the agendas that they made and those
// whose appointments they take.
type Agendas struct{ work core.Work[Tx] }

// NewAgendas is the service over a store, in the scope of work.
func NewAgendas(work core.Work[Tx]) *Agendas { return &Agendas{work} }

// Create adds an agenda, which can be booked at once. [core.ErrInvalid] lists what is wrong with
// n, such as a member who is nobody in the company; [core.ErrExists]: its slug is taken, perhaps by another company.
func (s *Agendas) Create(ctx context.Context, n NewAgenda) (a Agenda, err error) {
	if err := permit(s.work, core.AgendasWrite); err != nil {
		return Agenda{}, err
	}
	err = s.work.Atomic(ctx, func(tx Tx) error {
		a = Agenda{ID: core.NewID[Agenda](tx.Env), NewAgenda: n, Active: true, Stamp: newStamp(tx)}
		if err := a.check(ctx, tx, nil); err != nil {
			return err
		}
		if err := tx.Store.InsertAgenda(ctx, a); err != nil {
			return slugTaken(err)
		}
		return tx.Events.Emit(ctx, AgendaCreated.Of(a.ID, nil, &a))
	})
	if err != nil {
		return Agenda{}, err
	}
	return a, nil
}

func slugTaken(err error) error {
	if !errors.Is(err, core.ErrExists) {
		return err
	}
	return &core.Error{
		Kind: core.ErrExists, Code: "slug_exists", Message: "another agenda has this slug",
		Fields: core.Faults{{Field: "/slug", Rule: "unique", Message: "another agenda has this slug"}},
	}
}

// Get reads an agenda.
func (s *Agendas) Get(ctx context.Context, id core.ID[Agenda]) (Agenda, error) {
	if err := permit(s.work, core.AgendasRead); err != nil {
		return Agenda{}, err
	}
	return s.work.Plain().Store.Agenda(ctx, id)
}

// Update changes an agenda: edit is given it as it is and writes into it; what is of NewAgenda is
// its to change. If somebody else changes the agenda meanwhile, edit is called again with what
// they wrote; an error of edit is returned as it is and changes nothing. Appointments that there
// are stay as they are: see [Appointments.OutOfHours].
func (s *Agendas) Update(ctx context.Context, id core.ID[Agenda], edit func(*Agenda) error) (Agenda, error) {
	if err := permit(s.work, core.AgendasWrite); err != nil {
		return Agenda{}, err
	}
	a, err := changeAgenda(ctx, s.work, id, AgendaUpdated, func(tx Tx, a *Agenda) error {
		active, had := a.Active, a.memberIDs()
		if err := edit(a); err != nil {
			return err
		}
		a.Active = active
		return a.check(ctx, tx, had)
	})
	return a, slugTaken(err)
}

// Activate lets an agenda be booked. One that can be already stays so.
func (s *Agendas) Activate(ctx context.Context, id core.ID[Agenda]) (Agenda, error) {
	return s.setActive(ctx, id, AgendaActivated, true)
}

// Deactivate lets nothing more be booked. Appointments that there are stay.
func (s *Agendas) Deactivate(ctx context.Context, id core.ID[Agenda]) (Agenda, error) {
	return s.setActive(ctx, id, AgendaDeactivated, false)
}

func (s *Agendas) setActive(ctx context.Context, id core.ID[Agenda], event core.EventType[Agenda], active bool) (Agenda, error) {
	if err := permit(s.work, core.AgendasWrite); err != nil {
		return Agenda{}, err
	}
	return changeAgenda(ctx, s.work, id, event, func(_ Tx, a *Agenda) error {
		a.Active = active
		return nil
	})
}

// Delete deletes an agenda for good. One that has ever had an appointment is [core.ErrState]:
// deactivate it.
func (s *Agendas) Delete(ctx context.Context, id core.ID[Agenda]) error {
	if err := permit(s.work, core.AgendasWrite); err != nil {
		return err
	}
	return s.work.Atomic(ctx, func(tx Tx) error {
		a, err := tx.Store.Agenda(ctx, id)
		if err != nil {
			return err
		}
		if err := tx.Store.DeleteAgenda(ctx, id); err != nil {
			return err
		}
		return tx.Events.Emit(ctx, AgendaDeleted.Of(id, &a, nil))
	})
}

// List reads a page of the agendas that the filter lets through.
func (s *Agendas) List(ctx context.Context, f AgendaFilter, p core.Page) (core.List[Agenda], error) {
	if err := permit(s.work, core.AgendasRead); err != nil {
		return core.List[Agenda]{}, err
	}
	return s.work.Plain().Store.ListAgendas(ctx, f, p)
}

// All runs through the agendas that the filter lets through, page by page.
func (s *Agendas) All(ctx context.Context, f AgendaFilter) iter.Seq2[Agenda, error] {
	return core.All(ctx, func(ctx context.Context, p core.Page) (core.List[Agenda], error) {
		return s.List(ctx, f, p)
	})
}
