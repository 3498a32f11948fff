package crm

import (
	"slices"

	"github.com/clientele-crm/clientele/core"
)

// applyTo writes what the row says into the contact that it is about.
func (row *importedRow) applyTo(c *Contact) {
	says := &row.says
	for _, field := range row.blanks {
		clearField(c, field)
	}
	for _, field := range importTextOrder {
		if text := *importTexts[field](&says.NewContact); text != "" {
			*importTexts[field](&c.NewContact) = text
		}
	}
	if !says.OwnerID.IsZero() {
		c.OwnerID = says.OwnerID
	}
	if !says.CategoryID.IsZero() {
		c.CategoryID = says.CategoryID
	}
	if row.active != nil {
		c.Active = *row.active
	}
	c.Tags = withTags(c.Tags, says.Tags)
	row.applyAddresses(c)
}

// clearField clears one of the fields that are clearable.
func clearField(c *Contact, field string) {
	switch field {
	case fieldTags:
		c.Tags = []string{}
	case fieldOwnerID:
		c.OwnerID = core.UserID{}
	case fieldCategory:
		c.CategoryID = core.ID[Category]{}
	default:
		*importTexts[field](&c.NewContact) = ""
	}
}

// applyAddresses adds the row's addresses. A row that names its contact by id may replace
// the first ones: whoever it is about does not hang on them.
func (row *importedRow) applyAddresses(c *Contact) {
	says := &row.says
	named := !row.id.IsZero()
	if says.Phone != "" && (c.Phone == "" || named && c.Phone.Key() != says.Phone.Key()) {
		c.Phone, c.PhoneTyped = says.Phone, says.PhoneTyped
	}
	if says.Email != "" && (c.Email == "" || named && c.Email.Key() != says.Email.Key()) {
		c.Email = says.Email
	}
	if says.Phone != "" {
		c.addAddress(Address{Kind: PhoneAddress, Value: string(says.Phone), Typed: says.PhoneTyped})
	}
	if says.Email != "" {
		c.addAddress(Address{Kind: EmailAddress, Value: string(says.Email)})
	}
	for _, a := range says.OtherAddresses {
		c.addAddress(a)
	}
	c.dropFirstFromOthers()
}

// addAddress adds an address that the contact does not have.
func (c *Contact) addAddress(a Address) {
	if !slices.Contains(c.AddressKeys(), a.key()) {
		c.OtherAddresses = append(c.OtherAddresses, a)
	}
}

// dropFirstFromOthers takes out of the others what has become the first of its kind.
func (c *Contact) dropFirstFromOthers() {
	c.OtherAddresses = slices.DeleteFunc(c.OtherAddresses, func(a Address) bool {
		return a.key() == AddressKey{PhoneAddress, c.Phone.Key()} || a.key() == AddressKey{EmailAddress, c.Email.Key()}
	})
}

// withTags is tags and those of more that are not among them.
func withTags(tags, more []string) []string {
	if len(more) == 0 {
		return tags
	}
	have := map[string]bool{}
	for _, tag := range tags {
		have[core.Fold(tag)] = true
	}
	for _, tag := range more {
		if !have[core.Fold(tag)] {
			tags = append(tags, tag)
		}
	}
	return tags
}

// fill gives a contact the defaults of what it does not have.
func fill(n, defaults *NewContact) {
	for _, field := range importTextOrder {
		if text := importTexts[field](n); *text == "" {
			*text = *importTexts[field](defaults)
		}
	}
	if n.CategoryID.IsZero() {
		n.CategoryID = defaults.CategoryID
	}
	if len(n.Tags) == 0 {
		n.Tags = slices.Clone(defaults.Tags)
	}
}

// changedFields are the fields in which two contacts differ, of those that an import writes.
func changedFields(was, is *Contact) (fields []string) {
	for _, field := range importTextOrder {
		if *importTexts[field](&was.NewContact) != *importTexts[field](&is.NewContact) {
			fields = append(fields, field)
		}
	}
	if was.Phone != is.Phone {
		fields = append(fields, fieldPhone)
	}
	if was.Email != is.Email {
		fields = append(fields, fieldEmail)
	}
	if was.CategoryID != is.CategoryID {
		fields = append(fields, "categoryId")
	}
	if was.OwnerID != is.OwnerID {
		fields = append(fields, fieldOwnerID)
	}
	if was.Active != is.Active {
		fields = append(fields, fieldActive)
	}
	if !slices.Equal(was.Tags, is.Tags) {
		fields = append(fields, fieldTags)
	}
	if !slices.Equal(was.OtherAddresses, is.OtherAddresses) {
		fields = append(fields, "otherAddresses")
	}
	return fields
}
