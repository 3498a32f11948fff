package identity

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/clientele-crm/clientele/core"
)

func TestCompanyIsCheckedFieldByField(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		wrong NewCompany
		field string
	}{
		{NewCompany{}, "/name"},
		{NewCompany{Name: " \t"}, "/name"},
		{NewCompany{Name: "two\nlines"}, "/name"},
		{NewCompany{Name: "nul\x00"}, "/name"},
		{NewCompany{Name: strings.Repeat("é", 201)}, "/name"},
		{NewCompany{Name: "x", Description: strings.Repeat("x", 4001)}, "/description"},
		{NewCompany{Name: "x", Website: "javascript://alert"}, "/website"},
		{NewCompany{Name: "x", Logo: "logo.png"}, "/logo"},
		{NewCompany{Name: "x", Email: "nobody"}, "/email"},
		{NewCompany{Name: "x", Phone: "call me"}, "/phone"},
		{NewCompany{Name: "x", Timezone: "Local"}, "/timezone"},
		{NewCompany{Name: "x", Timezone: "../etc/passwd"}, "/timezone"},
		{NewCompany{Name: "x", Locale: "not a tag"}, "/locale"},
		{NewCompany{Name: "x", Locale: "en-x" + strings.Repeat("-a", 50)}, "/locale"},
		{NewCompany{Name: "x", Country: "BRA"}, "/country"},
		{NewCompany{Name: "x", Country: "ZZ"}, "/country"},
		{NewCompany{Name: "x", Country: "EU"}, "/country"},
		{NewCompany{Name: "x", Currency: "usd"}, "/currency"},
		{NewCompany{Name: "x", Currency: "ABC"}, "/currency"},
		{NewCompany{Name: "x", ContactPolicy: []string{"fax"}}, "/contactPolicy"},
	} {
		var e *core.Error
		require.True(t, errors.As(c.wrong.check(), &e), "%+v", c.wrong)
		require.Len(t, e.Fields, 1, "%+v", c.wrong)
		require.Equal(t, c.field, e.Fields[0].Field)
	}
}

func TestCompanyIsBroughtIntoItsCanonicalForm(t *testing.T) {
	t.Parallel()
	n := NewCompany{
		Name: " Acme ", Email: "Info@EXAMPLE.org", Website: "example.org", Country: "br", Locale: "pt_br",
		Timezone: "America/Sao_Paulo", Currency: "BRL", ContactPolicy: []string{"email", "phone", "email"},
	}
	require.NoError(t, n.check())
	require.Equal(t, NewCompany{
		Name: "Acme", Email: "Info@example.org", Website: "example.org", Country: "BR", Locale: "pt-BR",
		Timezone: "America/Sao_Paulo", Currency: "BRL", ContactPolicy: []string{"phone", "email"},
	}, n)

	nothing := NewCompany{Name: "x", ContactPolicy: []string{}}
	require.NoError(t, nothing.check())
	require.Equal(t, []string{}, nothing.ContactPolicy) // an empty policy is not an absent one
}

func TestSlug(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Café São João":             "cafe-sao-joao",
		"  --Acme, Inc.--  ":        "acme-inc",
		"Ada's":                     "adas",
		"Straße 7":                  "strasse-7",
		"株式会社":                      "company",
		"":                          "company",
		strings.Repeat("word ", 40): strings.TrimSuffix(strings.Repeat("word-", 12), "-"),
	} {
		require.Equal(t, want, slug(name), name)
	}
	rapid.Check(t, func(t *rapid.T) {
		require.Regexp(t, `^[a-z0-9]+(-[a-z0-9]+)*$`, slug(rapid.String().Draw(t, "name")))
	})
}

func TestInviteCodeIsReadAsPeopleTypeIt(t *testing.T) {
	t.Parallel()
	for range 100 {
		code := newInviteCode()
		require.Regexp(t, `^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$`, code)
		typed := strings.NewReplacer("0", "o", "1", "l", "-", " ").Replace(strings.ToLower(code))
		require.Equal(t, code, readInviteCode(typed))
	}
	for _, no := range []string{"", "-", "ABCD", "ABCD-ABCD-ABCD-ABC!", "ABCD-ABCD-ABCD-ABCDE", "ÀBCD-ABCD-ABCD-ABCD"} {
		require.Empty(t, readInviteCode(no), no)
	}
}
