package assessment

import (
	"context"

	"github.com/clientele-crm/clientele/core"
)

// Settings reads what the company has decided.
func (s *Forms) Settings(ctx context.Context) (Settings, error) {
	if err := allowed(s.work, s.kind.rights().read); err != nil {
		return Settings{}, err
	}
	return s.work.Plain().Store.Settings(ctx)
}

// SetProfiling says whether results are written into contacts' personality fields. What was
// written stays. It needs [core.CompanyWrite].
func (s *Forms) SetProfiling(ctx context.Context, on bool) (Settings, error) {
	if err := allowed(s.work, core.CompanyWrite); err != nil {
		return Settings{}, err
	}
	var now Settings
	err := core.Retry(ctx, s.work, func(tx Tx) error {
		was, err := tx.Store.Settings(ctx)
		if err != nil || was.Profiling == on {
			now = was
			return err
		}
		now = Settings{Profiling: on, Version: was.Version + 1, UpdatedAt: tx.Env.Time()}
		if err := tx.Store.ReplaceSettings(ctx, now, was.Version); err != nil {
			return err
		}
		return tx.Events.Emit(ctx, SettingsUpdated.Of(core.ID[Settings](tx.Scope.Company), &was, &now))
	})
	return now, err
}
