// Package identity has the people who use Clientele and the companies that they work in.
//
// Accounts cross companies: registration, log-in, sessions, passwords, the links in mails,
// and the administration of the platform. They are one service for the whole program:
//
//	accounts := identity.NewAccounts(identitystore.Platform(db), identity.Config{})
//	login, err := accounts.Login(ctx, "ada@example.org", "correct horse battery staple")
//	user, session, err := accounts.Authenticate(ctx, login.AccessToken)
//
// What belongs to one company (its members, roles, invitations and keys) are services
// bound to that company and one actor, as those of the other packages are.
//
// An embedder with users of its own needs none of this: it builds its [core.Actor] itself.
package identity
