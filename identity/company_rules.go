package identity

import (
	"net/url"
	"strings"

	"golang.org/x/text/language"

	"github.com/clientele-crm/clientele/core"
)

// The limits of a company's values, in characters.
const (
	maxCompanyName        = 200
	maxCompanyDescription = 4000
	maxCompanyPhone       = 50
	maxCompanyURL         = 2000
	maxLocale             = 50
	maxSlug               = 60
)

// check brings a company into its canonical form, or says all that is wrong with it.
func (n *NewCompany) check() error {
	var f core.Faults
	n.Name = f.Line("/name", n.Name, maxCompanyName)
	if n.Name == "" {
		f.Add("/name", "required", "a company has to have a name")
	}
	n.Description = f.Text("/description", n.Description, maxCompanyDescription)
	n.Website = webAddress(&f, "/website", n.Website, true)
	n.Logo = webAddress(&f, "/logo", n.Logo, false)
	if n.Email != "" {
		email, err := core.ParseEmail(string(n.Email))
		if err != nil {
			f.Add("/email", "email", err.(*core.Error).Message)
		}
		n.Email = email
	}
	n.Phone = f.Line("/phone", n.Phone, maxCompanyPhone)
	if n.Phone != "" && !strings.ContainsAny(n.Phone, "0123456789") {
		f.Add("/phone", "phone", "is not a telephone number")
	}
	n.checkPlace(&f)
	n.ContactPolicy = core.CheckContactPolicy(&f, n.ContactPolicy)
	return f.Err()
}

func (n *NewCompany) checkPlace(f *core.Faults) {
	t := core.Tenant{Country: n.Country, Timezone: n.Timezone, Currency: n.Currency}
	t.CheckPlace(f)
	n.Country, n.Timezone, n.Currency = t.Country, t.Timezone, t.Currency
	if n.Locale = f.Line("/locale", n.Locale, maxLocale); n.Locale == "" {
		n.Locale = "en"
	}
	tag, err := language.Parse(n.Locale)
	if err != nil {
		f.Add("/locale", "locale", "is not a language tag of BCP 47")
	}
	n.Locale = tag.String()
}

// webAddress is the address of a page; bare lets "example.org" pass for one.
func webAddress(f *core.Faults, field, address string, bare bool) string {
	address = f.Line(field, address, maxCompanyURL)
	if address == "" {
		return ""
	}
	full := address
	if bare && !strings.Contains(full, "://") {
		full = "https://" + full
	}
	u, err := url.Parse(full)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" {
		f.Add(field, "url", "has to be an http or https address")
	}
	return address
}

// slug is a company's name as a part of a URL: "Café São João" is "cafe-sao-joao".
func slug(name string) string {
	var b strings.Builder
	for _, r := range core.Fold(name) {
		switch {
		case 'a' <= r && r <= 'z' || '0' <= r && r <= '9':
			b.WriteRune(r)
		case r == '\'' || r == '’': // "Ada's" is "adas"
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() == maxSlug {
			break
		}
	}
	s := strings.Trim(b.String(), "-")
	if s == "" { // a name in another script
		return "company"
	}
	return s
}
