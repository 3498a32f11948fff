package postgres

import (
	"database/sql/driver"
	"errors"
	"io"
	"net"

	"github.com/uptrace/bun/driver/pgdriver"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// failure reads the SQLSTATE (PostgreSQL, appendix A) of pgdriver's errors and of any
// driver's that say it by SQLState, as pgx and pq do.
func failure(err error) bunstore.Failure {
	var state string
	var byBun pgdriver.Error
	var byOther interface{ SQLState() string }
	var network net.Error
	switch {
	case errors.As(err, &byBun):
		state = byBun.Field('C')
	case errors.As(err, &byOther):
		state = byOther.SQLState()
	case errors.As(err, &network), errors.Is(err, driver.ErrBadConn), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return bunstore.Failure{Kind: core.ErrUnavailable} // among them pgdriver's own timeout
	}
	switch state {
	case "23505", "23P01": // unique_violation, exclusion_violation
		return bunstore.Failure{Kind: core.ErrExists}
	case "23503", "23514", "23502", "22001", "22003", "22008", "22021", "54000": // foreign key, check, not null, too long, number or time out of range, not UTF-8, too large
		return bunstore.Failure{Kind: core.ErrInvalid}
	case "40001", "40P01": // serialization_failure, deadlock_detected
		return bunstore.Failure{Kind: core.ErrConflict}
	case "55P03", "57014", "57P01", "57P02", "57P03", "53300", "25P03", "25006": // locks, timeouts, shutdown, connections, a server that is no more the first
		return bunstore.Failure{Kind: core.ErrUnavailable}
	}
	if len(state) == 5 && (state[:2] == "08" || state[:2] == "53") { // connection, resources
		return bunstore.Failure{Kind: core.ErrUnavailable}
	}
	return bunstore.Failure{}
}
