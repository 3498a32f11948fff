package clientele_test

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/internal/pgtest"
	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/store/postgres"
)

// overheard is a database of Postgres behind a socket that hears each query: one is one round trip.
func overheard(t *testing.T) (dsn string, heard *statements) {
	at, err := url.Parse(pgtest.Database(t))
	require.NoError(t, err)
	query := at.Query()
	if query.Get("host") == "" {
		t.Skip("the server of the tests has no unix socket")
	}
	dir, err := os.MkdirTemp("", "heard-") // the path of a socket is short
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	server := filepath.Join(query.Get("host"), ".s.PGSQL.5432")
	query.Set("host", dir)
	at.RawQuery = query.Encode()
	listener, err := net.Listen("unix", filepath.Join(dir, ".s.PGSQL.5432"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, listener.Close()) })
	heard = &statements{}
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go relay(client, server, heard)
		}
	}()
	return at.String(), heard
}

// relay brings what a client says to the server, and back.
func relay(client net.Conn, at string, heard *statements) {
	defer client.Close()
	server, err := net.Dial("unix", at)
	if err != nil {
		return
	}
	defer server.Close()
	go func() {
		_, _ = io.Copy(client, server)
		_ = client.Close()
	}()
	from := bufio.NewReader(client)
	for started := false; ; started = true {
		kind := []byte{}
		if started { // the first message has no kind
			b, err := from.ReadByte()
			if err != nil {
				return
			}
			kind = append(kind, b)
		}
		message := make([]byte, 4)
		if _, err := io.ReadFull(from, message); err != nil {
			return
		}
		message = append(message, make([]byte, binary.BigEndian.Uint32(message)-4)...)
		if _, err := io.ReadFull(from, message[4:]); err != nil {
			return
		}
		if string(kind) == "Q" {
			heard.hear(strings.TrimRight(string(message[4:]), "\x00"))
		}
		if _, err := server.Write(append(kind, message...)); err != nil {
			return
		}
	}
}

// BEGIN goes with the first statement of a transaction, what an appointment takes with it, and what is told of it
// with COMMIT.
func TestABookingTakesSevenRoundTripsOnPostgres(t *testing.T) {
	t.Parallel()
	dsn, heard := overheard(t)
	db, err := postgres.Open(t.Context(), dsn)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	p := &practice{heard: heard, start: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC), company: core.CompanyID{UUID: named("company", 1)}}
	db.Env.Now = func() time.Time { return p.start }
	require.NoError(t, db.Migrate(t.Context()))
	require.NoError(t, db.EnsureCompany(t.Context(), core.Tenant{ID: p.company, Name: "Practice", ContactPolicy: []string{}}))
	p.Workspace = clientele.New(db).Workspace(core.Scope{Company: p.company, Actor: core.System()})
	a := p.agenda(t, []scheduling.AgendaMember{{ID: core.UserID{UUID: named("member", 1)}}})
	book := func(day int) {
		_, err := p.Appointments.Book(t.Context(), scheduling.NewAppointment{AgendaID: a.ID, StartDate: p.start.AddDate(0, 0, day).Add(9 * time.Hour)})
		require.NoError(t, err)
	}
	book(1) // and makes a row of the member to lock
	heard.take()
	book(2)
	said := heard.take()
	t.Log("\n" + strings.Join(said, "\n"))
	require.Len(t, said, 7)
	require.Regexp(t, `^BEGIN; SELECT .* FOR NO KEY UPDATE$`, said[0], "the agenda, locked")
	require.Regexp(t, `^INSERT INTO "sched_appointments" .*; INSERT INTO "sched_seats" `, said[5])
	require.Regexp(t, `^INSERT INTO "core_outbox" .*; INSERT INTO "core_audit" .*; COMMIT$`, said[6])
}
