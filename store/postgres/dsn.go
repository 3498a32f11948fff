package postgres

import (
	"cmp"
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun/driver/pgdriver"
)

// connector is pgdriver's with the session's settings, which it makes by set_config: in one
// round trip, and with lists such as a search_path of several schemas. (SET, as pgdriver
// writes it, would take the list for one name.)
type connector struct {
	*pgdriver.Connector
	settings string
}

// Connect implements [driver.Connector].
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := conn.(driver.ExecerContext).ExecContext(ctx, c.settings, nil); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

// readMargin is how much longer the client waits than the server works: the server's own
// timeout comes first, and leaves the connection in order.
const readMargin = 5 * time.Second

// newConnector reads the DSN itself: what pgdriver makes of one neither verifies what
// sslmode asks for nor finds a unix socket where libpq does.
func newConnector(dsn string, o options) (connector, error) {
	u, err := url.Parse(dsn)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		// The cause would repeat the DSN, and the password in it.
		return connector{}, errors.New("postgres: the DSN has to be a URL such as postgres://user:password@host:5432/name")
	}
	q, err := parameters(u)
	if err != nil {
		return connector{}, err
	}
	host, port := cmp.Or(q.take("host"), u.Hostname(), "localhost"), cmp.Or(q.take("port"), u.Port(), "5432")
	var with []pgdriver.Option
	if strings.HasPrefix(host, "/") {
		with = append(with, pgdriver.WithNetwork("unix"), pgdriver.WithAddr(path.Join(host, ".s.PGSQL."+port)))
	} else {
		with = append(with, pgdriver.WithNetwork("tcp"), pgdriver.WithAddr(net.JoinHostPort(host, port)))
	}
	secure, err := q.tls(host)
	if err != nil {
		return connector{}, err
	}
	with = append(with, pgdriver.WithTLSConfig(secure), pgdriver.WithTracing(false))
	with = append(with, q.identity(u)...)
	timeouts, err := q.timeouts(o)
	if err != nil {
		return connector{}, err
	}
	return connector{pgdriver.NewConnector(append(with, timeouts...)...), q.settings()}, nil
}

// query is the parameters of a DSN; those that mean something are taken out.
type query map[string]string

func parameters(u *url.URL) (query, error) {
	values, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, fmt.Errorf("postgres: the parameters of the DSN: %w", err)
	}
	q := query{}
	for name, v := range values {
		q[name] = v[len(v)-1]
	}
	if _, has := q["options"]; has {
		return nil, errors.New("postgres: the DSN may not have options: name each setting as a parameter, such as search_path=crm")
	}
	return q, nil
}

func (q query) take(name string) string {
	v := q[name]
	delete(q, name)
	return v
}

// identity is who connects to which database.
func (q query) identity(u *url.URL) []pgdriver.Option {
	var with []pgdriver.Option
	password, _ := u.User.Password()
	if user := cmp.Or(q.take("user"), u.User.Username()); user != "" {
		with = append(with, pgdriver.WithUser(user))
	}
	if password = cmp.Or(q.take("password"), password); password != "" {
		with = append(with, pgdriver.WithPassword(password))
	}
	if name := cmp.Or(q.take("dbname"), strings.TrimPrefix(u.Path, "/")); name != "" {
		with = append(with, pgdriver.WithDatabase(name))
	}
	return append(with, pgdriver.WithApplicationName(cmp.Or(q.take("application_name"), "clientele")))
}

// timeouts leaves those of the server among the settings.
func (q query) timeouts(o options) ([]pgdriver.Option, error) {
	connect, err := q.duration("connect_timeout", time.Second, 5*time.Second)
	if err != nil {
		return nil, err
	}
	statement, err := q.duration("statement_timeout", time.Millisecond, o.statement)
	if err != nil {
		return nil, err
	}
	lock, err := q.duration("lock_timeout", time.Millisecond, o.lock)
	if err != nil {
		return nil, err
	}
	q["statement_timeout"] = strconv.FormatInt(statement.Milliseconds(), 10)
	q["lock_timeout"] = strconv.FormatInt(lock.Milliseconds(), 10)
	q["standard_conforming_strings"], q["client_encoding"] = "on", "UTF8" // Bun's quoting relies on both
	read := statement + readMargin
	if statement == 0 || o.withoutReadLimit {
		read = 0 // none
	}
	return []pgdriver.Option{pgdriver.WithDialTimeout(connect), pgdriver.WithReadTimeout(read)}, nil
}

// duration takes a number of units, as Postgres reads it, or a text such as "30s".
func (q query) duration(name string, unit, otherwise time.Duration) (time.Duration, error) {
	text := q.take(name)
	if text == "" {
		return otherwise, nil
	}
	d, err := time.ParseDuration(text)
	if n, number := strconv.ParseInt(text, 10, 32); number == nil {
		d, err = time.Duration(n)*unit, nil
	}
	if err != nil || d < 0 {
		return 0, fmt.Errorf("postgres: %s=%q in the DSN is not a duration such as 30s", name, text)
	}
	return d, nil
}

// settings is the statement that makes what is left the session's settings.
func (q query) settings() string {
	calls := make([]string, 0, len(q))
	for _, name := range slices.Sorted(maps.Keys(q)) {
		calls = append(calls, "set_config("+quoted(name)+", "+quoted(q[name])+", false)")
	}
	return "SELECT " + strings.Join(calls, ", ")
}

func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
