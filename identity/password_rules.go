package identity

import (
	_ "embed" // the list of common passwords
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/clientele-crm/clientele/core"
)

// The length of a password, in characters after Unicode normalization.
const (
	minPassword = 8
	maxPassword = 128
)

//go:embed common_passwords.txt
var commonText string

// common are the passwords that are tried first everywhere, in lower case.
var common = sync.OnceValue(func() map[string]bool {
	set := map[string]bool{}
	for line := range strings.Lines(commonText) {
		set[strings.TrimSpace(line)] = true
	}
	return set
})

// checkPassword notes in f what is wrong with a password. Which characters it has is its
// owner's matter; that it is not known to everybody is ours.
func checkPassword(f *core.Faults, field string, password Secret, e core.Email) {
	text := normalized(password)
	if err := core.CheckText(string(password)); err != nil {
		f.Add(field, err.(*core.Error).Code, err.(*core.Error).Message)
		return
	}
	switch n := utf8.RuneCountInString(text); {
	case n < minPassword:
		f.Add(field, "min_length", "is shorter than 8 characters")
		return
	case n > maxPassword:
		f.Add(field, "max_length", "is longer than 128 characters")
		return
	}
	lower := strings.ToLower(text)
	local, _, _ := strings.Cut(e.Key(), "@")
	switch {
	case common()[lower] || repeats(lower):
		f.Add(field, "common_password", "is one of the passwords that are guessed first")
	case e != "" && (lower == e.Key() || lower == local):
		f.Add(field, "common_password", "is the e-mail address")
	}
}

// repeats reports whether a text is one character over and over.
func repeats(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return strings.Trim(s, string(r)) == ""
}
