package clientele

import (
	"context"
	"fmt"
	"time"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/jobs"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/identity"
)

// WithRetention has [Clientele.Work] erase, once a day, the contacts of all companies that have
// been deleted for so long, which has to be [crm.MinRetention] or longer. Without it, deleted
// contacts are kept until somebody purges them.
func WithRetention(deletedFor time.Duration) Option {
	return func(o *options) { o.retain = deletedFor }
}

var purging = jobs.Kind[struct{}]{Name: "clientele.purge", Timeout: time.Hour}

// purgeDaily makes the job of WithRetention. It may be cut short and begin anew: each erasure is
// a transaction of its own.
func (c *Clientele) purgeDaily(deletedFor time.Duration) {
	if deletedFor == 0 {
		return
	}
	jobs.Handle(c.Jobs, purging, func(ctx context.Context, _ jobs.Run[struct{}]) error {
		return c.PurgeAll(ctx, deletedFor, false, nil)
	})
	c.Jobs.Periodic("clientele.purge", jobs.Daily(3, 0, time.UTC), purging.Of(struct{}{}))
}

// PurgeAll is [crm.Privacy.Purge] in every company, the active and the inactive ones.
func (c *Clientele) PurgeAll(ctx context.Context, deletedFor time.Duration, dryRun bool, tell func(core.CompanyID, crm.Purged) error) error {
	for company, err := range core.All(ctx, func(ctx context.Context, p core.Page) (core.List[identity.Company], error) {
		return c.Companies.All(ctx, identity.Operator(), identity.CompanyFilter{}, p)
	}) {
		if err != nil {
			return err
		}
		ws := c.Workspace(core.Scope{Company: company.ID, Actor: core.System()})
		_, err := ws.Privacy.Purge(ctx, deletedFor, dryRun, func(p crm.Purged) error {
			if tell == nil {
				return nil
			}
			return tell(company.ID, p)
		})
		if err != nil {
			return fmt.Errorf("purge of company %s: %w", company.ID, err)
		}
	}
	return nil
}
