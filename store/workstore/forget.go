package workstore

import (
	"context"

	"github.com/google/uuid"

	"github.com/clientele-crm/clientele/store/bunstore"
)

// Forget removes the jobs of the session's company in whose arguments any of the ids stands,
// such as an event of a row that is erased; but not those of the event named keep. One that runs
// ends as if its lease had been lost.
func Forget(ctx context.Context, s *bunstore.Session, ids []uuid.UUID, keep string) error {
	mentioned, args := bunstore.Mentions("args", ids)
	_, err := s.AcrossDelete((*jobRow)(nil)).Where("company_id = ?", s.Scope().Company).Where(mentioned, args...).
		Where("CAST(args AS TEXT) NOT LIKE ?", `%"`+keep+`"%`).Exec(ctx)
	return s.Fail(err)
}
