package identity

// Derived is how many passwords were hashed.
func (a *Accounts) Derived() int64 { return a.passwords.derived.Load() }
