package postgres_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/internal/pgtest"
	"github.com/clientele-crm/clientele/store/bunstore"
	"github.com/clientele-crm/clientele/store/postgres"
)

func open(t *testing.T, dsn string, opts ...postgres.Option) *bunstore.DB {
	db, err := postgres.Open(t.Context(), dsn, opts...)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

func TestSettingsOfADSNReachTheSession(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Empty(t)
	for _, c := range []struct{ params, setting, want string }{
		{"", "statement_timeout", "30s"},
		{"", "lock_timeout", "10s"},
		{"", "application_name", "clientele"},
		{"", "standard_conforming_strings", "on"},
		{"&statement_timeout=1500", "statement_timeout", "1500ms"},
		{"&statement_timeout=0", "statement_timeout", "0"},
		{"&lock_timeout=2s", "lock_timeout", "2s"},
		{"&application_name=it%27s", "application_name", "it's"},
		{"&search_path=crm,%20public", "search_path", "crm, public"},
		{"&standard_conforming_strings=off", "standard_conforming_strings", "on"},
		{"&TimeZone=America/Sao_Paulo", "TimeZone", "America/Sao_Paulo"},
	} {
		pool, _ := open(t, dsn+c.params).Pools()
		var got string
		require.NoError(t, pool.QueryRowContext(t.Context(), "SHOW "+c.setting).Scan(&got))
		require.Equal(t, c.want, got, c.params)
	}
}

func TestTablesGoIntoTheSchemaOfTheSearchPath(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Empty(t)
	pool, _ := open(t, dsn).Pools()
	_, err := pool.ExecContext(t.Context(), "CREATE SCHEMA crm")
	require.NoError(t, err)
	db := open(t, dsn+"&search_path=crm,public")
	require.NoError(t, db.Migrate(t.Context()))
	require.NoError(t, db.Check(t.Context()))
	var n int
	require.NoError(t, pool.QueryRowContext(t.Context(), "SELECT count(*) FROM crm.crm_contacts").Scan(&n))
}

func TestADSNThatIsNotUnderstoodIsAnErrorWithoutItsPassword(t *testing.T) {
	t.Parallel()
	for _, dsn := range []string{
		"", "host=localhost password=secret", "mysql://u:secret@localhost/db", "postgres://u:secret@localhost:port/db",
		"postgres://u:secret@localhost/db?sslmode=prefer", "postgres://u:secret@localhost/db?statement_timeout=soon",
		"postgres://u:secret@localhost/db?options=-csearch_path%3Dcrm", "postgres://u:secret@localhost/db?connect_timeout=-1",
		"postgres://u:secret@db.example.org/db?sslmode=verify-full&sslrootcert=/absent.pem",
	} {
		_, err := postgres.Pool(dsn)
		require.ErrorContains(t, err, "postgres: ", dsn)
		require.NotContains(t, err.Error(), "secret")
	}
}

func TestTimeoutsAreUnavailable(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Empty(t)
	pool, _ := open(t, dsn).Pools()
	_, err := pool.ExecContext(t.Context(), "CREATE TABLE held (id INT); INSERT INTO held VALUES (1)")
	require.NoError(t, err)
	holder, err := pool.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	_, err = holder.ExecContext(t.Context(), "UPDATE held SET id = 2")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, holder.Rollback()) })

	for _, c := range []struct {
		name, statement string
		opts            []postgres.Option
		limit           time.Duration // of the call
	}{
		{"a statement that takes too long", "SELECT pg_sleep(30)", []postgres.Option{postgres.StatementTimeout(50 * time.Millisecond)}, 0},
		{"a row that another holds", "UPDATE held SET id = 3", []postgres.Option{postgres.LockTimeout(50 * time.Millisecond)}, 0},
		{"a call whose deadline is over", "SELECT pg_sleep(30)", nil, 50 * time.Millisecond},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			db := open(t, dsn, c.opts...)
			ctx := t.Context()
			if c.limit > 0 {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, c.limit)
				defer cancel()
			}
			pool, _ := db.Pools()
			_, err := pool.ExecContext(ctx, c.statement)
			require.ErrorIs(t, db.Session(core.Scope{}).Fail(err), core.ErrUnavailable)
			require.NoError(t, db.Ping(t.Context()), "the next one finds a connection")
		})
	}
}

