package crm

import (
	"slices"
	"strings"

	"github.com/clientele-crm/clientele/core"
)

// guesses are headers, without case, spaces, signs and digits, as spreadsheets, address books
// and other CRMs write them.
var guesses = map[string]string{
	"fullname": "name", "contactname": "name", "clientname": "name", "displayname": "name",
	"firstname": fieldFirstName, "givenname": fieldFirstName, "forename": fieldFirstName,
	"lastname": fieldLastName, "familyname": fieldLastName, "surname": fieldLastName,
	"companyname": "company", "organization": "company", "organizationname": "company", "organisation": "company", "employer": "company",
	"associatedcompany": "company",
	"title":             "designation", "jobtitle": "designation", "position": "designation", "role": "designation", "organizationtitle": "designation",
	"city": "location", "address": "location", "addresscity": "location", "businesscity": "location", "homecity": "location",
	"background": "notes", "note": "notes", "comments": "notes", "description": "notes",
	"url": "website", "web": "website", "homepage": "website", "websiteurl": "website", "websitevalue": "website", "webpage": "website",
	"labels": fieldTags, "tag": fieldTags, "categories": fieldTags, "groupmembership": fieldTags,
	"contacttype": "type", "leadsource": "source", "originalsource": "source", "originaltrafficsource": "source",
	"language": "locale", "preferredlanguage": "locale",
	"contactid": fieldID, "contactno": fieldPhone, "emailid": fieldEmail, "categoryname": fieldCategory,
}

// The words of a header that names an address, and those that label one.
var (
	phoneWords = []string{"phonenumber", "telephone", "phone", "tel"}
	emailWords = []string{"emailaddress", "email", "mail"}
	labelWords = []string{"", "primary", "main", "work", "business", "home", "personal", "private", "mobile", "cell", "other", "secondary", "companymain", "assistants", "car"}
)

// headerKey is a header without case, signs and all else that programs write differently.
func headerKey(header string, digits bool) string {
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' || digits && '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, core.Fold(header))
}

// guessField is the field that a header seems to name, or nothing.
func guessField(header string) (field, label string) {
	key := headerKey(header, true)
	for _, name := range ImportFields() {
		if key == strings.ToLower(name) {
			return name, ""
		}
	}
	key = headerKey(header, false) // Google numbers columns in their midst: "Phone 1 - Value"
	if field := guesses[key]; field != "" {
		return field, ""
	}
	key = strings.TrimSuffix(key, "value")
	if key == "mobile" || key == "cell" {
		return fieldPhone, key
	}
	if label, ok := labelOf(key, phoneWords); ok {
		return fieldPhone, label
	}
	if label, ok := labelOf(key, emailWords); ok {
		return fieldEmail, label
	}
	return "", ""
}

// labelOf is the label beside one of the words: "work" in "workemail" and "emailwork".
func labelOf(key string, words []string) (string, bool) {
	for _, word := range words {
		before, prefixed := strings.CutSuffix(key, word)
		after, suffixed := strings.CutPrefix(key, word)
		if prefixed && slices.Contains(labelWords, before) {
			return before, true
		}
		if suffixed && slices.Contains(labelWords, after) {
			return after, true
		}
	}
	return "", false
}
