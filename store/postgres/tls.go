package postgres

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
)

// tls is what sslmode, sslrootcert, sslcert and sslkey ask for, with libpq's meaning; nil is
// without encryption.
func (q query) tls(host string) (*tls.Config, error) {
	mode, rootCert := q.take("sslmode"), q.take("sslrootcert")
	cert, key := q.take("sslcert"), q.take("sslkey")
	local := strings.HasPrefix(host, "/") || host == "localhost" || net.ParseIP(host).IsLoopback()
	switch {
	case mode == "" && local, mode == "disable", strings.HasPrefix(host, "/"): // a socket is never encrypted
		return nil, nil
	case mode == "":
		mode = "verify-full"
	case mode == "require" && rootCert != "": // so it is in libpq
		mode = "verify-ca"
	}
	c := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
	switch mode {
	case "verify-full":
	case "verify-ca":
		c.InsecureSkipVerify = true // the name; the chain is verified here
		c.VerifyConnection = func(s tls.ConnectionState) error { return verifyChain(s, c.RootCAs) }
	case "require":
		c.InsecureSkipVerify = true // encrypted, but with whomever
	default:
		return nil, fmt.Errorf("postgres: sslmode=%q is not one of disable, require, verify-ca and verify-full", mode)
	}
	if err := certificates(c, rootCert, cert, key); err != nil {
		return nil, fmt.Errorf("postgres: %w", err)
	}
	return c, nil
}

func certificates(c *tls.Config, rootCert, cert, key string) error {
	if rootCert != "" && rootCert != "system" {
		pem, err := os.ReadFile(rootCert)
		if err != nil {
			return fmt.Errorf("sslrootcert: %w", err)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return errors.New("sslrootcert: " + rootCert + " holds no certificate")
		}
	}
	if cert != "" || key != "" {
		pair, err := tls.LoadX509KeyPair(cert, key)
		if err != nil {
			return fmt.Errorf("sslcert and sslkey: %w", err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return nil
}

func verifyChain(s tls.ConnectionState, roots *x509.CertPool) error {
	if len(s.PeerCertificates) == 0 {
		return errors.New("the server has no certificate")
	}
	between := x509.NewCertPool()
	for _, c := range s.PeerCertificates[1:] {
		between.AddCert(c)
	}
	_, err := s.PeerCertificates[0].Verify(x509.VerifyOptions{Roots: roots, Intermediates: between})
	return err
}