func TestAMigrationIsExemptFromTheTimeouts(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Empty(t)
	first := open(t, dsn)
	require.NoError(t, first.Migrate(t.Context()))
	pool, _ := first.Pools()
	holder, err := pool.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	defer func() { _ = holder.Rollback() }()
	_, err = holder.ExecContext(t.Context(), "LOCK TABLE core_migrations IN ACCESS EXCLUSIVE MODE")
	require.NoError(t, err)

	db := open(t, dsn, postgres.StatementTimeout(100*time.Millisecond))
	done := make(chan error, 1)
	go func() { done <- db.Migrate(t.Context()) }()
	for waited := false; !waited; {
		const late = "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND clock_timestamp() - query_start > interval '300 ms'"
		_, err := holder.ExecContext(t.Context(), "SELECT pg_stat_clear_snapshot()")
		require.NoError(t, err)
		require.NoError(t, holder.QueryRowContext(t.Context(), late).Scan(&waited))
		require.Empty(t, done, "it waits for the table")
	}
	require.NoError(t, holder.Rollback())
	require.NoError(t, <-done)
	mine, _ := db.Pools()
	var got string
	require.NoError(t, mine.QueryRowContext(t.Context(), "SHOW statement_timeout").Scan(&got))
	require.Equal(t, "100ms", got, "and the timeout holds again")
}

// A pooler gives each transaction another session: what one would leave in a session, another would
// wait for.
func TestAMigrationLeavesNothingInItsSession(t *testing.T) {
	t.Parallel()
	pool, err := postgres.Pool(pgtest.Empty(t), postgres.MaxConns(1))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, pool.Close()) })
	require.NoError(t, postgres.New(pool).Migrate(t.Context()))
	var locks int
	require.NoError(t, pool.QueryRowContext(t.Context(), "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()").Scan(&locks))
	require.Zero(t, locks)
	var timeout string
	require.NoError(t, pool.QueryRowContext(t.Context(), "SHOW statement_timeout").Scan(&timeout))
	require.Equal(t, "30s", timeout)
}

func TestAServerThatIsNotThereIsUnavailable(t *testing.T) {
	t.Parallel()
	_, err := postgres.Open(t.Context(), "postgres://u@localhost:5432/db?host="+t.TempDir())
	require.ErrorIs(t, err, core.ErrUnavailable)
}

// Each sslmode trusts whom libpq trusts by it: the server here has a certificate for the
// name "localhost", of an authority that only sslrootcert knows.
func TestModesOfTLS(t *testing.T) {
	t.Parallel()
	server := tlsServer(t)
	_, port, err := net.SplitHostPort(server.addr)
	require.NoError(t, err)
	for _, c := range []struct {
		host, params string
		trusted      bool
	}{
		{"localhost", "sslmode=require", true},
		{"localhost", "sslmode=verify-ca", false},
		{"localhost", "sslmode=verify-full", false},
		{"localhost", "sslmode=verify-ca&sslrootcert=" + server.root, true},
		{"localhost", "sslmode=verify-full&sslrootcert=" + server.root, true},
		{"127.0.0.1", "sslmode=verify-ca&sslrootcert=" + server.root, true},
		{"127.0.0.1", "sslmode=verify-full&sslrootcert=" + server.root, false},
		{"127.0.0.1", "sslmode=require&sslrootcert=" + server.root, true},
		{"127.0.0.1", "sslmode=require&sslrootcert=" + server.stranger, false},
	} {
		_, err := postgres.Open(t.Context(), "postgres://u@"+c.host+":"+port+"/db?"+c.params)
		var unknown x509.UnknownAuthorityError
		var name x509.HostnameError
		refused := errors.As(err, &unknown) || errors.As(err, &name)
		require.Equal(t, c.trusted, !refused, "%s %s: %v", c.host, c.params, err)
		require.Error(t, err, "it speaks TLS and nothing else")
	}
}

type tlsListener struct{ addr, root, stranger string }

// tlsServer agrees to TLS as Postgres does, and hangs up after the handshake.
func tlsServer(t *testing.T) tlsListener {
	cert, root := certificate(t)
	_, stranger := certificate(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = io.ReadFull(conn, make([]byte, 8)) // SSLRequest
			_, _ = conn.Write([]byte("S"))
			_ = tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{cert}}).HandshakeContext(t.Context())
			_ = conn.Close()
		}
	}()
	return tlsListener{l.Addr().String(), root, stranger}
}

// certificate is one for localhost, and the file of the authority that signed it: itself.
func certificate(t *testing.T) (tls.Certificate, string) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "test"}, DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "root.pem")
	require.NoError(t, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, path
}
