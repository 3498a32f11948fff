package crm

// Category groups contacts.
type Category struct{}
