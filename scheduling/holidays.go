package scheduling

import (
	"context"
	"fmt"
	"slices"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/scheduling/slots"
)

// Holiday is a day on which the company's agendas are closed, unless an override of an agenda
// says otherwise.
type Holiday struct {
	Day  slots.Date `json:"day"`
	Name string     `json:"name"` // up to 200 characters
}

// Holidays are all of a company's, for the audit.
type Holidays struct {
	Days []Holiday `json:"days"` // by their day
}

// HolidaysSet is the event that a company's holidays changed. Its subject is the company.
var HolidaysSet = core.EventType[Holidays]{Name: "holidays.set", Kind: "company"}

const maxHolidays = 1000

// Holidays lists the company's holidays by their day.
func (s *Agendas) Holidays(ctx context.Context) ([]Holiday, error) {
	if err := permit(s.work, core.AgendasRead); err != nil {
		return nil, err
	}
	return s.work.Plain().Store.Holidays(ctx)
}

// SetHolidays replaces the company's holidays: up to 1,000, each day once. Appointments that
// there are stay as they are.
func (s *Agendas) SetHolidays(ctx context.Context, days []Holiday) ([]Holiday, error) {
	if err := permit(s.work, core.AgendasWrite); err != nil {
		return nil, err
	}
	days = slices.Clone(days)
	if err := checkHolidays(days); err != nil {
		return nil, err
	}
	err := s.work.Atomic(ctx, func(tx Tx) error {
		was, err := tx.Store.SetHolidays(ctx, days)
		if err != nil || slices.Equal(was, days) {
			return err
		}
		id := core.ID[Holidays]{UUID: tx.Scope.Company.UUID}
		return tx.Events.Emit(ctx, HolidaysSet.Of(id, &Holidays{was}, &Holidays{days}))
	})
	return days, err
}

func checkHolidays(days []Holiday) error {
	var f core.Faults
	if len(days) > maxHolidays {
		f.Add("", "max_items", fmt.Sprintf("are more than %d", maxHolidays))
		return f.Err()
	}
	seen := map[slots.Date]bool{}
	for i := range days {
		at := fmt.Sprintf("/%d", i)
		days[i].Name = f.Line(at+"/name", days[i].Name, maxName)
		switch day := days[i].Day; {
		case day.IsZero():
			f.Add(at+"/day", "required", "a holiday has to have a day")
		case seen[day]:
			f.Add(at+"/day", "unique", "the day is there already")
		}
		seen[days[i].Day] = true
	}
	slices.SortFunc(days, func(a, b Holiday) int { return a.Day.Compare(b.Day) })
	return f.Err()
}
