//go:build !unix

package pgtest

// start knows no way to run a cluster here: CLIENTELE_TEST_POSTGRES has to name one.
func start() (dsn string, err error) { return "", errNone }
